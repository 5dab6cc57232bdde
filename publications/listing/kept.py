# What is the same on every page of the site as long as nothing changes: read once for each generation
# (publications/listing/generation.py) and kept in this process.
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

MOST_KEPT = 20_000  # answers in the memory of a process

_generation: ContextVar[str] = ContextVar("generation", default="")


@contextmanager
def reading_under(generation: str):
    """Within it, what was kept under this generation is right. Empty: nothing is known, and all is read anew."""
    token = _generation.set(generation)
    try:
        yield
    finally:
        _generation.reset(token)


class KeptAnswers:
    """Answers to questions that many requests ask, by what was asked. Called, gives those known as long as nothing
    changes, to be looked into and added to."""

    def __init__(self, most: int):
        self.most = most
        self._kept: tuple[str, dict] = "", {}  # in one piece, since threads share it

    def __call__(self) -> dict:
        generation = _generation.get()
        if not generation:
            return {}
        known, answers = self._kept
        if generation != known or len(answers) >= self.most:
            answers = {}
            self._kept = generation, answers
        return answers


class Kept:
    """`read` gives rows, and `make` what is kept of them; called, gives that as it was when the request began. Where
    others were changed since, and these rows are as they were, it stays the same, with all that was made of it."""

    def __init__(self, read: Callable[[], list[tuple]], make: Callable[[list[tuple]], Any]):
        self.read, self.make = read, make
        self._kept: tuple[str, list[tuple], Any] = "", [], None  # in one piece, since threads share it

    def __call__(self):
        generation = _generation.get()
        known, former, value = self._kept
        if not generation or generation != known:
            rows = self.read()
            if rows != former or not rows:  # no rows tell nothing
                value = self.make(rows)
            self._kept = generation, rows, value
        return value
