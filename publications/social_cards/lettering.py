# Words in the site's own fonts: which can be written, how wide they come out, where their lines break.
import unicodedata
from bisect import bisect
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from PIL import ImageFont

FONTS = Path(__file__).resolve().parent.parent.parent / "static/fonts"
# Each family in its files, asked in this order; and the values of its axes: the optical size, if it has
# one, follows the size itself.
FAMILIES = {
    "serif": ("literata-latin", "literata-latin-ext"),
    "sans": ("public-sans-latin", "public-sans-latin-ext"),
}
OPTICAL_SIZES = (14, 72)
NOWHERE = "\uffff"  # a letter no font has
ELLIPSIS = "…"


class Lettering:
    """One family at one size and weight."""

    def __init__(self, family: str, size: int, weight: int):
        self.family, self.size = family, size
        self._fonts = [_font(name, size, weight) for name in FAMILIES[family]]
        self.ascent, self.descent = self._fonts[0].getmetrics()

    def width(self, text: str) -> float:
        return sum(font.getlength(part) for font, part in self._runs(text))

    def write(self, draw, x: float, baseline: float, text: str, colour) -> float:
        """Write one line; return where it ends."""
        for font, part in self._runs(text):
            draw.text((x, baseline), part, font=font, fill=colour, anchor="ls")
            x += font.getlength(part)
        return x

    def wrap(self, text: str, width: float) -> list[str]:
        """The words on lines of at most this width. A word that is wider than a line is cut."""
        lines: list[str] = []
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(longer) <= width:
                lines[-1] = longer
            else:
                lines += self._pieces(word, width)
        return lines

    def fits(self, text: str, width: float, room: int, *, may_cut: bool) -> bool:
        """Whether the words take at most `room` lines."""
        uncut = may_cut or all(self.width(word) <= width for word in text.split(" "))
        return uncut and len(self.wrap(text, width)) <= room

    def shorten(self, text: str, width: float) -> str:
        """The text on one line, with an ellipsis for the words that have no room."""
        if self.width(text) <= width:
            return text
        fitting = bisect(range(len(text)), width, key=lambda end: self.width(text[:end] + ELLIPSIS))
        return text[: max(fitting - 1, 0)].rstrip(" ,;:") + ELLIPSIS

    def _pieces(self, word: str, width: float) -> list[str]:
        if self.width(word) <= width:
            return [word]
        pieces = [""]
        for letter in word:
            if pieces[-1] and self.width(pieces[-1] + letter) > width:
                pieces.append("")
            pieces[-1] += letter
        return pieces

    def _runs(self, text: str):
        """The text in parts, each with the font that has its letters."""
        fonts = ((self._font_of(letter), letter) for letter in text)
        for index, run in groupby(fonts, key=lambda pair: pair[0]):
            yield self._fonts[index or 0], "".join(letter for _, letter in run)

    def _font_of(self, letter: str) -> int | None:
        return _file_with(FAMILIES[self.family], letter)


def plain(text: str) -> str:
    """On one line, in composed letters, without the invisible characters that steer browsers."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(letter for letter in text if unicodedata.category(letter) not in {"Cf", "Cc", "Cs"})


def can_write(family: str, text: str) -> bool:
    """Whether the family has every letter, so that nothing comes out as an empty box."""
    return all(_file_with(FAMILIES[family], letter) is not None for letter in set(plain(text)))


def break_evenly(lettering: Lettering, text: str, width: float) -> list[str]:
    """On as few lines as the width needs, of about the same length: headings look best like that."""
    fewest = len(lettering.wrap(text, width))
    low, high = width / 2, width
    while high - low > 8:
        middle = (low + high) / 2
        low, high = (low, middle) if len(lettering.wrap(text, middle)) <= fewest else (middle, high)
    return lettering.wrap(text, high)


@lru_cache(maxsize=64)
def _font(name: str, size: int, weight: int):
    font = ImageFont.truetype(FONTS / f"{name}.woff2", size)
    low, high = OPTICAL_SIZES
    values = {b"Optical size": min(max(size, low), high), b"Weight": weight}
    font.set_variation_by_axes([values[axis["name"]] for axis in font.get_variation_axes()])
    return font


@lru_cache(maxsize=4096)
def _file_with(names: tuple[str, ...], letter: str) -> int | None:
    return next((number for number, name in enumerate(names) if _has(name, letter)), None)


def _has(name: str, letter: str) -> bool:
    """Fonts draw the same box for every letter they lack."""
    font = _font(name, 32, 400)
    return _drawn(font, letter) != _drawn(font, NOWHERE)


def _drawn(font, letter: str) -> tuple:
    mask = font.getmask(letter)
    return mask.size, bytes(mask), font.getlength(letter)
