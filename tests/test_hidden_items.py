# The one rule of visibility, walked through every public address with items that are hidden.
from datetime import timedelta

import pytest
import time_machine
from django.urls import get_resolver
from django.utils import timezone

from publications.site.finder import ways_on
from publications.site.social_cards import person_card, publication_card
from publications.social_cards import Look, make_key
from tests.factories import (
    make_copy,
    make_correction,
    make_draft,
    make_featured,
    make_file,
    make_image,
    make_merged,
    make_page,
    make_person,
    make_publication,
    make_removed,
    make_scheduled,
    make_staff,
    make_topic,
)
from tests.lists import list_shown

pytestmark = pytest.mark.django_db
SEARCH_SCRIPT = '<script src="/static/search.js" defer>'
SECRET = "Zanzibar"  # in every word of the hidden items and in nothing else
LISTS = ["/publications/", "/topics/coast/", "/types/working-paper/"]
EXPORTS = ("export.csv", "export.bib", "export.ris", "export.json")


class Hidden:
    """One hidden item with all that hangs on it, in a world with one public item beside it."""

    def __init__(self, make):
        self.topic = make_topic("Coast", tops_up=True, slots=6)
        self.public = make_publication("Open to all", topics=[self.topic])
        self.image = make_image(f"{SECRET} from the air", caption=SECRET, credit=SECRET)
        self.person = make_person(f"Ada {SECRET}")
        self.item = make(
            f"{SECRET} paper",
            summary=SECRET,
            body=f"<p>{SECRET}</p>",
            topics=[self.topic],
            authors=[self.person],
            image=self.image,
            type="working-paper",
            lead=self.public,
            translation_of=self.public,
            language="fr",
            doi=f"10.5555/{SECRET}",
            report_number=f"{SECRET}-7",
        )
        self.file = make_file(self.item)
        make_correction(self.item, note=SECRET)
        make_featured(self.topic, self.item, image=self.image, words=SECRET)

    def own_addresses(self):
        names = sorted(self.image.rendition_names)
        return [
            self.item.get_absolute_url(),
            self.file.get_absolute_url(),
            self.person.get_absolute_url(),
            *(self.person.get_absolute_url() + name for name in ("feed.atom", "feed.json", *EXPORTS)),
            f"{self.item.get_absolute_url()}index.md",
            f"{self.item.get_absolute_url()}linkset.json",
            f"/unapi?id={self.item.slug}&format=ris",
            *(f"{self.item.get_absolute_url()}cite.{form}" for form in ("bib", "ris", "json")),
            *(self.image.rendition_url(name) for name in names),
            f"/social-cards/publication/{self.item.pk}/{make_key(publication_card(self.item, Look()))}.png",
            f"/social-cards/person/{self.person.pk}/{make_key(person_card(self.person, Look()))}.png",
            f"/media/{self.image.file.name}",
            f"/media-is-not-served/{self.image.file.name}",
        ]

    def lists(self):
        return [
            "/",
            "/topics/",
            "/topics/coast/",
            "/topics/coast/?type=working-paper",
            "/topics/coast/?to=9999-12-31",
            "/topics/coast/?from=2000&to=2999",
            "/publications/",
            f"/publications/?q={SECRET}",
            "/publications/?q=10.5555",
            f"/publications/?q={SECRET[:-2]}",
            f"/publications/?q={SECRET[:-1]}x",
            f"/publications/suggestions.json?q={SECRET}",
            f"/publications/suggestions.json?q={SECRET[:4]}",
            f"/publications/suggestions.json?q=Ada {SECRET[:4]}",
            f"/publications/feed.atom?q={SECRET[:-2]}&sort=newest",
            "/publications/?state=draft",
            "/publications/?state=scheduled&state=in_review",
            "/publications/?topic=coast&sort=oldest",
            self.public.get_absolute_url(),
            "/people/",
            "/types/working-paper/",
            "/topics/coast/?collect=on",
            *(f"/briefing/{name}?item={self.item.pk}&item={self.public.pk}" for name in ("", *EXPORTS)),
            "/corrections/",
            "/corrections/feed.atom",
            "/corrections/feed.json",
            *(f"{path}{name}" for path in LISTS for name in ("feed.atom", "feed.json", *EXPORTS)),
            f"/publications/feed.atom?q={SECRET}",
            f"/publications/export.csv?q={SECRET}",
            "/publications/export.json?state=draft&state=scheduled",
            f"{self.public.get_absolute_url()}cite.bib",
            "/publications/feed.json?state=draft",
            "/sitemap.xml",
            *(
                f"/sitemap-{section}.xml"
                for section in ("pages", "publications", "topics", "people", "types")
            ),
            "/robots.txt",
            "/llms.txt",
            "/topics/coast/index.md",
            *("/opensearch.xml", "/site.webmanifest"),
            f"{self.public.get_absolute_url()}index.md",
            f"{self.public.get_absolute_url()}linkset.json",
            "/no/such/page/",
        ]


HIDDEN = [
    make_draft,
    make_scheduled,
    lambda title, **fields: make_draft(title, state="in_review", **fields),
    lambda title, **fields: make_draft(title, published_at=timezone.now() - timedelta(days=9), **fields),
]


def make_change(title, **fields):
    return make_copy(make_publication("Stands as it is"), title=title, slug="", **fields)


@pytest.mark.parametrize(
    "make",
    [*HIDDEN, make_change],
    ids=["draft", "scheduled", "in review", "draft with a past date", "change to a live item"],
)
def test_hidden_item_is_unreachable_by_every_public_address(client, make):
    hidden = Hidden(make)
    for address in hidden.own_addresses():
        assert client.get(address).status_code == 404, address
    for address in hidden.lists():
        assert_says_nothing(client, address)


def assert_says_nothing(client, address):
    """But what was asked for."""
    html = client.get(address).getvalue().decode()
    asked_for = html.count(f'value="{SECRET}"') + html.count(f"“{SECRET}”") + html.count(f"<title>{SECRET}")
    assert html.count(SECRET) - html.count(f"q={SECRET}") == asked_for, address


def test_removed_item_is_gone_from_everywhere_but_its_explanation(client):
    hidden = Hidden(make_removed)
    for address in hidden.own_addresses():
        is_of_the_item = address.startswith(hidden.item.get_absolute_url())
        assert client.get(address).status_code == (410 if is_of_the_item else 404), address
    for address in hidden.lists():
        assert_says_nothing(client, address)


def test_merged_item_shows_nowhere(client):
    hidden = Hidden(lambda title, **fields: make_merged(title, into=make_publication("Whole"), **fields))
    for address in hidden.own_addresses():
        assert client.get(address).status_code in {301, 404}, address
    for address in hidden.lists():
        assert_says_nothing(client, address)


def test_draft_page_is_unreachable_by_every_public_address(client):
    page = make_page(SECRET, description=SECRET, body=f"<p>{SECRET}</p>", state="draft", role="about")
    page.slug = f"former-{page.slug}"
    page.save()
    for address in ("/zanzibar/", page.get_absolute_url()):
        assert client.get(address).status_code == 404
    for address in Hidden(make_publication).lists():
        if SECRET not in address:
            assert page.get_absolute_url() not in client.get(address).getvalue().decode(), address


@pytest.mark.parametrize("make", HIDDEN)
@pytest.mark.parametrize(
    "words",
    [
        f'"{SECRET} paper"',
        f"10.5555/{SECRET}",
        f"https://doi.org/10.5555/{SECRET}",
        f"{SECRET}-7",
        f"Ada {SECRET}",
    ],
)
def test_hidden_item_is_found_by_no_words_and_jumped_to_by_no_number(client, make, words):
    hidden = Hidden(make)
    listing = list_shown(client, "/publications/", {"q": words})
    assert listing.page.rows == []
    assert ways_on(listing).correction is None
    client.force_login(make_staff("Author"))
    assert (
        hidden.item.get_absolute_url()
        in client.get("/publications/", {"q": words}, follow=True).content.decode()
    )


def test_hidden_item_is_in_no_count(client):
    Hidden(make_draft)
    html = client.get("/topics/coast/").content.decode()
    assert "1 publication since" in html
    assert "Working Paper" not in html


def test_every_public_address_is_walked():
    """A new kind of address fails here until it is added to the walk above."""
    urls = ("publications.site.urls", "publications.exchange.urls")
    views = {pattern.name for conf in urls for pattern in get_resolver(conf).url_patterns}
    assert views == {
        "home",
        "topic-list",
        "topic-detail",
        "publication-list",
        "publication-detail",
        "file-detail",
        "page-detail",
        "person-list",
        "person-detail",
        "type-detail",
        "correction-list",
        "correction-atom-feed",
        "correction-json-feed",
        "image-rendition",
        "social-card",
        "theme",
        "logo",
        "health",
        "atom-feed",
        "json-feed",
        "guessed-feed",
        "sitemap-index",
        "sitemap",
        "robots",
        "llms",
        "suggestions",
        "publication-markdown",
        "topic-markdown",
        "linkset",
        "unapi",
        "favicon",
        "apple-touch-icon",
        "icon",
        "manifest",
        "opensearch",
        "citation",
        "export",
        "briefing",
        "briefing-export",
    }


def test_scheduled_item_appears_at_its_second_everywhere(client):
    hidden = Hidden(make_scheduled)
    moment = hidden.item.published_at
    with time_machine.travel(moment - timedelta(seconds=1), tick=False):
        assert client.get(hidden.item.get_absolute_url()).status_code == 404
        assert SECRET not in client.get("/topics/coast/").content.decode()
    with time_machine.travel(moment, tick=False):
        for address in hidden.own_addresses()[:-2]:
            assert client.get(address).status_code == 200, address
        assert SECRET in client.get("/topics/coast/").content.decode()


def test_staff_find_hidden_items_in_the_finder_marked_and_with_edit_links(client):
    hidden = Hidden(make_scheduled)
    draft = make_draft("Early thoughts")
    client.force_login(make_staff("Author"))
    html = client.get("/publications/").content.decode()
    assert f"{SECRET} paper" in html
    assert '<b class="state">Scheduled</b>' in html
    assert '<b class="state">Draft</b>' in html
    assert f"/admin/publications/publication/{draft.pk}/change/" in html
    html = client.get("/publications/?state=draft").content.decode()
    assert "Early thoughts" in html
    assert f"{SECRET} paper" not in html
    for address in hidden.own_addresses()[:-2]:
        if not address.startswith((hidden.person.get_absolute_url(), "/social-cards/")):
            response = client.get(address)
            assert response.status_code == 200
            assert "no-store" in response["Cache-Control"]


def test_somebody_signed_in_who_may_not_view_publications_sees_what_readers_see(client, django_user_model):
    hidden = Hidden(make_draft)
    for is_staff in (False, True):
        client.force_login(django_user_model.objects.create_user(f"user{is_staff}", is_staff=is_staff))
        assert client.get(hidden.item.get_absolute_url()).status_code == 404
        assert SECRET not in client.get("/publications/?state=draft").content.decode()


def test_reader_gets_no_cookie_and_a_strict_policy(client):
    hidden = Hidden(make_draft)
    for address in hidden.lists():
        response = client.get(address)
        assert not response.cookies, address
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "style-src 'self';" in policy
        assert "unsafe" not in policy
        html = response.getvalue().decode()
        assert " style=" not in html
        for known in (
            '<script type="application/ld+json">',
            '<script src="/static/site.js" defer>',
            SEARCH_SCRIPT,
        ):
            html = html.replace(known, "")
        assert "<script" not in html
