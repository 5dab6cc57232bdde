# A row and the publication it speaks of, and how many rows are taken at once.
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from django.db.models.base import ModelState

from publications.exchange.importing.corrections import Note
from publications.exchange.importing.rows import Row
from publications.models import Publication

LETTERS = 4_000_000  # of the texts of a batch


@dataclass(eq=False)
class Item:
    """One row and the publication it speaks of, as it shall be."""

    row: Row
    publication: Publication
    is_new: bool
    changed: set[str] = field(default_factory=set)  # columns
    topics: list[int] | None = None  # None: they are right already
    authors: list[int] | None = None
    corrections: list[Note] | None = None

    @property
    def joins_changed(self) -> bool:
        return self.topics is not None or self.authors is not None

    @property
    def outcome(self) -> str:
        if self.is_new:
            return "created"
        is_changed = self.changed or self.joins_changed or self.corrections is not None
        return "updated" if is_changed else "unchanged"


def batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """So many at a time, and fewer where their texts are long, so that these take no more memory."""
    batch, letters = [], 0
    for row in rows:
        batch.append(row)
        letters += len(row.columns.get("body", ""))
        if len(batch) == size or letters > LETTERS:
            yield batch
            batch, letters = [], 0
    if batch:
        yield batch


def blank(pk: int) -> Publication:
    """A new publication, without what the constructor does for each."""
    made = Publication.__new__(Publication)
    vars(made).update(_blank(), _state=ModelState(), id=pk)
    return made


@cache
def _blank() -> dict:
    return vars(Publication(state=Publication.State.PUBLISHED))
