# What the head of a page tells machines: search engines, link previews, reference managers, catalogues.
# Plain data from rows that are loaded already; publications/site/markup/frame.py writes it down.
import datetime as dt
import re
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import to_locale

from publications import languages
from publications.briefing import is_collecting
from publications.citing.reference import Reference
from publications.models import ContentType, Page, Person, Publication
from publications.models.slugs import address_root
from publications.site import structured_data
from publications.site.absolute import absolute_for
from publications.site.alternates import Alternate, alternates
from publications.site.entries import modified_at
from publications.site.frame import PageFrame, get_frame
from publications.site.markup.words import gettext as _
from publications.site.social_cards import (
    FindPicture,
    LinkPicture,
    look_of,
    picture_of_publication,
    picture_of_text,
)
from publications.surroundings import surroundings

DESCRIPTION_LENGTH = 300
BLANKS = re.compile(r"[ \t\r\n]+")
FAMILIES = ContentType.CitationFamily
# What reference managers call the families whose items are not reports.
ITEM_TYPES = {
    FAMILIES.COMMENTARY: "blogPost",
    FAMILIES.NEWS: "webpage",
    FAMILIES.SOFTWARE: "computerProgram",
}
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


class Site(NamedTuple):
    name: str
    description: str
    language: str
    absolute: Callable[[str], str]  # turns a path into an address
    frame: PageFrame


class Head(NamedTuple):
    address: str  # the one address of this page
    description: str
    is_indexed: bool
    properties: list[tuple[str, str]]  # Open Graph
    names: list[tuple[str, str]]  # everything else
    graph: dict  # JSON-LD
    twin: str = ""  # the address of the same in Markdown
    unapi: str = ""  # the server that reference managers ask for the items listed
    alternates: list[Alternate] = []  # the same text in other languages, and in this one

    @property
    def has_dublin_core(self) -> bool:
        return any(name.startswith("DC.") for name, _ in self.names)


def page_head(
    request, name: str, description: str, picture, crumbs=(), path: str = "", is_indexed: bool = True
) -> Head:
    """Of a page that is no list of publications. `crumbs` are (name, path) of each step after Home; `path`
    is the page's own address where a query string belongs to it."""
    site = _site(request)
    address = site.absolute(path or request.path)
    nodes = [structured_data.breadcrumb(site, crumbs)] if crumbs else []
    if crumbs:
        nodes.append(structured_data.collection(site, name, address))
    return _head(site, "website", name, address, description, picture, nodes=nodes, is_indexed=is_indexed)


def text_head(request, page: Page) -> Head:
    """Of one of the institute's own pages."""
    site = _site(request)
    address = site.absolute(page.get_absolute_url())
    nodes = [
        structured_data.breadcrumb(site, [(page.title, page.get_absolute_url())]),
        structured_data.text_page(site, page, address),
    ]
    description = page.description or page.title
    picture = picture_of_text(page)
    return _head(
        site, "website", page.title, address, description, picture, nodes=nodes, is_indexed=page.is_public
    )


def list_head(
    request, listing, name: str, description: str, picture, crumbs=(), person: Person | None = None
) -> Head:
    """Of a page built around a FilteredList. Filtered lists stay out of search engines."""
    site = _site(request)
    address = site.absolute(listing.canonical_url)
    nodes = [structured_data.breadcrumb(site, crumbs)] if crumbs else []
    nodes.append(structured_data.collection(site, name, address, listing.page))
    if person:
        nodes.append(structured_data.profile(site, person, site.absolute(listing.path)))
    is_indexed = not (listing.is_filtered or listing.errors or is_collecting(request.GET))
    head = _head(site, "website", name, address, description, picture, nodes=nodes, is_indexed=is_indexed)
    return head._replace(unapi=address_root("exchange:unapi")) if listing.page.rows else head


def publication_head(request, publication: Publication, reference: Reference, files, topics, crumbs) -> Head:
    """Of a publication's own page. `files` are those that readers can download."""
    site = _site(request)
    description = _description(publication)
    nodes = [
        structured_data.breadcrumb(site, crumbs),
        structured_data.work(site, publication, reference, files, topics),
    ]
    is_report = publication.content_type.citation_family == FAMILIES.REPORT
    authors = [("author", name.printed) for name in reference.names if not name.is_organisation]
    group = [publication, *publication.in_other_languages] if publication.is_public else []
    head = _head(
        site,
        "article",
        publication.title,
        reference.url,
        description,
        picture_of_publication(publication),
        properties=[*_other_locales(publication), *_article(publication, topics)],
        names=[*authors, *_dublin_core(publication, reference), *(_citation(reference) if is_report else ())],
        nodes=nodes,
        is_indexed=publication.is_public,
        language=publication.language,
    )
    twin = reverse("publications:publication-markdown", args=[publication.slug])
    return head._replace(twin=twin, alternates=alternates(group, site.absolute))


def _site(request) -> Site:
    return Site(
        settings.TOPICHUB_SITE_NAME,
        _(settings.TOPICHUB_DESCRIPTION),
        surroundings().language,
        absolute_for(request),
        get_frame(request),
    )


def _head(
    site,
    kind,
    title,
    address,
    description,
    find_picture: FindPicture,
    *,
    properties=(),
    names=(),
    nodes=(),
    is_indexed=True,
    language="",
) -> Head:
    picture = find_picture(site.frame.once("look", lambda: look_of(site.frame.row)))
    properties = [
        ("og:type", kind),
        ("og:title", title),
        ("og:description", description),
        ("og:url", address),
        ("og:site_name", site.name),
        ("og:locale", to_locale(language or site.language)),
        *(_picture(site, picture) if picture else ()),
        *properties,
    ]
    card = "summary_large_image" if picture else "summary"
    return Head(
        address=address,
        description=_shortened(description),
        is_indexed=is_indexed,
        properties=_filled(properties),
        names=_filled([("twitter:card", card), *names]),
        graph=structured_data.graph(site, *nodes),
    )


def _shortened(text: str) -> str:
    text = str(text)
    return text if len(text) <= DESCRIPTION_LENGTH else Truncator(text).chars(DESCRIPTION_LENGTH)


def _filled(pairs) -> list[tuple[str, str]]:
    """Without what is empty, each value on one line."""
    pairs = [(name, BLANKS.sub(" ", str(value)).strip(" ")) for name, value in pairs]
    return [(name, value) for name, value in pairs if value]


def _description(publication: Publication) -> str:
    if publication.is_withdrawn:
        return f"{_('This publication was withdrawn.')} {publication.notice}".strip()
    return publication.summary or publication.title


# Link previews


def _other_locales(publication: Publication) -> list[tuple[str, str]]:
    others = publication.in_other_languages
    return [("og:locale:alternate", to_locale(languages.tag(other.language))) for other in others]


def _picture(site, picture: LinkPicture) -> list[tuple[str, str]]:
    return [
        ("og:image", site.absolute(picture.path)),
        ("og:image:type", picture.media_type),
        ("og:image:width", picture.width),
        ("og:image:height", picture.height),
        ("og:image:alt", picture.alt),
    ]


def _article(publication: Publication, topics) -> list[tuple[str, str]]:
    return [
        ("article:published_time", _iso(publication.published_at)),
        ("article:modified_time", _iso(modified_at(publication))),
        ("article:section", publication.content_type.name),
        *(("article:tag", topic.name) for topic in topics),
    ]


def _iso(moment: dt.datetime | None) -> str:
    return timezone.localtime(moment).isoformat() if moment else ""


# Reference managers and catalogues. An organisation's name would be taken apart into given and family name
# by them, so that organisations are named as authors in the graph alone.


def _dublin_core(publication: Publication, reference: Reference) -> list[tuple[str, str]]:
    return [
        ("DC.title", _title(reference)),
        *(("DC.creator", name.filed) for name in reference.names if not name.is_organisation),
        ("DC.date", reference.date or ""),
        ("DC.publisher", reference.institution),
        *(("DC.subject", keyword) for keyword in reference.keywords),
        ("DC.language", reference.language),
        ("DC.identifier", reference.url),
        ("DC.identifier", f"doi:{reference.doi}" if reference.doi else ""),
        ("DC.type", _item_type(publication)),
    ]


def _item_type(publication: Publication) -> str:
    """Of reports what readers call them, since reference managers keep it as the kind of report. Of others
    the item type itself."""
    family = publication.content_type.citation_family
    if family == FAMILIES.COMMENTARY and publication.external_url:
        return "newspaperArticle"  # a reprint
    return ITEM_TYPES.get(family, publication.content_type.name)


def _citation(reference: Reference) -> list[tuple[str, str]]:
    """The institution is what makes a report of it: a title alone is taken for an article in a journal."""
    return [
        ("citation_title", _title(reference)),
        *(
            ("citation_author", _undivided(name.filed))
            for name in reference.names
            if not name.is_organisation
        ),
        ("citation_publication_date", f"{reference.date:%Y/%m/%d}" if reference.date else ""),
        ("citation_technical_report_institution", reference.institution),
        ("citation_technical_report_number", reference.number),
        ("citation_publisher", reference.institution),
        ("citation_doi", reference.doi),
        ("citation_language", reference.language),
        ("citation_keywords", "; ".join(reference.keywords)),
        ("citation_abstract", reference.abstract),
        ("citation_public_url", reference.url),
        ("citation_pdf_url", reference.pdfs[0] if reference.pdfs else ""),
    ]


def _title(reference: Reference) -> str:
    return f"{reference.title} [withdrawn]" if reference.is_withdrawn else reference.title


def _undivided(filed: str) -> str:
    """Names with blanks on both sides of the comma are taken for two people, so that the blanks of such a
    family name become no-break spaces."""
    family, comma, given = filed.partition(", ")
    return f"{family.replace(' ', NO_BREAK_SPACE)}{comma}{given}" if " " in given else filed
