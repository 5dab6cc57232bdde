# Reads CSV as the same raw rows that JSON gives: lists, pictures and featured places become real ones.
import csv
from pathlib import Path
from typing import NamedTuple

from publications.exchange.importing.report import UnreadableFile
from publications.exchange.importing.rows import KEYS
from publications.exchange.table import as_written

LISTS = ("topics", "authors", "key_findings")
LARGEST_CELL = 32 * 1024 * 1024  # characters; the library's own limit is too small for a long body
SWITCHES = {"yes": True, "true": True, "1": True, "x": True, "no": False, "false": False, "0": False}


class Malformed(NamedTuple):
    """Stands where a row should, when the file is not CSV there."""

    reason: str


class CsvSource:
    topics = ()
    unknown_keys = ()

    def __init__(self, path: Path, lines: int):
        self.path, self.total, self.fault = path, lines, ""
        self.delimiter = self._find_delimiter()
        _, self.columns = next(self._records(), (0, []))
        if isinstance(self.columns, Malformed):
            raise UnreadableFile(f"{path.name}: the first line {self.columns.reason}.")
        self.columns = [column.strip().lower() for column in self.columns]
        self._check_columns()

    def rows(self):
        """(line on which the record begins, raw row). The first line names the columns."""
        records = self._records()
        next(records)
        for line, cells in records:
            yield line, cells if isinstance(cells, Malformed) else self._raw_row(cells)

    def _find_delimiter(self) -> str:
        """The one that makes most known columns of the first line."""
        with self._open() as file:
            first = file.readline().lower()

        def known(delimiter):
            return sum(name.strip(' "\r\n') in KEYS for name in first.split(delimiter))

        return max(",;\t", key=known)

    def _check_columns(self):
        for column in ("title", "type"):
            if column not in self.columns:
                raise UnreadableFile(
                    f"{self.path.name} has no column “{column}”. The first line must name the columns."
                )
        twice = [column for column in self.columns if column and self.columns.count(column) > 1]
        if twice:
            raise UnreadableFile(f"{self.path.name} has two columns “{twice[0]}”.")

    def _records(self):
        """(line on which it begins, cells or Malformed) for each record that is not blank."""
        csv.field_size_limit(LARGEST_CELL)
        with self._open() as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    cells = Malformed(f"is not valid CSV: {error}; is a quotation mark missing or too many?")
                if any(cells):
                    yield line, cells

    def _open(self):
        return self.path.open(encoding="utf-8-sig", newline="")

    def _raw_row(self, cells):
        if len(cells) > len(self.columns):
            return Malformed(f"has {len(cells)} cells, but there are {len(self.columns)} columns")
        row, image = {}, {}
        for column, cell in zip(self.columns, cells, strict=False):
            cell = as_written(cell.strip())
            if not cell or column.startswith("x_"):
                continue
            if column in LISTS:
                row[column] = _split(cell)
            elif column == "featured_in":
                row[column] = [_featured(part) for part in _split(cell)]
            elif column.startswith("image_"):
                image[column.removeprefix("image_")] = cell
            else:
                row[column] = cell
        if "decorative" in image:
            image["decorative"] = SWITCHES.get(image["decorative"].lower(), image["decorative"])
        return row | ({"image": image} if image else {})


def _split(cell):
    return [part.strip() for part in cell.split("|") if part.strip()]


def _featured(part):
    topic, _, position = part.rpartition(":")
    if topic and position.strip().isdecimal():
        return {"topic": topic.strip(), "position": position.strip()}
    return {"topic": part}
