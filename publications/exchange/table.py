# A list as CSV for spreadsheets. Its columns are those that the import takes in; docs/formats.md says more.
import csv
from itertools import batched

from django.utils import timezone

from publications.models import Publication

MEDIA_TYPE = "text/csv; charset=utf-8"
BYTE_ORDER_MARK = "\ufeff"  # without it, spreadsheets read UTF-8 as an old code page and spoil every accent
SEPARATOR = " | "
CHUNK = 200  # lines sent at a time
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run begins so


class _Line:
    """Where csv.writer writes to: hands each line straight back."""

    def write(self, line: str) -> str:
        return line


_writer = csv.writer(_Line())


def _date(publication: Publication) -> str:
    """The day readers see. What is not public yet keeps its time, so that no copy of it appears early."""
    at = publication.published_at and timezone.localtime(publication.published_at)
    if not at:
        return ""
    return at.isoformat() if publication.is_scheduled else at.date().isoformat()


COLUMNS = {
    "id": lambda publication: publication.import_id,
    "title": lambda publication: publication.title,
    "subtitle": lambda publication: publication.subtitle,
    "type": lambda publication: publication.content_type.name,
    "topics": lambda publication: SEPARATOR.join(topic.name for topic in publication.topics.all()),
    "date": _date,
    "authors": lambda publication: SEPARATOR.join(
        authorship.printed_name for authorship in publication.authorships.all()
    ),
    "summary": lambda publication: publication.summary,
    "key_findings": lambda publication: SEPARATOR.join(publication.findings),
    "number": lambda publication: publication.report_number,
    "doi": lambda publication: publication.doi,
    "language": lambda publication: publication.language,
    "url": lambda publication: publication.external_url,
    "state": lambda publication: publication.state,
    "slug": lambda publication: publication.slug,
}
# For readers: the import passes over columns named so.
CORRECTED, ADDRESS = "x_corrected_on", "x_address"
HEAD = BYTE_ORDER_MARK + _writer.writerow([*COLUMNS, CORRECTED, ADDRESS])


def write(publication: Publication, absolute) -> str:
    cells = [read(publication) for read in COLUMNS.values()]
    corrected, address = publication.corrected_on or "", absolute(publication.get_absolute_url())
    return _writer.writerow([*map(_harmless, cells), corrected, address])


def lines(heads, rows):
    """Any table of text."""
    yield BYTE_ORDER_MARK + _writer.writerow(heads)
    for chunk in batched(rows, CHUNK):
        yield "".join(_writer.writerow(map(_harmless, cells)) for cells in chunk)


def _harmless(cell: str) -> str:
    """An apostrophe makes text of what a spreadsheet would run."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_written(cell: str) -> str:
    """The cell as it was before it was made harmless."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
