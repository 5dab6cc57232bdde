# The list of publications as a file: its rows under its filters and in its order, all pages of it.
from array import array
from itertools import batched

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils import timezone

from publications.admin.autocomplete import words_for
from publications.admin.several import parted
from publications.clock import zone
from publications.exchange import sheet, table
from publications.models import Authorship, ContentType

CHUNK = 500


def _moment(at) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""


def _person(user) -> str:
    return words_for(user) if user else ""


# Names that do not change, so that what reads the files can rely on them.
FIELDS = {
    "key": lambda item: str(item.pk),
    "title": lambda item: item.title,
    "subtitle": lambda item: item.subtitle,
    "state": lambda item: str(item.status),
    "type": lambda item: item.content_type.name,
    "topics": lambda item: table.SEPARATOR.join(topic.name for topic in item.topics.all()),
    "authors": lambda item: table.SEPARATOR.join(one.printed_name for one in item.authorships.all()),
    "published": lambda item: _moment(item.published_at),
    "language": lambda item: item.language,
    "summary": lambda item: item.summary,
    "number": lambda item: item.report_number,
    "doi": lambda item: item.doi,
    "corrected_on": lambda item: str(item.corrected_on or ""),
    "picture": lambda item: item.image.alternative_text if item.image else "",
    "made": lambda item: _moment(item.created_at),
    "made_by": lambda item: _person(item.created_by),
    "changed": lambda item: _moment(item.changed_at),
    "changed_by": lambda item: _person(item.changed_by),
    "address": lambda item: item.get_absolute_url(),
}
MOMENTS = {"published", "made", "changed"}
OF_COLUMN = {
    "headline": "title",
    "status": "state",
    "topic_names": "topics",
    "byline": "authors",
    "language_name": "language",
    "doi_shown": "doi",
    "corrected": "corrected_on",
    "changer": "changed_by",
    "maker": "made_by",
}


class ListExport:
    """For the list of publications."""

    def get_urls(self):
        export = self.admin_site.admin_view(self.export_view)
        forms = ("csv", "xlsx")
        return [
            *(
                path(f"export.{form}", export, {"form": form}, f"publications_publication_{form}")
                for form in forms
            ),
            *super().get_urls(),
        ]

    def export_view(self, request, form):
        """Keys first, eight bytes each, in the order of the list; then rows by their keys, so that it takes no
        more memory however long it is, and has every row once."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        request.GET = parted(request.GET)
        changelist = self.get_changelist_instance(request)
        keys = array("q", changelist.queryset.values_list("pk", flat=True).iterator(chunk_size=5_000))
        if form == "xlsx" and len(keys) > sheet.MOST_ROWS:
            return HttpResponse(sheet.TOO_MANY, status=400, content_type="text/plain; charset=utf-8")
        names = _fields_of(self.get_list_display(request), request.GET.get("columns"))
        heads = [f"{name} ({zone()})" if name in MOMENTS else name for name in names]
        rows = self._cells(changelist.root_queryset, keys, names, request.build_absolute_uri)
        return _answer(form, heads, rows, is_large=len(keys) > sheet.MANY)

    def _cells(self, visible, keys, names, absolute):
        types = ContentType.objects.in_bulk()
        visible = visible.defer("body", "key_findings", "notice").order_by()
        visible = visible.select_related("image", "created_by", "changed_by").prefetch_related("topics")
        for chunk in batched(keys, CHUNK):
            found = _with_authors(visible.filter(pk__in=chunk))
            for item in (found[key] for key in chunk if key in found):
                item.content_type = types.get(item.content_type_id) or item.content_type
                yield [absolute(cell) if name == "address" else cell for name, cell in _read(item, names)]


def _read(item, names):
    return [(name, FIELDS[name](item)) for name in names]


def _with_authors(rows):
    found = {item.pk: item for item in rows}
    bylines = {pk: [] for pk in found}
    for one in Authorship.objects.filter(publication__in=list(found)).select_related("person"):
        bylines[one.publication_id].append(one)
    for pk, item in found.items():
        item._prefetched_objects_cache["authorships"] = bylines[pk]
    return found


def _fields_of(columns, wanted) -> list[str]:
    """Those the list shows, in its order; or all there are, in an order that stays."""
    if wanted != "shown":
        return list(FIELDS)
    return [OF_COLUMN.get(name, name) for name in columns if OF_COLUMN.get(name, name) in FIELDS]


def _answer(form, heads, rows, is_large):
    name = f"publications-{timezone.localdate():%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    if form == "csv":
        return StreamingHttpResponse(table.lines(heads, rows), content_type=table.MEDIA_TYPE, headers=headers)
    return StreamingHttpResponse(
        sheet.parts(heads, rows, is_large=is_large), content_type=sheet.MEDIA_TYPE, headers=headers
    )
