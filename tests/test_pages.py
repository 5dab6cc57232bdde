# The institute's own pages: their addresses, who sees them, what machines read in them, who writes them.
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import URLPattern, URLResolver, get_resolver

from publications.models import Page
from tests.factories import make_page, make_staff
from tests.forms import errors, submit
from tests.test_metadata import HUB, read

pytestmark = pytest.mark.django_db
PAGES = "/admin/publications/page/"


@pytest.fixture
def about():
    return make_page(
        "About us",
        slug="about",
        role="about",
        description="Who we are & why.",
        body="<h2>People</h2><p>Forty.</p>",
        reviewed_on="2026-11-03",
    )


def test_page_is_read_at_an_address_of_one_word(client, about):
    html = client.get("/about/").content.decode()
    assert "<h1>About us</h1>" in html
    assert "Who we are &amp; why." in html
    assert '<h2 id="s-people">People</h2>' in html
    assert 'Last reviewed <time datetime="2026-11-03">3 November 2026</time>' in html
    assert client.get("/about")["Location"] == "/about/"


def test_page_without_more_than_a_title_is_whole(client):
    make_page("Contact", description="", body="")
    html = client.get("/contact/").content.decode()
    assert "Last reviewed" not in html
    assert '<meta name="description" content="Contact">' in html


def test_draft_is_found_by_staff_alone_and_marked(client, about):
    Page.objects.update(state="draft")
    assert client.get("/about/").status_code == 404
    client.force_login(make_staff("Editor"))
    response = client.get("/about/")
    assert "<b>Draft.</b> Only staff see this page." in response.content.decode()
    assert f"{PAGES}{about.pk}/change/" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_former_address_leads_to_the_page_unless_it_is_a_draft(client, about):
    page = Page.objects.get()
    page.slug = "who-we-are"
    page.save()
    assert client.get("/about/?x=y")["Location"] == "/who-we-are/?x=y"
    Page.objects.update(state="draft")
    assert client.get("/about/").status_code == 404


def first_words(resolver):
    """The first words of all addresses of the site that are fixed."""
    for pattern in resolver.url_patterns:
        word = str(pattern.pattern).lstrip("^").partition("/")[0]
        if isinstance(pattern, URLResolver) and not word:
            yield from first_words(pattern)
        elif isinstance(pattern, URLPattern | URLResolver) and word.isalnum():
            yield word


def test_no_page_can_stand_at_an_address_of_the_site_itself():
    words = set(first_words(get_resolver()))
    assert words >= {"admin", "topics", "publications", "people", "types", "images", "healthz"}
    for word in [*words, "feed", "rss", "atom", "static"]:
        with pytest.raises(ValidationError, match=f"/{word}/ is an address of the site itself"):
            Page(title="Mine", slug=word).full_clean()
    for word in ("about", "topic", "topics-and-types", "privacy"):
        Page(title="Mine", slug=word).full_clean()


def test_address_made_from_a_title_keeps_clear_of_the_site_itself(client):
    assert make_page("Topics").get_absolute_url() == "/topics-2/"
    assert client.get("/topics/").context["topic_count"] == 0


@pytest.mark.parametrize("fields", [{"role": "about"}, {"state": "scheduled"}])
def test_database_refuses_a_second_page_of_a_role_and_unknown_states(about, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_page("Another", **fields)


# Machines


def test_machines_read_what_the_page_is(client, about):
    head, previews, nodes = read(client, "/about/")
    assert nodes["AboutPage"]["name"] == previews["og:title"] == "About us"
    assert nodes["AboutPage"]["lastReviewed"] == "2026-11-03"
    assert head.one("description") == "Who we are & why."
    assert [step["name"] for step in nodes["BreadcrumbList"]["itemListElement"]] == ["Home", "About us"]
    assert {"rel": "canonical", "href": f"{HUB}/about/"} in head.links


def test_sitemap_and_assistants_name_published_pages_only(client, about):
    make_page("Zanzibar", state="draft")
    sitemap = client.get("/sitemap-pages.xml").content.decode()
    assert f"<loc>{HUB}/about/</loc><lastmod>{about.changed_at:%Y-%m-%dT%H:%M:%S}" in sitemap
    llms = client.get("/llms.txt").content.decode()
    assert f"- [About us]({HUB}/about/): Who we are & why." in llms
    assert "Zanzibar" not in sitemap + llms


# The admin


def test_editor_writes_a_page_and_views_it(client):
    client.force_login(make_staff("Editor"))
    response = submit(
        client, f"{PAGES}add/", title="Funding", body="<p>Paid by <script>x</script>members.</p>"
    )
    assert response.status_code == 302
    page = Page.objects.get()
    assert (page.slug, page.state) == ("funding", "draft")
    assert "script" not in page.body
    assert 'href="/funding/" class="viewsitelink"' in client.get(f"{PAGES}{page.pk}/change/").content.decode()


def test_form_says_beside_the_field_that_an_address_or_role_is_taken_and_keeps_what_was_typed(client, about):
    client.force_login(make_staff("Editor"))
    typed = {"title": "Ours", "slug": "topics", "role": "about", "body": "<p>Kept</p>"}
    response = submit(client, f"{PAGES}add/", **typed)
    assert errors(response)["slug"] == [
        "/topics/ is an address of the site itself. Choose another word, or several."
    ]
    assert "&lt;p&gt;Kept&lt;/p&gt;" in response.content.decode()
    response = submit(client, f"{PAGES}add/", **typed | {"slug": "ours"})
    assert "Another page has this role already." in response.content.decode()


@pytest.mark.parametrize(("group", "status"), [("Author", 403), ("Editor", 200), ("Administrator", 200)])
def test_pages_are_for_editors(client, about, group, status):
    client.force_login(make_staff(group))
    for address in (PAGES, f"{PAGES}add/", f"{PAGES}{about.pk}/change/", f"{PAGES}{about.pk}/delete/"):
        assert client.get(address).status_code == status, address


def test_pages_are_found_by_title_and_state(client, about):
    make_page("Zanzibar", state="draft")
    client.force_login(make_staff("Editor"))
    for query, found in [("q=us", "About us"), ("state=draft", "Zanzibar")]:
        assert [str(page) for page in client.get(f"{PAGES}?{query}").context["cl"].result_list] == [found]
