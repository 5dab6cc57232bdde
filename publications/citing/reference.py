# A publication as a plain value that holds all a citation can say. No format is known here.
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from publications.models import Authorship, Publication
from publications.models.person import make_sort_name
from publications.models.slugs import make_slug

ENDS_A_SENTENCE = tuple(".?!…؟。？！")
MONTHS = "January February March April May June July August September October November December".split()
# Named in a byline, but not cited as authors where somebody else is.
NOT_AUTHORS = "editor, translator, illustrator, photographer, designer"


class Name(NamedTuple):
    """A person's name in parts as a library files it, and as the publication prints it. An organisation,
    and a person of a single name, has a `family` alone."""

    printed: str
    family: str
    given: str = ""
    particle: str = ""  # “van der”
    suffix: str = ""  # “Jr.”
    filed: str = ""  # the whole of it: “Corrow, Ines van der”
    is_organisation: bool = False

    @property
    def last(self) -> str:
        return f"{self.particle} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Reference:
    """`family` is the type's citation family; `date` a day in the site's time zone; addresses are absolute."""

    key: str
    family: str
    type_name: str
    title: str
    names: tuple[Name, ...]
    date: dt.date | None
    institution: str
    number: str
    doi: str
    url: str
    abstract: str
    language: str
    keywords: tuple[str, ...]
    pdfs: tuple[str, ...]
    is_withdrawn: bool
    withdrawn_on: dt.date | None = None
    corrected_on: dt.date | None = None

    @property
    def note(self) -> str:
        """What its reader must know, in the English that references are written in."""
        if self.is_withdrawn:
            return f"Withdrawn {_day(self.withdrawn_on)}".strip()
        return f"Corrected {_day(self.corrected_on)}" if self.corrected_on else ""

    @property
    def doi_url(self) -> str:
        return f"https://doi.org/{quote(self.doi, safe="/:;(),@!$&'*+=")}" if self.doi else ""


def with_references(publications):
    """The queryset with all that `make_reference` asks for, in one query and four more for each chunk."""
    rows = publications.select_related("content_type").defer("body", "notice")
    return rows.prefetch_related("authorships__person", "topics", "files")


def make_reference(publication: Publication, absolute: Callable[[str], str]) -> Reference:
    """Costs no query after `with_references`. `absolute` turns a path into an address."""
    names = tuple(map(make_name, _authors(publication.authorships.all())))
    at = publication.published_at
    date = timezone.localdate(at) if at else None
    files = () if publication.is_withdrawn else publication.files.all()
    return Reference(
        key=_key(publication, names, date),
        family=publication.content_type.citation_family,
        type_name=one_line(publication.content_type.name),
        title=join_titles(one_line(publication.title), one_line(publication.subtitle)),
        names=names,
        date=date,
        institution=settings.TOPICHUB_SITE_NAME,
        number=one_line(publication.report_number),
        doi=publication.doi,
        url=absolute(publication.get_absolute_url()),
        abstract=one_line(publication.summary),
        language=publication.language or settings.LANGUAGE_CODE.partition("-")[0],
        keywords=tuple(one_line(topic.name) for topic in publication.topics.all()),
        pdfs=tuple(absolute(file.address_below(publication)) for file in files if file.format == "PDF"),
        is_withdrawn=publication.is_withdrawn,
        withdrawn_on=publication.withdrawn_at and timezone.localdate(publication.withdrawn_at),
        corrected_on=publication.corrected_on,
    )


def _day(date: dt.date | None) -> str:
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}" if date else ""


def one_line(text: str) -> str:
    return " ".join(text.split())


def join_titles(title: str, subtitle: str) -> str:
    """“Title: subtitle”, without the colon where the title ends a sentence by itself."""
    if not subtitle:
        return title
    return f"{title} {subtitle}" if title.endswith((*ENDS_A_SENTENCE, ":")) else f"{title}: {subtitle}"


def make_name(authorship: Authorship) -> Name:
    person, printed = authorship.person, one_line(authorship.printed_name)
    if person.is_organisation:
        return Name(printed, family=printed, filed=printed, is_organisation=True)
    filed = one_line(person.sort_name)
    if authorship.name_as_printed:
        filed = _file_printed_name(printed, family=filed.partition(",")[0])
    family, given, suffix = [*(part.strip() for part in filed.split(",", 2)), "", ""][:3]
    family, before = _cut_particle(family.split(), from_end=False)
    given, after = _cut_particle(given.split(), from_end=True)
    return Name(printed, family, given, f"{before} {after}".strip(), suffix, filed)


def _file_printed_name(printed: str, family: str) -> str:
    """As the person is filed, where the publication prints the same family name; else by its last word."""
    if family and printed.endswith(f" {family}"):
        return f"{family}, {printed.removesuffix(family).strip()}"
    return make_sort_name(printed)


def _cut_particle(words: list[str], *, from_end: bool) -> tuple[str, str]:
    """(the rest, “van der”): words in lower case before a family name or after a given one. One word
    is always left."""
    particle = []
    while len(words) > 1 and words[-1 if from_end else 0][0].islower():
        word = words.pop(-1 if from_end else 0)
        particle = [word, *particle] if from_end else [*particle, word]
    return " ".join(words), " ".join(particle)


def _authors(authorships) -> list[Authorship]:
    authorships = list(authorships)
    others = _roles_of_others()
    authors = [one for one in authorships if one.role.strip().casefold() not in others]
    return authors or authorships


def _roles_of_others() -> set[str]:
    """As editors of this site write them, and in English."""
    # Translators: separated by commas; list every form a byline may show, such as both genders.
    words = gettext("editor, translator, illustrator, photographer, designer")
    return {role.strip().casefold() for role in f"{NOT_AUTHORS},{words}".replace("،", ",").split(",")}


def _key(publication: Publication, names: tuple[Name, ...], date: dt.date | None) -> str:
    """Such as “corrow2026-17”: short, in ASCII, of one item only, and the same in every export."""
    name = make_slug(names[0].family if names else settings.TOPICHUB_SITE_NAME).replace("-", "")
    return f"{name}{date.year if date else ''}-{publication.pk}"
