# References as people paste them, in plain text: APA 7, Chicago 17 (author-date) and MLA 9. These are
# English conventions, so their words and months are English on every site.
import re
from typing import NamedTuple

from publications.citing.reference import ENDS_A_SENTENCE, MONTHS, Name, Reference

MLA_MONTHS = "Jan. Feb. Mar. Apr. May June July Aug. Sept. Oct. Nov. Dec.".split()
CLOSED = (*ENDS_A_SENTENCE, *(f"{mark}”" for mark in ENDS_A_SENTENCE))
SHORT_TEXTS = {"commentary", "news"}  # titles in quotation marks, dates to the day


class Formatted(NamedTuple):
    style: str
    text: str


def format_all(reference: Reference) -> list[Formatted]:
    return [Formatted(name, write(reference)) for name, write in STYLES.values()]


def apa(reference: Reference) -> str:
    """Where nobody is named, the institution is the author; as author it is not named again as publisher."""
    authors = _apa_authors(reference.names) or reference.institution
    publisher = "" if authors == reference.institution else reference.institution
    day = reference.date and f"{reference.date.year}, {MONTHS[reference.date.month - 1]} {reference.date.day}"
    date = day if reference.family in SHORT_TEXTS else reference.date and reference.date.year
    title = " ".join(part for part in (_title(reference), _apa_description(reference)) if part)
    words = _sentences(authors, f"({date or 'n.d.'})", title, publisher)
    return f"{words} {reference.doi_url or reference.url}"


def chicago(reference: Reference) -> str:
    date = reference.date
    day = date and f"{MONTHS[date.month - 1]} {date.day}, {date.year}"
    address = reference.doi_url or reference.url
    authors = _chicago_authors(reference.names) or reference.institution
    publisher = "" if authors == reference.institution else reference.institution
    if reference.family in SHORT_TEXTS:
        source = ", ".join(part for part in (reference.type_name, publisher, day) if part)
        parts = [_quoted(_title(reference)), source]
    else:
        parts = [_title(reference), _numbered_type(reference), publisher]
    year = str(date.year) if date else "n.d."
    return _sentences(authors, year, *parts, _corrected(reference, "{month} {day}, {year}", MONTHS), address)


def mla(reference: Reference) -> str:
    """What an institution publishes in its own name begins with the title."""
    date = reference.date
    day = date and f"{date.day} {MLA_MONTHS[date.month - 1]} {date.year}"
    authors = _mla_authors(reference.names)
    authors = "" if authors == reference.institution else authors
    title, number, kind = _title(reference), _numbered_type(reference), ""
    if reference.family in SHORT_TEXTS:
        title, number, kind = _quoted(title), "", number
    address = reference.doi_url or reference.url
    container = ", ".join(part for part in (number, reference.institution, day, address) if part)
    return _sentences(
        authors, title, container, kind, _corrected(reference, "{day} {month} {year}", MLA_MONTHS)
    )


# Names


def _apa_authors(names: tuple[Name, ...]) -> str:
    """Up to twenty; of more the first nineteen and the last."""
    written = [_apa_name(name) for name in names]
    if len(written) > 20:
        return ", ".join(written[:19]) + f", . . . {written[-1]}"
    if len(written) > 1:
        return ", ".join(written[:-1]) + f", & {written[-1]}"
    return "".join(written)


def _apa_name(name: Name) -> str:
    if not _is_inverted(name):
        return name.printed
    return ", ".join(part for part in (name.last, _initials(name.given), name.suffix) if part)


def _initials(given: str) -> str:
    """“Jean-Pierre Ada” as “J.-P. A.”; scripts without capitals have no initials."""
    words = re.split(r"\s+|(?<=\.)(?=[^\W\d_])", given)
    return " ".join("-".join(map(_initial, word.split("-"))) for word in words)


def _initial(word: str) -> str:
    return f"{word[0].upper()}." if word and word[0].lower() != word[0].upper() else word


def _chicago_authors(names: tuple[Name, ...]) -> str:
    """The first as filed, the others as printed. Up to ten; of more the first seven."""
    if len(names) < 3:
        return _one_or_two(names)
    written = [_inverted(names[0]), *(name.printed for name in names[1:])]
    if len(written) > 10:
        return ", ".join(written[:7]) + ", et al."
    return ", ".join(written[:-1]) + f", and {written[-1]}"


def _mla_authors(names: tuple[Name, ...]) -> str:
    return _one_or_two(names) if len(names) < 3 else f"{_inverted(names[0])}, et al."


def _one_or_two(names: tuple[Name, ...]) -> str:
    """The comma before “and” belongs to the inverted name."""
    if not names:
        return ""
    comma = "," if _is_inverted(names[0]) else ""
    return f"{_inverted(names[0])}{comma} and {names[1].printed}" if names[1:] else _inverted(names[0])


def _inverted(name: Name) -> str:
    return name.filed if _is_inverted(name) else name.printed


def _is_inverted(name: Name) -> bool:
    """Names written as one word, as in Chinese, keep their order."""
    return bool(name.given) and " " in name.printed


# Parts


def _title(reference: Reference) -> str:
    return f"{reference.title} [withdrawn]" if reference.is_withdrawn else reference.title


def _corrected(reference: Reference, form: str, months: list[str]) -> str:
    """“Corrected November 3, 2026”. APA has no place for it."""
    if reference.is_withdrawn or not (date := reference.corrected_on):
        return ""
    return f"Corrected {form.format(day=date.day, month=months[date.month - 1], year=date.year)}"


def _apa_description(reference: Reference) -> str:
    """“(Research Brief No. 7)”; in brackets what kind of thing it is, where that is not plain."""
    if reference.number:
        return f"({reference.type_name} No. {reference.number})"
    is_plain = reference.family == "commentary" or reference.type_name == "Report"
    return "" if is_plain else f"[{reference.type_name}]"


def _numbered_type(reference: Reference) -> str:
    return f"{reference.type_name} {reference.number}".strip()


def _quoted(title: str) -> str:
    """In double quotation marks, with those of the title itself made single."""
    inner = re.sub(r'"([^"]*)"', r"‘\1’", title).replace("“", "‘").replace("”", "’")
    return f"“{inner}{'' if inner.endswith(ENDS_A_SENTENCE) else '.'}”"


def _sentences(*parts: str) -> str:
    """Each part ends as a sentence does."""
    return " ".join(part if part.endswith(CLOSED) else f"{part}." for part in parts if part)


STYLES = {"apa": ("APA", apa), "chicago": ("Chicago", chicago), "mla": ("MLA", mla)}  # as addresses name them
