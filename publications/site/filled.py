# Pages asked for all the time: their template is rendered once, with stand-ins for what differs from page to page, and
# then only filled in. What the template decides by is `shape`; what it only puts down are `parts`, texts and markup,
# of which it may ask whether there is any. So it can do nothing else with a part: no filter, no comparison.
from functools import lru_cache
from html import escape

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from publications.surroundings import surroundings

EDGE = "\x00"  # stands in no page


def fill(template: str, shape: dict, parts: dict[str, str]) -> bytes:
    """The template as it would be rendered with all of these, in UTF-8; parts are escaped unless they are markup. Each
    part is encoded by itself: that costs next to nothing where it is all ASCII, but for a whole page in which a single
    dash is not, fifty times as much."""
    filled = {name: _as_markup(part).encode() for name, part in parts.items() if part}
    missing = tuple(name for name in parts if name not in filled)
    rendered = _rendered.__wrapped__ if settings.DEBUG else _rendered
    pieces = rendered(template, tuple(shape.items()), tuple(filled), missing, surroundings())
    return b"".join([filled[piece] if is_part else piece for is_part, piece in pieces])


def _as_markup(part) -> str:
    return part if isinstance(part, SafeString) else escape(str(part))


@lru_cache(maxsize=500)
def _rendered(template, shape, present, missing, here) -> list[tuple[bool, str | bytes]]:
    """In order what the template has itself, and between it (True) the names of parts."""
    context = dict(shape) | dict.fromkeys(missing, "")
    context |= {name: mark_safe(f"{EDGE}{name}{EDGE}") for name in present}
    pieces = render_to_string(template, context).split(EDGE)
    return [(True, piece) if place % 2 else (False, piece.encode()) for place, piece in enumerate(pieces)]
