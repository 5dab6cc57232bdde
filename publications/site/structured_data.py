# What a page shows, in the words of schema.org: plain data, one graph for each page. Search engines hold a
# site to what its readers can see, so nothing stands here that the page does not show.
import mimetypes

from django.templatetags.static import static
from django.utils import timezone

from publications import languages
from publications.citing.reference import Name, Reference
from publications.models import ContentType, Page, Person, Publication
from publications.models.slugs import address_root
from publications.site.entries import correction_text, modified_at
from publications.site.markup.words import gettext as _
from publications.surroundings import surroundings

FAMILIES = ContentType.CitationFamily
WORKS = {
    FAMILIES.REPORT: "Report",
    FAMILIES.COMMENTARY: "OpinionNewsArticle",
    FAMILIES.NEWS: "NewsArticle",
    FAMILIES.SOFTWARE: "WebApplication",
}


POLICIES = {
    Page.Role.PRINCIPLES: "publishingPrinciples",
    Page.Role.CORRECTIONS: "correctionsPolicy",
    Page.Role.FUNDING: "ownershipFundingInfo",
}
TEXT_PAGES = {Page.Role.ABOUT: "AboutPage", Page.Role.CONTACT: "ContactPage"}


def graph(site, *nodes: dict) -> dict:
    """The graph of a page: the organisation and its site, and what the page itself is about."""
    key = "graph", site.absolute("/"), site.name, site.description, surroundings()
    ours = site.frame.once(key, lambda: [_organisation(site), _website(site)])
    return {"@context": "https://schema.org", "@graph": [*ours, *nodes]}


def breadcrumb(site, steps: list[tuple[str, str]]) -> dict:
    """The way to the page as it is shown above its heading: (name, path) of each step after Home."""
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": site.absolute(path)}
        for position, (name, path) in enumerate([(_("Home"), "/"), *steps], start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def collection(site, name: str, address: str, page=None) -> dict:
    """A page of a list, with the rows of `page` in the order and with the numbers readers see."""
    node = {
        "@type": "CollectionPage",
        "@id": address,
        "url": address,
        "name": name,
        "inLanguage": site.language,
        "isPartOf": {"@id": _id(site, "website")},
    }
    if page and page.rows:
        node["mainEntity"] = {
            "@type": "ItemList",
            "numberOfItems": page.total,
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": position,
                    "name": row.title,
                    "url": site.absolute(row.get_absolute_url()),
                }
                for position, row in enumerate(page.rows, start=page.first_row)
            ],
        }
    return node


def text_page(site, page: Page, address: str) -> dict:
    """One of the institute's own pages."""
    node = {
        "@type": TEXT_PAGES.get(page.role, "WebPage"),
        "@id": address,
        "url": address,
        "name": page.title,
        "inLanguage": site.language,
        "isPartOf": {"@id": _id(site, "website")},
    }
    optional = {
        "description": page.description,
        "lastReviewed": page.reviewed_on and page.reviewed_on.isoformat(),
    }
    return node | {key: value for key, value in optional.items() if value}


def profile(site, person, address: str) -> dict:
    """The page of an author."""
    about = {"@type": _kind(person.is_organisation), "name": person.name, "url": address}
    if person.biography:
        about["description"] = person.biography
    if person.orcid:
        about["sameAs"] = f"https://orcid.org/{person.orcid}"
    return {"@type": "ProfilePage", "@id": address, "url": address, "mainEntity": about}


def work(site, publication: Publication, reference: Reference, files, topics) -> dict:
    """The publication. `files` are those that readers can download."""
    optional = {
        "alternativeHeadline": publication.subtitle,
        "abstract": publication.summary,
        "reportNumber": publication.report_number if _is_report(publication) else "",
        "identifier": reference.doi_url,
        "sameAs": [address for address in (reference.doi_url, publication.external_url) if address],
        "author": _authors(site, publication, reference),
        "about": [
            {"@type": "Thing", "name": topic.name, "url": site.absolute(topic.get_absolute_url())}
            for topic in topics
        ],
        "keywords": list(reference.keywords),
        "isBasedOn": [
            {"@id": f"{address}#work", "url": address}
            for address in (
                site.absolute(main.get_absolute_url())
                for main in publication.study
                if main.pk == publication.lead_id
            )
        ],
        "image": _pictures(site, publication),
        "encoding": [_file(site, file) for file in files],
        "correction": [_correction(reference, row) for row in publication.known_corrections],
        **_translations(site, publication),
        "creativeWorkStatus": "Withdrawn" if publication.is_withdrawn else "",
    }
    if publication.published_at:
        optional["datePublished"] = timezone.localtime(publication.published_at).isoformat()
    if modified := modified_at(publication):
        optional["dateModified"] = timezone.localtime(modified).isoformat()
    return {
        "@type": WORKS[publication.content_type.citation_family],
        "@id": f"{reference.url}#work",
        "url": reference.url,
        "mainEntityOfPage": reference.url,
        "name": publication.title,
        "headline": publication.title,
        "genre": publication.content_type.name,
        "inLanguage": publication.language or site.language,
        "publisher": {"@id": _id(site, "organization")},
        "isAccessibleForFree": True,
        **{key: value for key, value in optional.items() if value},
    }


def _translations(site, publication: Publication) -> dict:
    """The original of a translation, the translations of an original."""
    works = {other.pk: _other_work(site, other) for other in publication.in_other_languages}
    if original := publication.translation_of_id:
        return {"translationOfWork": works.get(original)}
    return {"workTranslation": list(works.values())}


def _other_work(site, publication: Publication) -> dict:
    address = site.absolute(publication.get_absolute_url())
    language = languages.tag(publication.language)
    return {"@type": "CreativeWork", "@id": f"{address}#work", "url": address, "inLanguage": language}


def _is_report(publication: Publication) -> bool:
    return publication.content_type.citation_family == FAMILIES.REPORT


def _authors(site, publication, reference) -> list[dict]:
    people = {row.printed_name: row.person for row in publication.authorships.all()}
    return [_author(site, name, people.get(name.printed)) for name in reference.names]


def _author(site, name: Name, person: Person | None) -> dict:
    author = {"@type": _kind(name.is_organisation), "name": name.printed}
    if person:
        author["url"] = site.absolute(person.get_absolute_url())
    if person and person.orcid:
        author["sameAs"] = f"https://orcid.org/{person.orcid}"
    return author


def _kind(is_organisation: bool) -> str:
    return "Organization" if is_organisation else "Person"


def _pictures(site, publication: Publication) -> list[dict]:
    """The picture in the proportions of the page and in those of link previews."""
    image = publication.picture
    shown = {"caption": image.caption, "creditText": image.credit} if image else {}
    return [
        {
            "@type": "ImageObject",
            "url": site.absolute(crop["url"]),
            "width": crop["width"],
            "height": crop["height"],
            **{key: value for key, value in shown.items() if value},
        }
        for crop in (image and image.preview, image and image.card)
        if crop
    ]


def _correction(reference: Reference, correction) -> dict:
    return {
        "@type": "CorrectionComment",
        "name": correction.get_kind_display(),
        "text": correction_text(correction),
        "datePublished": correction.made_on.isoformat(),
        "url": f"{reference.url}#versions",
    }


def _file(site, file) -> dict:
    node = {
        "@type": "MediaObject",
        "name": file.label,
        "contentUrl": site.absolute(file.get_absolute_url()),
        "contentSize": f"{file.size} B",
    }
    optional = {
        "encodingFormat": mimetypes.guess_type(file.name)[0],
        "dateModified": file.replaced_on and file.replaced_on.isoformat(),
    }
    return node | {key: value for key, value in optional.items() if value}


def _organisation(site) -> dict:
    return {
        "@type": "Organization",
        "@id": _id(site, "organization"),
        "name": site.name,
        "url": site.absolute("/"),
        "logo": site.absolute(site.frame.row.logo_url or static("mark.svg")),
        **{
            POLICIES[page.role]: site.absolute(page.get_absolute_url())
            for page in site.frame.pages
            if page.role in POLICIES
        },
    }


def _website(site) -> dict:
    finder = site.absolute(address_root("publications:publication-list"))
    return {
        "@type": "WebSite",
        "@id": _id(site, "website"),
        "url": site.absolute("/"),
        "name": site.name,
        "description": site.description,
        "inLanguage": site.language,
        "publisher": {"@id": _id(site, "organization")},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{finder}?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }


def _id(site, name: str) -> str:
    return site.absolute(f"/#{name}")
