# unAPI, by which reference managers offer all items of a list: its page names each by an id, and this gives
# them as references, with their authors and whatever else the page itself does not show.
from django.http import HttpResponse
from django.utils.html import format_html, format_html_join

from publications.caching import private_for_staff
from publications.citing.reference import with_references
from publications.exchange.formats import CITATIONS
from publications.models import Publication

FORMATS = {"ris": "ris", "bibtex": "bib"}  # the names that reference managers know; the first is preferred


def unapi(request):
    """With `id` and `format` the reference; with less, which formats there are."""
    name = request.GET.get("id", "").replace("\x00", "")
    if not name:
        return _list_formats(200)
    publication = with_references(Publication.objects.readable_by(request.user)).filter(slug=name).first()
    if not publication:
        return _refuse(404, "There is no such item.")
    if not (wanted := request.GET.get("format")):
        return private_for_staff(request, _list_formats(300, format_html(' id="{}"', name)))
    if wanted not in FORMATS:
        return _refuse(406, f"The formats are {' and '.join(FORMATS)}.")
    form = CITATIONS[FORMATS[wanted]]
    text = form.text(publication, request.build_absolute_uri)
    return private_for_staff(request, _answer(text, form.media_type))


def _list_formats(status: int, attributes="") -> HttpResponse:
    formats = format_html_join(
        "",
        '<format name="{}" type="{}"/>',
        ((name, CITATIONS[form].media_type.partition(";")[0]) for name, form in FORMATS.items()),
    )
    document = format_html(
        '<?xml version="1.0" encoding="UTF-8"?>\n<formats{}>{}</formats>\n', attributes, formats
    )
    return _answer(document, "application/xml", status)


def _refuse(status: int, sentence: str) -> HttpResponse:
    return _answer(f"{sentence}\n", "text/plain; charset=utf-8", status)


def _answer(text: str, media_type: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type=media_type, headers={"X-Robots-Tag": "noindex"})
