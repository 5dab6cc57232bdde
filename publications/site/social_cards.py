# The picture that link previews show of a page: its own where it has one, else a card drawn from its words.
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.formats import date_format

from publications.models import ContentType, Frame, Page, Person, Publication, Topic
from publications.models.slugs import address_root
from publications.site.frame import get_frame
from publications.site.markup.words import gettext as _
from publications.social_cards import SIZE, Card, Look, draw, make_key

YEAR = 365 * 24 * 3600
REMEMBERED_FOR = 24 * 3600


class LinkPicture(NamedTuple):
    path: str
    media_type: str
    width: int
    height: int
    alt: str


# One of these is told in the head of a page, where the look of the site is known.
FindPicture = Callable[[Look], LinkPicture | None]


def look_of(frame: Frame) -> Look:
    return Look(*frame.hue_and_chroma, has_logo=bool(frame.logo or frame.icon))


def picture_of_publication(publication: Publication) -> FindPicture:
    """Costs no query where the authors are loaded. What readers cannot open has no picture to share; what
    is withdrawn says so on a card."""
    if not (publication.is_public or publication.is_withdrawn):
        return _nothing
    picture = None if publication.is_withdrawn else publication.picture
    return _photographed(picture) or _drawn("publication", publication.pk, publication_card, publication)


def picture_of_topic(topic: Topic) -> FindPicture:
    picture = topic.picture if topic.picture and topic.picture.is_usable() else None
    return _photographed(picture) or _drawn("topic", topic.pk, topic_card, topic)


def picture_of_person(person: Person) -> FindPicture:
    return _drawn("person", person.pk, person_card, person)


def picture_of_type(content_type: ContentType) -> FindPicture:
    return _drawn("type", content_type.pk, type_card, content_type)


def picture_of_text(page: Page) -> FindPicture:
    return _drawn("text", page.pk, text_card, page) if page.is_public else _nothing


def picture_of_page(name: str) -> FindPicture:
    return _drawn("page", name, page_card, name)


def social_card(request, kind, name, key):
    """A card under the name made from what it shows, so that it may be kept. Whatever else is asked for
    leads there, and nothing but what a page names is ever drawn."""
    card = _find_card(kind, name, look_of(get_frame(request).row))
    if key != make_key(card):
        return redirect(_address(kind, name, card))
    content = cache.get_or_set(f"social-card-{key}", lambda: draw(card), REMEMBERED_FOR)
    response = HttpResponse(content, content_type="image/png")
    patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return response


def _find_card(kind: str, name: str, look: Look) -> Card:
    """Of what every reader may open, whoever asks. Http404 of anything else."""
    if kind == "page" and name in _page_titles():
        return page_card(name, look)
    if kind not in ROWS or not name.isdecimal():
        raise Http404
    find_rows, make_card = ROWS[kind]
    if not (row := find_rows().filter(pk=name).first()):
        raise Http404
    return make_card(row, look)


def _nothing(look: Look) -> None:
    return None


def _photographed(image) -> FindPicture | None:
    if not image or not (card := image.card):
        return None
    return lambda look: LinkPicture(card["url"], "image/jpeg", card["width"], card["height"], image.alt)


def _drawn(kind: str, name, make_card, subject) -> FindPicture:
    def find(look: Look) -> LinkPicture:
        card = make_card(subject, look)
        return LinkPicture(_address(kind, name, card), "image/png", *SIZE, f"{card.title} | {card.site}")

    return find


def _address(kind: str, name, card: Card) -> str:
    root = address_root("publications:social-card", "x", "x", "x").removesuffix("x/x/x.png")
    return f"{root}{kind}/{name}/{make_key(card)}.png"


# What each card says


def publication_card(publication: Publication, look: Look) -> Card:
    at = publication.published_at
    return Card(
        site=settings.TOPICHUB_SITE_NAME,
        title=publication.title,
        label=publication.content_type.name,
        mark=publication.content_type.mark,
        date=date_format(timezone.localdate(at), _("j F Y")) if at else "",
        foot=_(", ").join(authorship.printed_name for authorship in publication.authorships.all()),
        notice=_("Withdrawn") if publication.is_withdrawn else "",
        look=look,
    )


def topic_card(topic: Topic, look: Look) -> Card:
    return Card(settings.TOPICHUB_SITE_NAME, topic.name, label=_("Topics"), foot=topic.description, look=look)


def person_card(person: Person, look: Look) -> Card:
    return Card(settings.TOPICHUB_SITE_NAME, person.name, label=_("People"), look=look)


def type_card(content_type: ContentType, look: Look) -> Card:
    return Card(
        settings.TOPICHUB_SITE_NAME,
        content_type.plural,
        label=_("Publications"),
        mark=content_type.mark,
        look=look,
    )


def text_card(page: Page, look: Look) -> Card:
    return Card(settings.TOPICHUB_SITE_NAME, page.title, foot=page.description, look=look)


def page_card(name: str, look: Look) -> Card:
    foot = _(settings.TOPICHUB_DESCRIPTION) if name == "home" else ""
    return Card(settings.TOPICHUB_SITE_NAME, _page_titles()[name], foot=foot, look=look)


def _page_titles() -> dict[str, str]:
    return {
        "home": _(settings.TOPICHUB_TAGLINE),
        "topics": _("Topics"),
        "publications": _("Publications"),
        "people": _("People"),
        "corrections": _("Corrections and withdrawals"),
    }


ROWS = {
    "publication": (
        lambda: Publication.objects.addressable().for_cards().prefetch_related("authorships__person"),
        publication_card,
    ),
    "topic": (lambda: Topic.objects.all(), topic_card),
    "person": (lambda: Person.objects.published(), person_card),
    "type": (lambda: ContentType.objects.all(), type_card),
    "text": (lambda: Page.objects.published(), text_card),
}
