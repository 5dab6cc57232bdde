# Pages of a list whose total is known already.
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice, repeat
from typing import NamedTuple
from urllib.parse import urlencode

PER_PAGE = 20
MOST_DIGITS = 12  # of a page number; no list is that long


class Page(NamedTuple):
    """One page: its number, how many there are, and which rows of the whole it shows (from 1)."""

    number: int
    pages: int
    total: int
    rows: list
    per_page: int = PER_PAGE

    @property
    def first_row(self) -> int:
        return (self.number - 1) * self.per_page + 1

    @property
    def last_row(self) -> int:
        return self.first_row + len(self.rows) - 1


class Pager(NamedTuple):
    """The pages of a list without filters, as the template of page numbers asks for them."""

    path: str
    page: Page
    parameters: tuple = ()

    def url(self, number: int) -> str:
        return f"{self.path}?page={number}" if number > 1 else self.path

    @property
    def numbers(self) -> list[tuple[int | None, str]]:
        numbers = page_numbers(self.page.number, self.page.pages)
        return [(number, self.url(number) if number else "") for number in numbers]

    @property
    def previous_url(self) -> str:
        return self.url(self.page.number - 1) if self.page.number > 1 else ""

    @property
    def next_url(self) -> str:
        return self.url(self.page.number + 1) if self.page.number < self.page.pages else ""


def write_query(pairs: list[tuple[str, str]]) -> str:
    """The end of the address of a list under these parameters."""
    return f"?{'&'.join(map(_encoded, pairs))}" if pairs else ""


@lru_cache(maxsize=1_000)
def _encoded(pair: tuple[str, str]) -> str:
    """Remembered, since a page has several addresses with each of its filters."""
    return urlencode([pair])


def read_page_number(text: str) -> int | None:
    """The page that a query string asks for, 1 when it asks for none; None when it is not a number."""
    if not text:
        return 1
    return int(text[:MOST_DIGITS]) if text.isascii() and text.isdigit() else None


def page_count(total: int, per_page: int = PER_PAGE) -> int:
    """An empty list has one page, which says so."""
    return max(1, -(-total // per_page))


def get_page(queryset, number: int, total: int, per_page: int = PER_PAGE) -> Page:
    """The page of an ordered queryset; one without rows beyond the last."""
    start = (number - 1) * per_page
    rows = list(queryset[start : start + per_page]) if start < total else []
    return Page(number, page_count(total, per_page), total, rows, per_page)


def page_numbers(current: int, pages: int) -> list[int | None]:
    """The numbers to offer, None for a gap: all up to seven; else both ends, and the current page with
    its neighbours (four at either end). A gap of one page is filled with that page."""
    if pages <= 7:
        return list(range(1, pages + 1))
    middle = range(current - 1, current + 2)
    if current <= 3:
        middle = range(1, 5)
    elif current >= pages - 2:
        middle = range(pages - 3, pages + 1)
    shown = sorted({1, pages, *middle})
    numbers: list[int | None] = []
    for number in shown:
        before = numbers[-1] if numbers else 0
        if number - before == 2:
            numbers.append(before + 1)
        elif number - before > 2:
            numbers.append(None)
        numbers.append(number)
    return numbers


def in_batches(rows: Iterable, first: int, further: int) -> Iterator[list]:
    """So many at first, and then so many at a time."""
    rows = iter(rows)
    for number in chain([first], repeat(further)):
        if not (batch := list(islice(rows, number))):
            return
        yield batch
