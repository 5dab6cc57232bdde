# The formats in which a publication, or a list of them, leaves the site.
import json
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from publications.citing import bibtex, csl, ris
from publications.citing.reference import make_reference
from publications.exchange import table
from publications.listing.paging import in_batches
from publications.models import Publication

FIRST, CHUNK = 100, 500  # rows in memory at a time: fewer at first, so that a file begins soon
Absolute = Callable[[str], str]  # turns a path into an address


class Format(NamedTuple):
    """`write` makes the text of one publication; the other texts stand around and between them."""

    media_type: str
    write: Callable[[Publication, Absolute], str]
    before: str = ""
    between: str = ""
    after: str = ""

    def text(self, publication: Publication, absolute: Absolute) -> str:
        return "".join(self.stream([publication], absolute))

    def stream(self, publications: Iterable[Publication], absolute: Absolute) -> Iterator[str]:
        yield self.before
        between = ""
        for chunk in in_batches(publications, FIRST, CHUNK):
            yield between + self.between.join(self.write(publication, absolute) for publication in chunk)
            between = self.between
        yield self.after


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
