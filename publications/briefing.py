# A briefing: publications that a reader picked, in one address. The address is all there is of it, so that
# nothing is stored about readers; and lists carry it along while somebody picks.
from urllib.parse import urlencode

from django.urls import reverse

from publications import clock
from publications.citing.reference import with_references
from publications.citing.styles import STYLES
from publications.models import Publication

MOST_ITEMS = 50
LONGEST_TITLE = 120
MOST_DIGITS = 18  # of an id that a database can hold


def read_names(params) -> list[str]:
    """What `item` names, each once. A form cannot send its ticks in the reader's order, so that `order`
    tells the order so far."""
    names = dict.fromkeys(filter(None, map(str.strip, params.getlist("item"))))
    places = {name: place for place, name in enumerate(params.get("order", "").split(","))}
    return sorted(names, key=lambda name: places.get(name, len(places)))


class Briefing:
    """Items are named by their ids, which are short and never change; a slug, of now or of earlier, is
    understood too. What readers may not open counts as missing, whatever the reason: it is not told apart
    from what never was."""

    def __init__(self, params, now=None):
        self.readable = Publication.objects.addressable(now or clock.now())
        self.merged = Publication.objects.merged_into(self.readable, now)
        names = read_names(params)
        self.left_out = len(names[MOST_ITEMS:])
        self.found = {}
        self.names = self._find(self._with_ids(names[:MOST_ITEMS]))
        self.title = " ".join(params.get("title", "").replace("\x00", "").split())[:LONGEST_TITLE].strip()
        style = params.get("style", "").lower()
        self.style = style if style in STYLES else next(iter(STYLES))

    def _with_ids(self, names: list[str]) -> list[str]:
        slugs = [name for name in names if not _is_id(name) and "\x00" not in name]
        if not slugs:
            return names
        known = self.readable | self.merged
        ids = dict(known.filter(former_slugs__slug__in=slugs).values_list("former_slugs__slug", "pk"))
        ids |= dict(known.filter(slug__in=slugs).values_list("slug", "pk"))
        return [str(ids.get(name, name)) for name in names]

    def _find(self, names: list[str]) -> list[str]:
        """Load what readers may open, with all that a reference says; give the names of that, where an item
        was merged into another those of the other."""
        rows = with_references(self.readable).defer(None).defer("body")
        rows = rows.select_related("content_type", "replaced_by")
        ids = {name: int(name) for name in names if _is_id(name)}
        self.found = rows.in_bulk(set(ids.values()))
        if lost := set(ids.values()) - set(self.found):
            targets = dict(self.merged.filter(pk__in=lost).values_list("pk", "replaced_by"))
            self.found |= rows.in_bulk(set(targets.values()) - set(self.found)) if targets else {}
            ids |= {name: targets[pk] for name, pk in ids.items() if pk in targets}
        return list(dict.fromkeys(str(ids.get(name, name)) for name in names))

    @property
    def publications(self) -> list[Publication]:
        """In the reader's order."""
        return [self.found[int(name)] for name in self.names if _is_id(name) and int(name) in self.found]

    @property
    def missing(self) -> list[str]:
        return [name for name in self.names if not _is_id(name) or int(name) not in self.found]

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The query in its one canonical form."""
        style = self.style if self.style != next(iter(STYLES)) else ""
        values = {"item": self.names, "title": [self.title], "style": [style]}
        return {key: value for key, value in values.items() if any(value)}

    def url(self, *, names=None, suffix: str = "") -> str:
        """The address of this briefing, or of one with other items; with a suffix that of another form."""
        parameters = self.parameters | ({} if names is None else {"item": names})
        query = urlencode(parameters, doseq=True)
        return f"{reverse('publications:briefing')}{suffix}{f'?{query}' if query else ''}"

    @property
    def more_url(self) -> str:
        """The list of everything, with these items picked already."""
        query = urlencode({"collect": "on"} | self.parameters, doseq=True)
        return f"{reverse('publications:publication-list')}?{query}"


def _is_id(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= MOST_DIGITS


def is_collecting(params) -> bool:
    return "collect" in params


class Collecting:
    """A page of a list on which a reader ticks items. Its filters, ticks and page numbers are one form, so
    that none of them is lost by using another."""

    def __init__(self, params, listing):
        names = read_names(params)
        on_page = [str(row.pk) for row in listing.page.rows]
        self.names, self.is_full = names[:MOST_ITEMS], len(names) > MOST_ITEMS
        self.ticked = {row.pk for row in listing.page.rows if str(row.pk) in self.names}
        kept = [(key, params.get(key, "")) for key in ("title", "style")]
        self.fields = [
            ("collect", "on"),
            *(("item", name) for name in self.names if name not in on_page),
            *((key, value) for key, value in [("order", ",".join(self.names)), *kept] if value),
        ]
        self.first_page_url = _join(listing.url(), [*self.fields, *(("item", name) for name in self.ticked)])
        self.end_url = listing.canonical_url


def collecting_url(listing) -> str:
    """This page of the list, with boxes to tick."""
    return _join(listing.canonical_url, [("collect", "on")])


def _join(address: str, pairs) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(pairs)}"
