# What lives at a public address: a row, a former address of a row, or a filtered list. Pages, feeds and
# exports of one list all open it here, so that they are forms of the same thing.
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from django.db.models import Model, Q
from django.http import Http404

from publications.filtered_list import FilteredList
from publications.listing.prepared import Prepared, a_moment, a_text
from publications.listing.types import types_by_slug
from publications.models import ContentType, Person, Publication, Redirect, Topic
from publications.models.slugs import address_root


class GonePage(Exception):
    """The publication that lived at the address asked for was removed."""

    def __init__(self, publication: Publication):
        super().__init__(publication.slug)
        self.publication = publication


class MovedPage(Exception):
    """The page asked for lives at another address now."""

    def __init__(self, address: str):
        super().__init__(address)
        self.address = address


def get_page_or_moved(queryset, slug: str, suffix: str = ""):
    """The row with this slug. MovedPage when the slug is a former one of a row in the queryset, with the
    suffix of the address asked for; else Http404."""
    if row := queryset.filter(slug=slug).first():
        return row
    if row := queryset.filter(pk__in=_formerly_at(slug, queryset.model)).first():
        raise MovedPage(row.get_absolute_url() + suffix)
    raise Http404


def get_publication(queryset, slug: str, suffix: str = "") -> Publication:
    """As `get_page_or_moved`. Where what was there is not in the queryset because it was taken away: GonePage,
    or MovedPage to the page of the item it was merged into."""
    try:
        return get_page_or_moved(queryset, slug, suffix)
    except Http404:
        here = Q(slug=slug) | Q(pk__in=_formerly_at(slug, Publication))
        taken = Publication.objects.taken_away().select_related("content_type", "replaced_by")
        publication = taken.filter(here).first()
    if not publication:
        raise Http404
    if publication.is_removed:
        raise GonePage(publication)
    if publication.replaced_by.has_address:
        raise MovedPage(publication.replaced_by.get_absolute_url())
    raise Http404


def _formerly_at(slug: str, model):
    """The keys of the rows whose former slug this is."""
    kind = model._meta.model_name
    return Redirect.objects.filter(slug=slug, **{f"{kind}__isnull": False}).values(kind)


class OpenList(NamedTuple):
    """A list and the row it belongs to: a topic, a person, a type, or None for the list of everything."""

    listing: FilteredList
    subject: Model | None


class Subject(NamedTuple):
    """A kind of row that lists belong to: its rows, their publications, what EntryList calls the list (None
    for lists without entries) and the filters that their page decides by itself."""

    rows: Callable
    find: Callable  # (address, moment) the same at this address, as a list of one or none, in a fraction of the time
    publications: Callable
    scope: Callable
    fixed: tuple[str, ...]


_topics = Prepared(lambda slug: Topic.objects.select_related("picture").filter(slug=slug), slug=a_text)
_people = Prepared(
    lambda slug, now: Person.objects.published(now).filter(slug=slug), slug=a_text, now=a_moment
)

# Staff see hidden items in the list of everything alone, where states show.
SUBJECTS = {
    "topic": Subject(
        lambda now: Topic.objects.select_related("picture"),
        lambda slug, now: _topics(slug=slug),
        lambda topic: Publication.objects.in_topic(topic),
        lambda topic: {"topic": topic.pk},
        ("topic", "q", "state"),
    ),
    "person": Subject(
        lambda now: Person.objects.published(now),
        lambda slug, now: _people(slug=slug, now=now),
        lambda person: Publication.objects.written_by(person),
        lambda person: None,
        ("topic", "q", "state"),
    ),
    "type": Subject(
        lambda now: ContentType.objects.all(),
        lambda slug, now: [types_by_slug()[slug]] if slug in types_by_slug() else [],
        lambda content_type: Publication.objects.of_types([content_type]),
        lambda content_type: {"types": [content_type.pk]},
        ("type", "topic", "q", "state"),
    ),
}


def open_list(
    params, now, kind: str = "", slug: str = "", *, suffix: str = "", user=None, subject=None
) -> OpenList:
    """The list of a topic, person or type, or with no kind that of everything, under the filters in
    `params`. `subject` is its row, where the caller has it. Raises Http404 and MovedPage as `get_page_or_moved` does."""
    if not kind:
        path, everything = address_root("publications:publication-list"), Publication.objects.all
        return OpenList(FilteredList(everything, params, path=path, user=user, now=now, scope={}), None)
    rows, find, publications_of, scope, fixed = SUBJECTS[kind]
    found = [subject] if subject else find(slug, now)
    subject = found[0] if found else get_page_or_moved(rows(now), slug, suffix)
    listing = FilteredList(
        partial(publications_of, subject),  # most lists come out of the entries and never need it
        params,
        path=subject.get_absolute_url(),
        now=now,
        fixed=fixed,
        scope=scope(subject),
    )
    return OpenList(listing, subject)
