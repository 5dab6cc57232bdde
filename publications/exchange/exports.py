# Any list of publications as one file: all rows of the page's list, whatever page was looked at; and what
# a reader picked for a briefing.
from django.http import HttpResponseBadRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from publications.addresses import open_list
from publications.briefing import Briefing
from publications.caching import private_for_staff
from publications.exchange.formats import EXPORTS
from publications.listing.attached import attach_bylines, attach_files, attach_topics
from publications.models import Publication
from publications.models.slugs import make_slug

FIRST, CHUNK = 100, 500  # rows in memory at a time: fewer at first, so that a file begins soon


def export(request, form, kind="", slug=""):
    """Streamed, so that a long list takes no more memory than a short one, and begins as soon. Costs one query for
    the keys and four for each chunk of rows, beside those that find the list."""
    listing, subject = open_list(
        request.GET, timezone.now(), kind, slug, suffix=f"export.{form}", user=request.user
    )
    if not listing.is_valid:
        return HttpResponseBadRequest(_explain(listing), content_type="text/plain; charset=utf-8")
    return _send(request, form, slug or "publications", listing.read(FIRST, CHUNK, _with_belongings))


def _with_belongings(rows) -> list[Publication]:
    """All that rows of any format are made of."""
    publications = list(rows.select_related("content_type").defer("body", "notice"))
    return attach_files(attach_topics(attach_bylines(publications)), with_addresses=False)


def briefing(request, form):
    """What a reader picked, in the reader's order."""
    picked = Briefing(request.GET)
    return _send(request, form, make_slug(picked.title, fallback="briefing"), [picked.publications])


def _send(request, form, name, batches):
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{form}"',
        "X-Robots-Tag": "noindex",
    }
    text = () if request.method == "HEAD" else EXPORTS[form].stream(batches, request.build_absolute_uri)
    return private_for_staff(
        request, StreamingHttpResponse(text, content_type=EXPORTS[form].media_type, headers=headers)
    )


def _explain(listing) -> str:
    reasons = " ".join(message for messages in listing.filterset.errors.values() for message in messages)
    return f"{_('Nothing is exported, because a filter could not be understood.')} {reasons}\n"
