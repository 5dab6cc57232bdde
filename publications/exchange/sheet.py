# A table as XLSX for spreadsheets, written while it is sent: the rows are packed one by one and never held. All
# cells are text, so nothing in them is ever run.
import re
import zipfile
from collections.abc import Iterable, Iterator
from html import escape

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575  # beside the heads
MOST_LETTERS = 32_767  # of a cell
TOO_MANY = (
    "A spreadsheet has room for 1,048,575 rows, and this list has more. Narrow the list, or take it as CSV, which "
    "has no such limit.\n"
)
PACKED = 64 * 1024
MANY = 300_000
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
AROUND = {
    "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_XML}<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Publications" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
BEFORE = (
    f'{_XML}<worksheet xmlns="{_SHEETS}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews><sheetData>'
)
AFTER = "</sheetData></worksheet>"


class _Outlet:
    """Where the archive is written to; what has gathered is taken away."""

    def __init__(self):
        self.gathered = bytearray()

    def write(self, data) -> int:
        self.gathered += data
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken, self.gathered = bytes(self.gathered), bytearray()
        return taken


def parts(heads: list[str], rows: Iterable[list[str]], *, is_large=False) -> Iterator[bytes]:
    """`is_large` where it may come to gigabytes, which older programs cannot read anyway."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in AROUND.items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=is_large) as page:
            page.write((BEFORE + _row(heads)).encode())
            for cells in rows:
                page.write(_row(cells).encode())
                if len(outlet.gathered) > PACKED:
                    yield outlet.take()
            page.write(AFTER.encode())
    yield outlet.take()


def _row(cells) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(text: str) -> str:
    text = escape(_FORBIDDEN.sub("", text[:MOST_LETTERS]), quote=False)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>' if text else "<c/>"
