# Links for machines in the header of an item's page, in the words of signposting.org: the identifier to cite,
# the authors, the files, the item described in other forms. Past a certain length they are only named, as
# a link set (RFC 9264).
import mimetypes
from typing import NamedTuple

from django.http import JsonResponse
from django.urls import reverse

from publications import clock
from publications.addresses import get_publication
from publications.caching import private_for_staff
from publications.citing.reference import Reference, make_reference, with_references
from publications.models import ContentType, Publication
from publications.site.structured_data import WORKS

JSON = "application/linkset+json"
NAME = "linkset.json"  # within the address of the page
LONGEST_HEADER = 2000  # bytes; proxies give up where all headers together come to some 8,000
DESCRIPTIONS = {
    "cite.bib": "application/x-bibtex",
    "cite.ris": "application/x-research-info-systems",
    "cite.json": "application/vnd.citationstyles.csl+json",
    "index.md": "text/markdown",
}


class Link(NamedTuple):
    address: str
    relation: str
    media_type: str = ""


def header(publication: Publication, reference: Reference, files, absolute) -> str:
    """The value of `Link`. Costs no query after `with_references`."""
    to_set = Link(absolute(reverse("publications:linkset", args=[publication.slug])), "linkset", JSON)
    text = _write([*_links(publication, reference, files, absolute), to_set])
    return text if len(text) <= LONGEST_HEADER else _write([to_set])


def back_link(publication: Publication, absolute) -> str:
    """From a file to the page it belongs to. It is no copy of the page, so it stays canonical itself."""
    return _write([Link(absolute(publication.get_absolute_url()), "collection", "text/html")])


def linkset(request, slug):
    readable = with_references(Publication.objects.readable_by(request.user, clock.now()))
    item = get_publication(readable, slug, suffix=NAME)
    absolute = request.build_absolute_uri
    reference, files = make_reference(item, absolute), [] if item.is_withdrawn else item.files.all()
    links = _links(item, reference, files, absolute)
    page = Link(reference.url, "", "text/html")
    back = {"item": "collection", "describedby": "describes"}
    sets = [_set(reference.url, links)]
    sets += [
        _set(link.address, [page._replace(relation=back[link.relation])])
        for link in links
        if link.relation in back
    ]
    response = JsonResponse({"linkset": sets}, content_type=JSON)
    response["X-Robots-Tag"] = "noindex"
    return private_for_staff(request, response)


def _links(publication: Publication, reference: Reference, files, absolute) -> list[Link]:
    """A DOI is the item's own where it first appeared here; that of a reprint leads to its publisher."""
    family = publication.content_type.citation_family
    is_reprint = publication.external_url and family == ContentType.CitationFamily.COMMENTARY
    people = [authorship.person for authorship in publication.authorships.all()]
    doi = [Link(reference.doi_url, "related" if is_reprint else "cite-as")] if reference.doi else []
    return [
        *doi,
        Link("https://schema.org/AboutPage", "type"),
        Link(f"https://schema.org/{WORKS[family]}", "type"),
        *(Link(f"https://orcid.org/{person.orcid}", "author") for person in people if person.orcid),
        *(Link(absolute(file.get_absolute_url()), "item", _media_type(file.name)) for file in files),
        *(Link(reference.url + name, "describedby", kind) for name, kind in DESCRIPTIONS.items()),
        *(
            Link(absolute(topic.get_absolute_url()), "collection", "text/html")
            for topic in publication.topics.all()
        ),
    ]


def _media_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _write(links: list[Link]) -> str:
    return ", ".join(
        f'<{link.address}>; rel="{link.relation}"'
        + (f'; type="{link.media_type}"' if link.media_type else "")
        for link in links
    )


def _set(anchor: str, links: list[Link]) -> dict:
    found: dict = {"anchor": anchor}
    for link in links:
        target = {"href": link.address} | ({"type": link.media_type} if link.media_type else {})
        found.setdefault(link.relation, []).append(target)
    return found
