# What is the same on every page of the site as long as nothing changes: read once for each generation
# (publications/listing/generation.py) and kept in this process.
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar

_generation: ContextVar[str] = ContextVar("generation", default="")


@contextmanager
def reading_under(generation: str):
    """Within it, what was kept under this generation is right. Empty: nothing is known, and all is read anew."""
    token = _generation.set(generation)
    try:
        yield
    finally:
        _generation.reset(token)


class Kept:
    """`read` gives what is kept; called, gives it as it was when the request began."""

    def __init__(self, read: Callable):
        self.read, self._kept = read, ("", None)

    def __call__(self):
        generation = _generation.get()
        known, value = self._kept
        if not generation or generation != known:
            value = self.read()
            self._kept = (generation, value)
        return value
