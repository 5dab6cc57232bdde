# Two texts in blocks beside each other, word by word. Its work is bounded: where word by word would take too long, it
# compares sentences, and where these would, it tells of whole blocks. Knows no models.
from collections import Counter
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

from publications.history.blocks import Block

MOST_PAIRS = 50_000  # equal words in two blocks, each with each, that are looked at for one change
MOST_CELLS = 60_000  # pairs of blocks that are looked at for which became which
ALIKE = 0.4  # of the words that two blocks share, from which on one is held to be the other, changed
AROUND = 1  # blocks that stayed are shown before and after a change
SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")


class Piece(NamedTuple):
    """A stretch of text with one fate: "same", "gone" or "new"."""

    fate: str
    text: str
    mark: str = ""

    @property
    def is_apart(self) -> bool:
        """Whether a blank stands before it, which is no part of what was added or taken away."""
        return self.text[:1].isspace()

    @property
    def words(self) -> str:
        return self.text.strip()


class Line(NamedTuple):
    """A block as it is to be shown: "same", "gone", "new" or "changed"; or so many left out that stayed."""

    fate: str
    kind: str = "p"
    pieces: tuple[Piece, ...] = ()
    was: str = ""  # the kind it had
    left_out: int = 0


def compare(old: list[Block], new: list[Block]) -> list[Line]:
    """Nothing when they are the same."""
    lines = []
    for fate, gone, come in _opcodes(old, new):
        if fate == "equal":
            lines += [_whole("same", block) for block in come]
        else:
            lines += [_line(before, after) for before, after in _paired(gone, come)]
    return _shortened(lines) if any(line.fate != "same" for line in lines) else []


def _opcodes(old, new):
    """(what happened, what was there, what is there) of each stretch."""
    matcher = SequenceMatcher(None, *_numbered(old, new))
    for fate, i, j, k, m in matcher.get_opcodes():
        yield fate, old[i:j], new[k:m]


def _numbered(old, new):
    """A number instead of each thing, the same for equal ones, since these are compared and hashed at once."""
    numbers = {}
    return [[numbers.setdefault(each, len(numbers)) for each in side] for side in (old, new)]


def _line(before, after) -> Line:
    if not before:
        return _whole("new", after)
    if not after:
        return _whole("gone", before)
    was = before.kind if before.kind != after.kind else ""
    return Line("changed", after.kind, _pieces(before.words, after.words), was)


def _whole(fate, block) -> Line:
    return Line(fate, block.kind, tuple(_joined((fate, word) for word in block.words)))


# Which block became which


def _paired(old, new) -> list[tuple]:
    """(block before, block after), in their order; None beside what was added or taken away."""
    margin = abs(len(old) - len(new)) + 8
    if not old or not new or len(old) * min(len(new), 2 * margin) > MOST_CELLS:
        return [(block, None) for block in old] + [(None, block) for block in new]
    pairs, i, k = [], 0, 0
    for a, b in [*_best_pairs(old, new, margin), (len(old), len(new))]:
        pairs += [(block, None) for block in old[i:a]] + [(None, block) for block in new[k:b]]
        if a < len(old):
            pairs.append((old[a], new[b]))
        i, k = a + 1, b + 1
    return pairs


def _best_pairs(old, new, margin) -> list[tuple[int, int]]:
    """The pairs of places, rising on both sides, whose blocks are most alike in sum; those are looked at that lie
    `margin` apart at most."""
    words = [[frozenset(word.text for word in block.words) for block in side] for side in (old, new)]
    best = {}  # by place on both sides: (likeness in sum, pair that counts, where to go on)
    for a in range(len(old) - 1, -1, -1):
        for b in range(min(len(new), a + margin + 1) - 1, max(-1, a - margin - 1), -1):
            options = [best.get((a + 1, b), END), best.get((a, b + 1), END)]
            if (likeness := _likeness(words[0][a], words[1][b])) >= ALIKE:
                after = best.get((a + 1, b + 1), END)
                options.append((likeness + after[0], (a, b), after))
            best[a, b] = max(options, key=lambda option: option[0])
    pairs, step = [], best.get((0, 0), END)
    while step[1]:
        pairs.append(step[1])
        step = step[2]
    return pairs


END = (0, None, None)


def _likeness(some, others) -> float:
    return 2 * len(some & others) / (len(some) + len(others))


# Within a block


def _pieces(old, new) -> tuple[Piece, ...]:
    if _pairs_of(old, new) <= MOST_PAIRS:
        return tuple(_joined(_by_word(old, new)))
    return tuple(_joined(_by_sentence(old, new)))


def _pairs_of(old, new) -> int:
    counts = Counter(new)
    return sum(number * counts[word] for word, number in Counter(old).items())


def _by_word(old, new):
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for fate, i, j, k, m in matcher.get_opcodes():
        if fate == "equal":
            yield from (("same", word) for word in new[k:m])
        else:
            yield from (("gone", word) for word in old[i:j])
            yield from (("new", word) for word in new[k:m])


def _by_sentence(old, new):
    for fate, gone, come in _opcodes(_sentences(old), _sentences(new)):
        gone, come = (tuple(word for sentence in side for word in sentence) for side in (gone, come))
        if fate == "equal":
            yield from (("same", word) for word in come)
        elif _pairs_of(gone, come) <= MOST_PAIRS:
            yield from _by_word(gone, come)
        else:
            yield from (("gone", word) for word in gone)
            yield from (("new", word) for word in come)


def _sentences(words) -> list[tuple]:
    sentences, start = [], 0
    for place, word in enumerate(words, 1):
        if word.text.endswith(SENTENCE_ENDS):
            sentences.append(tuple(words[start:place]))
            start = place
    return [*sentences, tuple(words[start:])]


def _joined(words):
    """Neighbours of one fate and mark as one piece."""
    for (fate, mark), run in groupby(words, key=lambda each: (each[0], each[1].mark)):
        yield Piece(fate, "".join(word.text for _, word in run), mark)


def _shortened(lines) -> list[Line]:
    """Without what stayed, but for what stands around the changes."""
    changed = [place for place, line in enumerate(lines) if line.fate != "same"]
    shown = {near for place in changed for near in range(place - AROUND, place + AROUND + 1)}
    short = []
    for is_shown, run in groupby(enumerate(lines), key=lambda each: each[0] in shown):
        run = [line for _, line in run]
        short += run if is_shown or len(run) == 1 else [Line("same", left_out=len(run))]
    return short
