# What an import did, in numbers and in sentences for the person who ran it.
from collections import Counter
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

NAMES_SHOWN = 20
IN_HISTORY = "By an import"  # what the histories of items say of their change


class UnreadableFile(Exception):
    """The file as a whole cannot be used; the message says why, for the person who ran the import."""


class RowRefused(Exception):
    """One row cannot go in. `reasons` are pairs of (field as the file calls it, why)."""

    def __init__(self, *reasons: tuple[str, str]):
        super().__init__(*reasons)
        self.reasons = reasons


class Problem(NamedTuple):
    place: str  # such as "row 17"
    field: str  # as the file calls it; empty where the row as a whole is meant
    reason: str

    def __str__(self):
        return ": ".join(part for part in self if part)


@dataclass
class Report:
    """`problems` kept something out; `warnings` and `notes` did not. Grows with the mistakes in the file."""

    dry_run: bool = False
    undone: bool = False
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counted: Counter = field(default_factory=Counter)
    _warnings: dict[Problem, None] = field(default_factory=dict)
    _unknown: dict[str, list] = field(default_factory=dict)
    _made: dict[str, list[str]] = field(default_factory=dict)
    _numbers: Counter = field(default_factory=Counter)

    @property
    def warnings(self) -> list[Problem]:
        return list(self._warnings)

    @property
    def summary(self) -> str:
        return (
            f"created {self.created}, updated {self.updated}, "
            f"unchanged {self.unchanged}, rejected {self.rejected}"
        )

    @property
    def exit_status(self) -> int:
        if self.undone:
            return 2
        return 1 if self.problems else 0

    def count(self, outcome: str) -> None:
        setattr(self, outcome, getattr(self, outcome) + 1)

    def reject(self, number: int, reasons) -> None:
        self.rejected += 1
        self.problems += [Problem(f"row {number}", *reason) for reason in reasons]

    def warn(self, number: int, field: str, reason: str) -> None:
        """Said once, however often the row is tried."""
        self._warnings[Problem(f"row {number}", field, reason)] = None

    def unknown_key(self, place: str, key: str, known) -> None:
        """Say once for each key, not for each row, that it was left out."""
        key = key[:60]
        if key not in self._unknown and len(self._unknown) < NAMES_SHOWN:
            self._unknown[key] = [place, 0, get_close_matches(key, known, n=1, cutoff=0.7)]
        if key in self._unknown:
            self._unknown[key][1] += 1

    def made(self, kind: str, name: str) -> None:
        """`kind` says what was done to what: “new topics”. To be said once of each; only the first names are kept."""
        self._numbers[kind] += 1
        if len(names := self._made.setdefault(kind, [])) < NAMES_SHOWN:
            names.append(name)

    def lines(self) -> list[str]:
        """The whole report; the summary is the last line."""
        return [*self._opening(), *self._remarks(), *map(str, self.problems), self.summary]

    def _opening(self):
        if self.dry_run:
            yield "Dry run: nothing was written."
        if self.undone:
            yield "Nothing was written: with --strict every row must be right."

    def _remarks(self):
        for kind, names in self._made.items():
            left_out = self._numbers[kind] - len(names)
            more = f" and {left_out:,} more" if left_out else ""
            yield f"{kind}: {', '.join(names)}{more}"
        yield from self.notes
        for sentence, number in self.counted.items():
            yield sentence.format(number)
        for key, (place, times, guess) in self._unknown.items():
            hint = f"; did you mean “{guess[0]}”?" if guess else ""
            where = f"{times:,} times, first in {place}" if times > 1 else f"in {place}"
            yield f"warning: “{key}” is not a key of this format and was left out ({where}){hint}"
        for warning in self._warnings:
            yield f"warning: {warning}"
