# What frames every page: read with one query, and kept while nothing changes. The page that tells of a fault of ours
# asks the database nothing, and takes the latest.
from collections.abc import Callable
from typing import NamedTuple

from publications.listing.kept import Kept
from publications.listing.prepared import Prepared
from publications.models import Frame, MenuEntry, Page


class PageFrame(NamedTuple):
    row: Frame
    main: list[MenuEntry]
    footer: list[MenuEntry]
    markup: dict  # what is made of it once

    def once(self, key, make: Callable):
        """What `make` gives, made once for this key as long as the frame is the same."""
        if key not in self.markup:
            if len(self.markup) >= MOST_MADE:
                self.markup.clear()
            self.markup[key] = make()
        return self.markup[key]

    @property
    def pages(self) -> list[Page]:
        """The institute's own pages that the menus lead to."""
        return [entry.page for entry in (*self.main, *self.footer) if entry.page]


LISTS = MenuEntry.List.TOPICS, MenuEntry.List.PUBLICATIONS, MenuEntry.List.PEOPLE
MOST_MADE = 500  # there is one for each host that is asked for, among others
BUILT_IN = PageFrame(Frame(), [MenuEntry(list_name=name) for name in LISTS], [], {})
_latest = BUILT_IN
_entries = Prepared(MenuEntry.objects.for_menus)


def get_frame(request) -> PageFrame:
    global _latest
    if not hasattr(request, "page_frame"):
        request.page_frame = _latest = _frame()
    return request.page_frame


def do_without_database(request) -> None:
    """From here on this request gets the frame of the page that was made last."""
    request.page_frame = _latest


def _make(rows) -> PageFrame:
    """One query more where all menus are empty."""
    entries = _entries.made(rows)
    row = entries[0].frame if entries else Frame.objects.first() or Frame()
    shown = [entry for entry in entries if entry.is_shown]
    menus = ([entry for entry in shown if entry.place == place] for place in MenuEntry.Place)
    return PageFrame(row, *menus, {})


_frame = Kept(_entries.rows, _make)
