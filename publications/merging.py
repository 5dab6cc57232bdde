# Two people changed the same thing at the same time: what each of them changed is put together, and only
# where both changed the same value to different ones somebody must choose. Knows plain data and no models.
import re
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any, NamedTuple

# By what the rows of a list are known, whatever their place in it. Rows without it are new.
IDENTITIES = {"authors": "person", "files": "name", "corrections": "id", "featured": "publication"}
NO_CONTENT = {"br", "hr", "img", "wbr"}
TAG = re.compile(r"<(/?)(\w+)[^>]*>")


class Clash(NamedTuple):
    """A value that both changed, by its path: ("fields", "title"), or ("authors", 12, "role"); a row that one
    removed and the other changed: ("authors", 12); an order that both changed: ("authors",). None: not there."""

    where: tuple
    base: Any
    theirs: Any
    mine: Any


class Merge(NamedTuple):
    merged: dict  # where there is a clash: what is mine, and a row rather than none
    clashes: list


def merge(base: dict, theirs: dict, mine: dict, identities: dict = IDENTITIES) -> Merge:
    """What both made of `base`. Each is a dict of parts: values by their name, things in no order (a list of
    plain values), or rows in an order (a list of dicts)."""
    merged, clashes = {}, []
    for part in dict.fromkeys([*base, *theirs, *mine]):
        sides = [side[part] for side in (base, theirs, mine) if part in side]
        empty = type(sides[0])()
        three = [side.get(part, empty) for side in (base, theirs, mine)]
        if isinstance(empty, dict):
            merged[part] = _merge_values((part,), *three, clashes)
        elif any(isinstance(each, dict) for side in three for each in side):
            key = identities.get(part, "id")
            named = [_by_identity(rows, key, place) for place, rows in enumerate(three)]
            merged[part] = _merge_rows((part,), *named, clashes)
        else:
            merged[part] = _merge_things(*three)
    return Merge(merged, clashes)


def _merge_values(where, base, theirs, mine, clashes) -> dict:
    names = dict.fromkeys([*theirs, *mine])
    return {
        name: _merge_value((*where, name), base.get(name), theirs.get(name), mine.get(name), clashes)
        for name in names
    }


def _merge_value(where, base, theirs, mine, clashes):
    if theirs == mine or mine == base:
        return theirs
    if theirs == base:
        return mine
    woven = _weave(where[-1], base, theirs, mine)
    if woven is None:
        clashes.append(Clash(where, base, theirs, mine))
        return mine
    return woven


# Texts of several parts


def blocks(text: str) -> list[str]:
    """Rich text cut after each paragraph, heading, list or table, so that any of them can take its place in
    another text. Joined, they are the text again."""
    parts, depth, start = [], 0, 0
    for tag in TAG.finditer(text):
        if tag[2].lower() in NO_CONTENT:
            continue
        depth += -1 if tag[1] else 1
        if depth == 0:
            parts.append(text[start : tag.end()])
            start = tag.end()
    return [*parts, text[start:]] if text[start:] else parts


# Texts that may be merged part by part: how they are cut, and what joins the parts.
IN_PARTS = {
    "key_findings": (str.splitlines, "\n"),
    "biography": (str.splitlines, "\n"),
    "body": (blocks, ""),
    "introduction": (blocks, ""),
}


def _weave(name, base, theirs, mine) -> str | None:
    """The text with the parts that either changed, where a part that both left alone lies between them."""
    if name not in IN_PARTS or None in (base, theirs, mine):
        return None
    cut, joint = IN_PARTS[name]
    parts = cut(base)
    changes = sorted({*_changes(parts, cut(theirs)), *_changes(parts, cut(mine))})
    if any(start <= end for (_, end, _), (start, _, _) in pairwise(changes)):
        return None
    for start, end, new in reversed(changes):
        parts[start:end] = new
    return joint.join(parts)


def _changes(base, changed) -> list[tuple]:
    """(start, end, what stands there now) of each stretch of parts that differs."""
    codes = SequenceMatcher(None, base, changed, autojunk=False).get_opcodes()
    return [
        (start, end, tuple(changed[first:last])) for code, start, end, first, last in codes if code != "equal"
    ]


# Lists


def _merge_things(base, theirs, mine) -> list:
    """All that either added, without what either removed."""
    kept = [each for each in theirs if each in mine or each not in base]
    return kept + [each for each in mine if each not in theirs and each not in base]


def _by_identity(rows, key, side) -> dict:
    """A row that is new, or listed twice, is like no other."""
    found = {}
    for place, row in enumerate(rows):
        identity = row.get(key)
        if identity in (None, "") or identity in found:
            identity = ("new", side, place)
        found[identity] = row
    return found


def _merge_rows(where, base, theirs, mine, clashes) -> list[dict]:
    merged = []
    for identity in _merge_order(where, base, theirs, mine, clashes):
        was, his, own = base.get(identity), theirs.get(identity), mine.get(identity)
        if his is not None and own is not None:
            merged.append(_merge_values((*where, identity), was or {}, his, own, clashes))
            continue
        left = his if own is None else own
        if was is not None and left != was:  # rather one too many than one lost
            clashes.append(Clash((*where, identity), was, his, own))
        if left != was:
            merged.append(left)
    return merged


def _merge_order(where, base, theirs, mine, clashes) -> list:
    """The identities of all rows of theirs and mine, in the order of whoever changed it."""
    before, his, own = (
        [key for key in rows if key in base and key in theirs and key in mine]
        for rows in (base, theirs, mine)
    )
    if own not in (before, his) and his != before:
        clashes.append(Clash(where, before, his, own))
    order, other = (list(theirs), mine) if own == before else (list(mine), theirs)
    following = None
    for key in reversed(other):
        if key not in order:
            order.insert(order.index(following) if following is not None else len(order), key)
        following = key
    return order
