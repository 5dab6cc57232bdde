# One card: the site's name on a rule, the type and date, the title as large as it fits, the authors.
import hashlib
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageDraw

from publications.social_cards import palette
from publications.social_cards.lettering import Lettering, break_evenly, can_write, plain
from publications.social_cards.palette import Look
from publications.social_cards.shapes import site_mark, type_mark

SIZE = (1200, 630)  # what link previews ask for
# Part of what keys are made from: raise it whenever the same words would come out differently.
VERSION = 1
MARGIN = 72
RULE = 128  # the height of the line below the site's name
FOOT = 568  # the baseline of the last line
STRIP = 14
LARGE_MARK = 240
LARGEST_CUT = 50
TITLE_SIZES = (112, 98, 84, 76, 68, 62, 56, 50, 46, 42, 38, 35, 32, 29)
COLOURS = 64


class Card(NamedTuple):
    """What a card says. `mark` is the number of a type's mark, 0 for none."""

    site: str
    title: str
    label: str = ""
    mark: int = 0
    date: str = ""
    foot: str = ""
    notice: str = ""
    look: Look = Look()


@lru_cache(maxsize=1_000)
def make_key(card: Card) -> str:
    """A name for what the card shows: another picture, another key."""
    return hashlib.sha256(repr((VERSION, *card)).encode()).hexdigest()[:16]


def draw(card: Card) -> bytes:
    """The card as PNG. Words in letters the fonts lack are left out; where the title is among them, the
    site's name stands in its place, or else its mark."""
    card = _writable(card)
    image = Image.new("RGB", SIZE, palette.PAPER)
    canvas = ImageDraw.Draw(image)
    colour = card.look.accent
    canvas.rectangle((0, SIZE[1] - STRIP, *SIZE), fill=colour)
    _head(image, canvas, card, colour)
    top = _meta(image, canvas, card, colour)
    bottom = FOOT - 62 if card.foot else FOOT
    if title := card.title or card.site:
        _title(canvas, title, top, bottom)
    elif not card.look.has_logo:
        image.paste(colour, (MARGIN, top + 40), site_mark(LARGE_MARK))
    if card.foot:
        sans = Lettering("sans", 28, 400)
        sans.write(canvas, MARGIN, FOOT, sans.shorten(card.foot, SIZE[0] - 2 * MARGIN), palette.SOFT)
    buffer = BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(buffer, "PNG")
    return buffer.getvalue()


def _writable(card: Card) -> Card:
    def words(name: str, family: str = "sans") -> str:
        text = plain(getattr(card, name))
        return text if can_write(family, text) else ""

    sans = {name: words(name) for name in ("site", "label", "date", "foot", "notice")}
    return card._replace(title=words("title", "serif"), **sans)


def _head(image, canvas, card: Card, colour) -> None:
    x = MARGIN
    if not card.look.has_logo:
        image.paste(colour, (x, 54), site_mark(48))
        x += 66
    sans = Lettering("sans", 32, 600)
    sans.write(canvas, x, 92, sans.shorten(card.site, SIZE[0] - MARGIN - x), palette.INK)
    canvas.rectangle((MARGIN, RULE, SIZE[0] - MARGIN, RULE + 2), fill=palette.INK)


def _meta(image, canvas, card: Card, colour) -> int:
    """The line of type and date; returns where the title may begin."""
    if not (card.label or card.date or card.notice):
        return RULE + 40
    x, baseline, sans = MARGIN, RULE + 60, Lettering("sans", 28, 400)
    if card.mark:
        mark = type_mark(card.mark, 20)
        image.paste(colour, (x + (20 - mark.width) // 2, baseline - 10 - mark.height // 2), mark)
        x += 36
    if card.label:
        x = Lettering("sans", 28, 600).write(canvas, x, baseline, card.label, palette.INK) + 28
    if card.date:
        x = sans.write(canvas, x, baseline, card.date, palette.SOFT) + 28
    if card.notice:
        bold = Lettering("sans", 28, 600)
        canvas.rectangle(
            (x, baseline - 34, x + bold.width(card.notice) + 32, baseline + 14), fill=palette.NOTICE
        )
        bold.write(canvas, x + 16, baseline, card.notice, palette.INK)
    return RULE + 92


def _title(canvas, text: str, top: int, bottom: int) -> None:
    """In the largest size in which all of it fits, with words cut in the smaller ones alone; of what never
    fits, as much as there is room for."""
    width = SIZE[0] - 2 * MARGIN
    for size in TITLE_SIZES:
        serif, leading = Lettering("serif", size, 560), size * 1.14
        room = int((bottom - top) / leading)
        if serif.fits(text, width, room, may_cut=size <= LARGEST_CUT):
            lines = break_evenly(serif, text, width)
            break
    else:
        lines = serif.wrap(text, width)
        lines = [*lines[: room - 1], serif.shorten(" ".join(lines[room - 1 :]), width)]
    baseline = top + serif.ascent * 0.92
    for line in lines:
        serif.write(canvas, MARGIN, baseline, line, palette.INK)
        baseline += leading
