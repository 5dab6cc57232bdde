# Several values of one filter, on the way from the list to a form and back. Django keeps one value of each name
# there, so they travel as one: `state=draft,in-review`.
from django.http import QueryDict
from django.utils.http import urlencode

TAKE_SEVERAL = {"state", "type", "lacks", "topic", "author", "by"}
KEPT = "_changelist_filters"


def joined(query: str) -> str:
    values = QueryDict(query)
    pairs = [(name, ",".join(found) if name in TAKE_SEVERAL else found[-1]) for name, found in values.lists()]
    return urlencode(pairs)


def parted(values: QueryDict) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, several in values.lists():
        found.setlist(name, ",".join(several).split(",") if name in TAKE_SEVERAL else several)
    return found


class KeepsSeveral:
    """For the list of publications."""

    def changelist_view(self, request, extra_context=None):
        request.GET = parted(request.GET)
        return super().changelist_view(request, extra_context)

    def get_preserved_filters(self, request):
        kept = QueryDict(super().get_preserved_filters(request)).get(KEPT)
        return urlencode({KEPT: joined(kept)}) if kept else ""
