# Texts cut up for comparing: into blocks (a paragraph, a heading, a point of a list, a row of a table), and these
# into words with what stands out about them. Knows no models.
import re
from html.parser import HTMLParser
from typing import NamedTuple

# Each letter of scripts that write no blanks is a word of its own.
LETTER = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"\s*(?:[{LETTER}]|[^\s{LETTER}]+)")
KINDS = {"h2": "h2", "h3": "h3", "h4": "h4", "li": "li", "blockquote": "quote", "tr": "row"}
MARKS = {"strong", "em", "sub", "sup"}
CELLS = {"td", "th"}
NAMES = {
    "p": "paragraph",
    "h2": "heading",
    "h3": "smaller heading",
    "h4": "smallest heading",
    "li": "point of a list",
    "step": "point of a numbered list",
    "quote": "quotation",
    "row": "row of a table",
    "hr": "line across",
}


class Word(NamedTuple):
    text: str  # with a blank before it, unless it follows the last one at once
    mark: str = ""  # "strong", "em", "sub", "sup" or "link"


class Block(NamedTuple):
    kind: str
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words).strip()


def blocks_of_lines(text: str) -> list[Block]:
    """Of plain text: each line is a block."""
    return [Block("p", _words(line)) for line in text.splitlines() if line.strip()]


def blocks_of_html(text: str) -> list[Block]:
    """Of sanitised rich text."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.end_block()
    return reader.blocks


def _words(text: str, mark: str = "") -> tuple[Word, ...]:
    return tuple(Word(" " + word.strip(), mark) for word in WORD.findall(text))


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.blocks, self.words = [], []
        self.within, self.marks, self.links = [], [], []
        self.is_apart = True  # whether a blank stands before the next word

    def handle_starttag(self, tag, attributes):
        if tag in MARKS:
            self.marks.append(tag)
        elif tag == "a":
            self.links.append(dict(attributes).get("href") or "")
        elif tag == "hr":
            self.end_block()
            self.blocks.append(Block("hr", (Word(" —"),)))
        elif tag == "br" or self._is_in_row():
            self.is_apart = True
            if tag in CELLS and self.words:
                self.words.append(Word(" |"))
        else:
            self.end_block()
            self.within.append(tag)

    def handle_endtag(self, tag):
        if tag in MARKS and tag in self.marks:
            self.marks.remove(tag)
        elif tag == "a":
            self._end_link()
        elif self._is_in_row() and tag != "tr":
            self.is_apart = True
        elif tag in self.within:
            self.end_block()
            del self.within[len(self.within) - 1 - self.within[::-1].index(tag)]

    def handle_data(self, text):
        mark = "link" if self.links else " ".join(dict.fromkeys(self.marks))
        for word in WORD.findall(text):
            is_apart = self.is_apart or word[0].isspace()
            self.words.append(Word(" " * is_apart + word.strip(), mark))
            self.is_apart = False
        self.is_apart = self.is_apart or text[-1:].isspace()

    def end_block(self):
        if self.words:
            self.blocks.append(Block(self._kind(), tuple(self.words)))
        self.words, self.is_apart = [], True

    def _is_in_row(self) -> bool:
        return "tr" in self.within

    def _end_link(self):
        """Where a link leads is a part of the text, so that another address shows as a change."""
        if self.links:
            self.words.append(Word(f" ({self.links.pop()})", "link"))

    def _kind(self) -> str:
        for tag in reversed(self.within):
            if tag == "li":
                lists = [each for each in self.within if each in {"ul", "ol"}]
                return "step" if lists[-1:] == ["ol"] else "li"
            if tag in KINDS:
                return KINDS[tag]
        return "p"
