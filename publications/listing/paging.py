# Pages of a list whose total is known already.
from typing import NamedTuple

PER_PAGE = 20


class Page(NamedTuple):
    """One page: its number, how many there are, and which rows of the whole it shows (from 1)."""

    number: int
    pages: int
    total: int
    rows: list

    @property
    def first_row(self) -> int:
        return (self.number - 1) * PER_PAGE + 1

    @property
    def last_row(self) -> int:
        return self.first_row + len(self.rows) - 1


def page_count(total: int) -> int:
    """An empty list has one page, which says so."""
    return max(1, -(-total // PER_PAGE))


def get_page(queryset, number: int, total: int) -> Page:
    """The page of an ordered queryset; one without rows beyond the last."""
    start = (number - 1) * PER_PAGE
    rows = list(queryset[start : start + PER_PAGE]) if start < total else []
    return Page(number, page_count(total), total, rows)


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
