# Reads a file as numbered raw rows: JSON here, CSV in csv_reading.py. Judges the file, never what a row says.
import codecs
from pathlib import Path

from publications.exchange.importing.csv_reading import CsvSource
from publications.exchange.importing.json_reading import JsonSource
from publications.exchange.importing.report import UnreadableFile

CHUNK = 1024 * 1024


def open_source(path) -> JsonSource | CsvSource:
    """The file as a source: `topics`, `total` (at least as many as the highest row number), `rows()`, and,
    once the rows are read, `fault`. Reads the file once or twice, in bounded memory.

    Raises UnreadableFile when nothing of it can be used.
    """
    path = Path(path)
    try:
        lines, beginning = _check_encoding(path)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error
    if not beginning:
        raise UnreadableFile(f"{path.name} is empty.")
    is_json = path.suffix.lower() not in {".csv", ".tsv"} and (
        path.suffix.lower() == ".json" or beginning in "[{"
    )
    return JsonSource(path) if is_json else CsvSource(path, lines)


def _check_encoding(path: Path) -> tuple[int, str]:
    """The number of lines and the first letter that is no white space ("" in an empty file)."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    lines, beginning = 1, ""
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line = lines + error.object.count(b"\n", 0, error.start)
                raise UnreadableFile(_not_utf8(path, line)) from None
            if not chunk:
                break
            lines += text.count("\n") + text.count("\r") - text.count("\r\n")
            beginning = beginning or text.lstrip()[:1]
    return lines, beginning


def _not_utf8(path: Path, line: int) -> str:
    with path.open("rb") as file:
        is_utf16 = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    found = "is in UTF-16" if is_utf16 else f"is not in UTF-8 (see line {line})"
    return f"{path.name} {found}. Save it as UTF-8 and try again."
