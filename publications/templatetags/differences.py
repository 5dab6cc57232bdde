# What differs between two texts, as a page shows it. Made here and not in a template, since a book has thousands of
# pieces.
from django import template
from django.utils.html import format_html, format_html_join

from publications.history.blocks import NAMES

register = template.Library()
SHAPES = {
    "new": '{}<ins data-mark="{}"><span class="visually-hidden">added: </span>{}</ins>',
    "gone": '{}<del data-mark="{}"><span class="visually-hidden">taken away: </span>{}</del>',
    "same": '{}<span data-mark="{}">{}</span>',
}


@register.filter
def as_lines(lines):
    """The lines of publications/history/differences.py."""
    return format_html_join(
        "\n", "{}", ([_left_out(line) if line.left_out else _line(line)] for line in lines)
    )


def _left_out(line):
    return format_html('<p class="quiet">{} without a change</p>', line.left_out)


def _line(line):
    was = format_html('<span class="quiet">Was a {}:</span> ', NAMES[line.was]) if line.was else ""
    pieces = format_html_join("", "{}", ([_piece(piece)] for piece in line.pieces))
    return format_html(
        '<p class="line" data-kind="{}" data-fate="{}">{}{}</p>', line.kind, line.fate, was, pieces
    )


def _piece(piece):
    blank = " " if piece.is_apart else ""
    if piece.fate == "same" and not piece.mark:
        return blank + piece.words
    return format_html(SHAPES[piece.fate], blank, piece.mark, piece.words)
