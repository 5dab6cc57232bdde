# What the index holds of one publication, and how the database stores it. Knows tables by name, no models.
import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from publications.search.words import stem_all, words

# Beyond it PostgreSQL knows no places of words.
MOST_WORDS = 16_000
ROOM_FOR_KEYS = 2**30
TOPIC, TYPE = ":topic", ":type"
_TYPE_AND_TOPICS = re.compile(rf"\S+ {TYPE}(\d+)((?: {TOPIC}\d+)*)")
_MONTH = re.compile(r":\d{6}")
_BEGINNING_OF_TIME = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


class Document(NamedTuple):
    """Stems with blanks between, in the order of their weight, and marks by which lists are narrowed.

    `id` puts documents in the order of dates, to the minute, so that the newest are found first.
    """

    id: int
    publication_id: int
    title: str
    head: str  # subtitle, authors, numbers
    lead: str  # summary and key findings
    body: str
    marks: str


def make_document(publication_id: int, at, texts: list[list[str]], marks: list[str]) -> Document:
    """Of the words of its four texts."""
    stemmed = (" ".join(stem_all(text[:MOST_WORDS])) for text in texts)
    return Document(document_id(at, publication_id), publication_id, *stemmed, " ".join(marks))


def document_id(at: dt.datetime | None, publication_id: int = 0) -> int:
    minutes = int((at - _BEGINNING_OF_TIME).total_seconds() // 60) if at else 0
    return minutes * ROOM_FOR_KEYS + publication_id % ROOM_FOR_KEYS


def moment_of(document: int) -> dt.datetime:
    return _BEGINNING_OF_TIME + dt.timedelta(minutes=document // ROOM_FOR_KEYS)


# Marks begin with a colon, which no word does.


def state_mark(state: str) -> str:
    return f":{state.replace('_', '')}"


def type_mark(content_type_id: int) -> str:
    return f"{TYPE}{content_type_id}"


def topic_mark(topic_id: int) -> str:
    return f"{TOPIC}{topic_id}"


def types_and_topics(marks: Iterable[str]) -> list[tuple[int, tuple[int, ...]]]:
    """The type of each document and its topics, whose marks follow that of the state."""
    return list(map(_type_and_topics, marks))


@lru_cache(maxsize=20_000)
def _type_and_topics(marks: str) -> tuple[int, tuple[int, ...]]:
    """Remembered, since nearly all searches find some of the newest documents, and many have the same marks."""
    type_, topics = _TYPE_AND_TOPICS.match(marks).groups()
    return int(type_), _keys_of_topics(topics)


@lru_cache(maxsize=20_000)
def _keys_of_topics(marks: str) -> tuple[int, ...]:
    return tuple(int(mark.removeprefix(TOPIC)) for mark in marks.split())


def moved(marks: str, state: str, at: dt.datetime | None) -> str:
    """These marks, of a publication that is in this state now, and so dated."""
    marks = [mark for mark in marks.split()[1:] if not _MONTH.fullmatch(mark)]
    others = next((place for place, mark in enumerate(marks) if mark.startswith((":link", "::"))), len(marks))
    at = at and at.astimezone(dt.UTC)
    month = [month_mark(at.year, at.month)] if at else []
    return " ".join([state_mark(state), *marks[:others], *month, *marks[others:]])


def month_mark(year: int, month: int) -> str:
    return f":{year:04}{month:02}"


def link_mark(slug: str) -> str:
    """Of a text that links to the publication at this address."""
    return ":link" + "".join(words(slug))


def year_mark(year: int) -> str:
    return f":{year:04}"


def number_mark(number: str) -> str:
    """A DOI or report number, however it is spaced and punctuated."""
    return ":no" + "".join(words(number))
