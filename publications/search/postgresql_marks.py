# The marks by which PostgreSQL narrows a search to times, topics and types. Its index goes from document to document of
# one mark, so that few should have it: a topic, a type, and both together are marked once more for each year.
from collections.abc import Iterable, Sequence
from itertools import chain

from publications.search.documents import TOPIC, TYPE, moment_of, month_mark, year_mark
from publications.search.months import Months

MOST_YEARLY = 50  # that a search asks for: each is one more list to go through
LENGTH_OF_YEAR = len(year_mark(1))


def marks_of(document: int, own: str) -> list[str]:
    """All that a document has with these of its own, each once."""
    at, marks = moment_of(document), own.split()
    year = year_mark(at.year)
    topics, types = _topics_and_types(marks)
    yearly = _together([*topics, *types, *_together(topics, types)], [year])
    return list(dict.fromkeys([*marks, *yearly, year, month_mark(at.year, at.month)]))


def narrow(groups: list[Sequence[str]], spans: list[Months]) -> list[Sequence[str]]:
    """One mark out of each of these groups, in these months where any are named. The months second, so that the index
    goes through no documents of others, nor through all of these."""
    months = [mark for span in spans for mark in span.marks()]  # whole years have marks of their own
    years = [*dict.fromkeys(mark[:LENGTH_OF_YEAR] for mark in months)]
    topics, types = _topics_and_types([*chain(*groups)])
    yearly = _together(_together(topics, types) or topics or types, years)
    if not 0 < len(yearly) <= MOST_YEARLY:
        return [*groups[:1], *([months] if months else []), *groups[1:]]
    others = [group for group in groups if group[0] not in topics + types]
    return [yearly, *([months] if months != years else []), *others]


def _topics_and_types(marks: list[str]) -> tuple[list[str], list[str]]:
    topics, types = ([mark for mark in marks if mark.startswith(kind)] for kind in (TOPIC, TYPE))
    return topics, types


def _together(marks: Iterable[str], others: Iterable[str]) -> list[str]:
    return [mark + other for mark in marks for other in others]
