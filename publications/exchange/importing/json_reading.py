# Reads JSON as a stream, one row at a time, so that a file of any size takes the memory of one row.
# The standard library decodes each value; only the outermost list and object are walked here.
import json
from pathlib import Path

from publications.exchange.importing.report import UnreadableFile

CHUNK = 1024 * 1024
LARGEST_VALUE = 32 * CHUNK  # characters
TOP_KEYS = ("topics", "publications")


class BrokenJson(Exception):
    pass


class JsonSource:
    def __init__(self, path: Path):
        """Reads the whole file once for its topics and the number of rows."""
        self.path, self.topics, self.total, self.fault = path, [], 0, ""
        self.unknown_keys = []
        try:
            self._survey()
        except BrokenJson as error:
            if not self.total:
                raise UnreadableFile(f"{path.name}: {error}") from error

    def rows(self):
        """(1-based position, whatever stands there). Ends where the JSON breaks; `fault` then says how."""
        number = 0
        try:
            for key, value in self._walk():
                if key == "publications":
                    number += 1
                    yield number, value
        except BrokenJson as error:
            self.fault = f"{error}; what follows row {number} was not read"

    def _survey(self):
        keys = set()
        for key, value in self._walk():
            keys.add(key)
            if key == "publications":
                self.total += 1
            elif key == "topics":
                self.topics = value or []
            elif key not in ("x", ""):
                self.unknown_keys.append(key)
        if not keys & {*TOP_KEYS, ""}:
            raise BrokenJson("there is no list “publications” in it")
        if not isinstance(self.topics, list):
            raise UnreadableFile(f"{self.path.name}: “topics” must be a list.")

    def _walk(self):
        """(key, value) for each member of the outermost object, but ("publications", item) for each item.

        A file that is a bare list is the list of publications. ("", None) stands for an empty list.
        """
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            text = JsonText(file)
            if text.peek() == "[":
                yield from self._publications(text)
            else:
                for _ in text.members("{", "}"):
                    if text.peek() != '"':
                        raise text.broken("a key in quotation marks is missing")
                    key = text.value()
                    text.expect(":")
                    if key == "publications":
                        yield from self._publications(text)
                    else:
                        yield key, text.value()
            if text.peek():
                raise text.broken("more text after its end")

    def _publications(self, text):
        if text.peek() != "[":
            raise text.broken("“publications” must be a list")
        yield "", None
        for _ in text.members("[", "]"):
            yield "publications", text.value()


class JsonText:
    """JSON that is read from a file as it is needed. Numbers stay as they are written, as text."""

    def __init__(self, file):
        self.file, self.buffer, self.at, self.is_complete = file, "", 0, False
        self.line, self.column = 1, 1  # of the first character in the buffer
        self.decode = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str).raw_decode

    def members(self, opening, closing):
        """Once for each member of a list or object; the caller takes it off the text."""
        self.expect(opening)
        if self.peek() == closing:
            self.at += 1
            return
        while True:
            yield
            if self.peek() == closing:
                self.at += 1
                return
            self.expect(",")

    def peek(self) -> str:
        """The next character that is no white space; "" at the end."""
        while True:
            while self.at < len(self.buffer) and self.buffer[self.at] in " \t\r\n":
                self.at += 1
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self._read_on():
                return ""

    def expect(self, character):
        if self.peek() != character:
            raise self.broken(f"a “{character}” is missing")
        self.at += 1

    def value(self):
        while True:
            self.peek()
            try:
                value, end = self.decode(self.buffer, self.at)
            except json.JSONDecodeError as error:
                cut_off = error.msg.startswith("Unterminated") or error.pos > len(self.buffer) - 16
                if not (cut_off and self._read_on()):
                    raise self.broken(error.msg, error.pos) from None
            except RecursionError:
                raise self.broken("lists within lists too deep to read") from None
            else:
                # A number or word that touches the end of the buffer may go on in the file.
                if end < len(self.buffer) or not self._read_on():
                    self.at = end
                    return value

    def broken(self, reason: str, position: int | None = None) -> BrokenJson:
        line, column = self._place(self.at if position is None else position)
        return BrokenJson(f"not valid JSON at line {line}, column {column}: {reason}")

    def _read_on(self) -> bool:
        if self.is_complete or len(self.buffer) - self.at > LARGEST_VALUE:
            return False
        # Twice as much each time, so that a value of many chunks is not decoded anew for every chunk.
        chunk = self.file.read(max(CHUNK, len(self.buffer) - self.at))
        if not chunk:
            self.is_complete = True
            return False
        self.line, self.column = self._place(self.at)
        self.buffer, self.at = self.buffer[self.at :] + chunk, 0
        return True

    def _place(self, position: int) -> tuple[int, int]:
        """Line and column, from 1, of a position in the buffer."""
        before = self.buffer[:position]
        column = len(before) - before.rfind("\n") + (0 if "\n" in before else self.column - 1)
        return self.line + before.count("\n"), column
