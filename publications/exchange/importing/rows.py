# Turns one raw row into a clean Row, or says everything that is wrong with it. Asks no database.
import datetime as dt
import re
from dataclasses import dataclass, field
from functools import cache
from math import inf
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone

from publications import images
from publications.exchange.importing import values
from publications.exchange.importing.corrections import Note, read_corrections
from publications.exchange.importing.report import RowRefused
from publications.exchange.importing.values import Moment, Refused
from publications.models import ContentType, Image, Person, Publication, Topic
from publications.richtext import sanitize

# What stands on the publication itself: key in the file -> (column, reader). The column's own rules follow.
COLUMNS = {
    "title": ("title", values.line),
    "subtitle": ("subtitle", values.line),
    "summary": ("summary", values.text),
    "key_findings": ("key_findings", values.findings),
    "body_html": ("body", values.text),
    "state": ("state", values.state),
    "withdrawal_note": ("notice", values.text),
    "withdrawn_at": ("withdrawn_at", values.instant),
    "number": ("report_number", values.line),
    "doi": ("doi", values.doi),
    "language": ("language", values.line),
    "url": ("external_url", values.line),
    "id": ("import_id", values.line),
    "slug": ("slug", values.line),
}
OTHERS = (
    "type",
    "topics",
    "date",
    "authors",
    "image",
    "lead",
    "translation_of",
    "replaced_by",
    "corrections",
    "featured_in",
)
KEYS = (*COLUMNS, *OTHERS)
# Clearing these would leave an item without what every item has; an empty value says nothing instead.
NEVER_CLEARED = {"title", "state", "import_id", "slug"}
IMAGE_WORDS = {
    "alt": ("alternative_text", values.text),
    "caption": ("caption", values.text),
    "credit": ("credit", values.line),
    "licence": ("licence", values.line),
    "decorative": ("is_decorative", values.switch),
}
IMAGE_KEYS = (*IMAGE_WORDS, "file", "focal")
FEATURED_KEYS = ("topic", "position")
LARGEST_POSITION = 32_767
NOT_IN_TEXTS = re.compile(r"<(img|iframe|script|video|audio|object|embed|form|svg|picture|style)\b", re.I)


class Picture(NamedTuple):
    """`words` holds the columns of Image that a row states; `file` is a name, or empty."""

    words: dict
    file: str


class Place(NamedTuple):
    topic: str
    position: int


@dataclass(slots=True)
class Row:
    """What a file says of one publication. Only what it states is touched: `columns` holds those of the
    publication itself that are stated; each of the others counts when its key is in `stated`."""

    number: int
    stated: frozenset[str]
    type_name: str
    columns: dict = field(default_factory=dict)
    date: Moment | None = None
    day: dt.date | None = None  # of that date, in the site's time zone
    topics: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    picture: Picture | None = None
    lead: str = ""
    translation_of: str = ""
    replaced_by: str = ""
    corrections: list[Note] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.columns["title"]

    @property
    def import_id(self) -> str:
        return self.columns.get("import_id", "")

    @property
    def doi(self) -> str:
        return self.columns.get("doi", "")


def read_row(number: int, raw: dict, report) -> Row:
    """Raises RowRefused with all that is wrong, so that one run shows every mistake."""
    if not isinstance(raw, dict):
        raise RowRefused(("", "must be an object with “title”, “type” and so on"))
    reading = _Reading(number, raw, report)
    reading.name_unknown_keys(raw, KEYS)
    row = Row(number, frozenset(raw), reading.type_name(), reading.columns())
    row.date = reading.take("date", values.moment)
    row.day = timezone.localdate(row.date.at) if row.date else None
    row.topics = reading.take("topics", _topics) or []
    row.authors = reading.take("authors", _authors) or []
    row.lead = reading.take("lead", values.line) or ""
    row.translation_of = reading.take("translation_of", values.line) or ""
    row.replaced_by = reading.take("replaced_by", values.line) or ""
    row.corrections = reading.take("corrections", read_corrections) or []
    row.picture = reading.picture()
    row.places = reading.places()
    if reading.problems:
        raise RowRefused(*reading.problems)
    return row


class _Reading:
    """One pass over a raw row; collects problems instead of stopping at the first."""

    def __init__(self, number, raw, report):
        self.number, self.raw, self.report, self.problems = number, raw, report, []

    def name_unknown_keys(self, raw, known, prefix=""):
        for key in raw:
            if key not in known and key != "x":
                self.report.unknown_key(f"row {self.number}", values.printable(f"{prefix}{key}"), known)

    def take(self, key, read, *, of=None, name=""):
        """The value of the key, read; None when it is absent or wrong."""
        raw = self.raw if of is None else of
        if key not in raw:
            return None
        try:
            return read(raw[key])
        except Refused as error:
            self.problems.append((name or key, str(error)))
        except ValidationError as error:
            self.problems.append((name or key, " ".join(dict.fromkeys(error.messages))))
        return None

    def type_name(self):
        name = self.take("type", _reader(ContentType, "name", values.line)) or ""
        if not name and "type" not in dict(self.problems):
            self.problems.append(("type", "is missing"))
        return name

    def columns(self):
        found = {}
        for key in self._stated(COLUMNS):
            column, read = COLUMNS[key]
            value = self.take(key, _reader(Publication, column, read))
            if value or (value is not None and column not in NEVER_CLEARED):
                found[column] = value
        if "title" not in found and "title" not in dict(self.problems):
            self.problems.append(("title", "is missing"))
        if "body" in found:
            self._name_lost_parts(found["body"])
            found["body"] = sanitize(found["body"])
        return found

    def _stated(self, keys):
        return [key for key in keys if key in self.raw]

    def _name_lost_parts(self, body):
        for tag in sorted({tag.lower() for tag in NOT_IN_TEXTS.findall(body)}):
            self.report.warn(self.number, "body_html", f"<{tag}> may not stand in a text and was left out")

    def picture(self):
        raw = self.raw.get("image")
        if raw is None:
            return None
        if not isinstance(raw, dict):
            self.problems.append(("image", "must be an object with “alt”, “caption”, “credit” and “file”"))
            return None
        self.name_unknown_keys(raw, IMAGE_KEYS, "image.")
        words = {}
        for key, (column, read) in IMAGE_WORDS.items():
            value = self.take(key, _reader(Image, column, read), of=raw, name=f"image.{key}")
            if value is not None:
                words[column] = value
        focal = self.take("focal", _focal, of=raw, name="image.focal")
        words |= zip(("focal_x", "focal_y"), focal, strict=True) if focal else ()
        if words.get("alternative_text"):
            self.take(
                "alt", images.check_alternative_text, of={"alt": words["alternative_text"]}, name="image.alt"
            )
        return Picture(words, self.take("file", values.line, of=raw, name="image.file") or "")

    def places(self):
        raw = self.raw.get("featured_in") or []
        if not isinstance(raw, list):
            raw = [raw]
        return [place for order, entry in enumerate(raw, 1) if (place := self._place(entry, order))]

    def _place(self, entry, order):
        if isinstance(entry, str):
            entry = {"topic": entry}
        if not isinstance(entry, dict):
            self.problems.append(("featured_in", "must be a list of objects with “topic” and “position”"))
            return None
        self.name_unknown_keys(entry, FEATURED_KEYS, "featured_in.")
        topic = self.take("topic", _reader(Topic, "name", values.line), of=entry, name="featured_in.topic")
        position = order
        if entry.get("position") is not None:
            position = self.take("position", _position, of=entry, name="featured_in.position")
        if topic:
            return Place(topic, position or 0)
        self.problems.append(("featured_in.topic", "is missing"))
        return None


@cache
def _reader(model, column, read):
    """Reads, then asks the model's own field, so that no rule is written twice."""
    rule = model._meta.get_field(column)
    longest = _longest(rule)

    def reader(raw):
        value = read(raw)
        if isinstance(value, str) and len(value) > longest and column != "body":
            rule.clean(value, None)
        return value

    return reader


@cache
def _longest(rule) -> float:
    """Texts up to this length are in no way wrong, so that the field need not be asked."""
    if rule.choices or not all(isinstance(one, MaxLengthValidator) for one in rule.validators):
        return 0
    return rule.max_length or inf


def _topics(raw):
    return _each(Topic, raw)


def _authors(raw):
    return _each(Person, raw)


def _each(model, raw):
    rule = model._meta.get_field("name")
    for name in (found := values.names(raw)):
        if len(name) > _longest(rule):
            rule.run_validators(name)
    return found


def _position(raw):
    return values.whole_number(raw, LARGEST_POSITION)


def _focal(raw):
    if raw is None:
        return None
    if not isinstance(raw, list) or len(raw) != 2:
        raise Refused("must be two numbers from 0 to 1")
    return tuple(map(values.fraction, raw))
