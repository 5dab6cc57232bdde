# The formats in which a publication, or a list of them, leaves the site.
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from publications.citing import bibtex, csl, ris
from publications.citing.reference import make_reference
from publications.exchange import table
from publications.models import Publication

Absolute = Callable[[str], str]  # turns a path into an address


class Format(NamedTuple):
    """`write` makes the text of one publication; the other texts stand around and between them."""

    media_type: str
    write: Callable[[Publication, Absolute], str]
    before: str = ""
    between: str = ""
    after: str = ""

    def text(self, publication: Publication, absolute: Absolute) -> str:
        return "".join(self.stream([[publication]], absolute))

    def stream(self, batches: Iterable[list[Publication]], absolute: Absolute) -> Iterator[str]:
        """A text for each batch, which is let go before the next is read."""
        yield self.before
        between = ""
        for text in map(partial(self._join, absolute), batches):
            yield between + text
            between = self.between
        yield self.after

    def _join(self, absolute: Absolute, publications: list[Publication]) -> str:
        return self.between.join(self.write(publication, absolute) for publication in publications)


def _citation(write) -> Callable[[Publication, Absolute], str]:
    return lambda publication, absolute: write(make_reference(publication, absolute))


def _json(reference) -> str:
    return json.dumps(csl.make_item(reference), ensure_ascii=False)


CITATIONS = {
    "bib": Format(f"{bibtex.MEDIA_TYPE}; charset=utf-8", _citation(bibtex.write), between="\n"),
    "ris": Format(f"{ris.MEDIA_TYPE}; charset=utf-8", _citation(ris.write)),
    "json": Format(csl.MEDIA_TYPE, _citation(_json), before="[\n", between=",\n", after="\n]\n"),
}
EXPORTS = {"csv": Format(table.MEDIA_TYPE, table.write, before=table.HEAD)} | CITATIONS
