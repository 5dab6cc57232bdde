# The lists of the admin: what filters and searches find, what the summaries count, what a page costs.
import re
from datetime import datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from publications import workflow
from publications.models import ContentType, Image, Person, Publication, Redirect, Topic, TopicAncestry
from tests.factories import (
    make_draft,
    make_featured,
    make_image,
    make_person,
    make_publication,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/publications/publication/"
PAGES = [
    "/admin/",
    LIST,
    f"{LIST}?q=tide&state=published&type=report&from=2020-01-01",
    "/admin/publications/topic/",
    "/admin/publications/person/",
    "/admin/publications/image/",
    "/admin/publications/contenttype/",
    "/admin/publications/redirect/",
    "/admin/publications/loggedstep/",
    "/admin/auth/user/",
    "/admin/auth/group/",
]


@pytest.fixture
def editor(client):
    client.force_login(make_staff("Editor"))
    return client


@pytest.fixture
def administrator(client):
    client.force_login(make_staff("Administrator"))
    return client


def listed(client, query="", address=LIST) -> set[str]:
    return {str(row) for row in client.get(f"{address}{query}").context["cl"].result_list}


def on(day, hour=12, minute=0):
    return timezone.make_aware(
        datetime.combine(datetime.fromisoformat(day), datetime.min.time())
    ) + timedelta(hours=hour, minutes=minute)


# Filters


def test_every_state_has_its_filter(editor):
    make_draft("draft")
    make_draft("in-review", state="in_review")
    make_scheduled("scheduled")
    make_publication("published")
    make_withdrawn("withdrawn")
    for state in ("draft", "in-review", "scheduled", "published", "withdrawn"):
        assert listed(editor, f"?state={state}") == {state}


def test_summary_counts_each_state_under_the_other_filters(editor):
    make_publication(type="tool")
    make_draft(type="tool")
    make_draft(type="report")
    text = re.sub(r"<[^>]+>|\s+", " ", editor.get(f"{LIST}?type=tool&state=draft").content.decode())
    summary = re.search(r"All (.*?) Withdrawn +\d", " ".join(text.split()))[0]
    assert summary == "All 2 Draft 1 In review 0 Scheduled 0 Published 1 Withdrawn 0"


def test_unknown_choice_finds_nothing(editor):
    make_publication()
    assert listed(editor, "?state=secret") == set()
    assert listed(editor, "?type=secret") == set()


def test_topic_filter_includes_subtopics(editor):
    water = make_topic("Water")
    flood = make_topic("Flood", parent=water)
    make_publication("below", topics=[flood])
    make_publication("both", topics=[flood, water])
    make_publication("elsewhere", topics=[make_topic()])
    assert listed(editor, f"?topic={water.pk}") == {"below", "both"}


def test_date_range_takes_in_its_first_and_last_day(editor):
    make_publication("before", published_at=on("2020-02-29", 23, 59))
    make_publication("first", published_at=on("2020-03-01", 0))
    make_publication("last", published_at=on("2020-03-31", 23, 59))
    make_publication("after", published_at=on("2020-04-01", 0))
    assert listed(editor, "?from=2020-03-01&to=2020-03-31") == {"first", "last"}
    assert listed(editor, "?from=2020-03-31") == {"last", "after"}


@pytest.mark.parametrize(
    "bad", ["from=yesterdayish", "to=0001-01-01", "to=9999-12-31", "topic=x", "topic=99"]
)
def test_what_a_filter_cannot_understand_is_explained_and_finds_nothing(editor, bad):
    make_publication()
    page = editor.get(f"{LIST}?{bad}")
    assert page.status_code == 200
    assert not page.context["cl"].result_count
    assert 'class="errorlist"' in page.content.decode()


def test_date_range_keeps_the_other_filters(editor):
    page = editor.get(f"{LIST}?state=draft&from=2020-01-01").content.decode()
    assert '<input type="hidden" name="state" value="draft">' in page
    assert "state=draft&amp;type=tool" in page or "from=2020-01-01&amp;state=draft" in page


def test_filters_stay_after_saving(editor):
    draft = make_draft()
    address = reverse("admin:publications_publication_change", args=[draft.pk])
    page = editor.get(f"{address}?_changelist_filters=state%3Ddraft")
    assert f"{LIST}?state=draft" in page.content.decode()


def test_what_published_items_lack_can_be_listed(editor):
    make_publication("bare")
    make_publication("whole", summary="All is said.", topics=[make_topic()])
    make_draft("draft")
    assert listed(editor, "?lacks=summary") == listed(editor, "?lacks=topics") == {"bare"}


def test_pictures_can_be_found_by_what_they_lack(editor):
    make_image("A quay at dusk", file="")
    Image.objects.create(caption="Silent")
    Image.objects.create(caption="Pattern", is_decorative=True)
    address = "/admin/publications/image/"
    assert listed(editor, "?words=missing", address) == {"Silent"}
    assert listed(editor, "?has=no-file&words=given", address) == {"A quay at dusk"}
    assert len(listed(editor, "?used=nowhere", address)) == 3


# Search


def test_search_minds_neither_case_nor_accents_and_knows_authors(editor):
    make_publication("Über die Küste", authors=[make_person("Tomáš Ärlund")])
    make_publication("Other")
    for words in ("KUSTE", "küste über", "arlund", "TOMAS kuste"):
        assert listed(editor, f"?q={words}") == {"Über die Küste"}
    assert listed(editor, "?q=arlund other") == set()


def test_topics_and_people_are_found_without_their_accents(editor):
    make_topic("Énergie")
    make_person("Ærø Ñandú")
    assert listed(editor, "?q=ENERGIE", "/admin/publications/topic/") == {"Énergie"}
    assert listed(editor, "?q=nandu", "/admin/publications/person/") == {"Ærø Ñandú"}


def test_choosing_fields_find_and_say_what_tells_like_names_apart(editor):
    water = make_topic("Water")
    make_topic("Flood", parent=water)
    make_draft("Tides of a draft")
    make_image("A quay at dusk", file="")
    answers = {
        "flood": ("publication", "topics", "Flood · in Water"),
        "tides": ("featureditem", "publication", "Tides of a draft · Draft"),
        "quay": ("publication", "image", "A quay at dusk"),
    }
    for term, (model, field, words) in answers.items():
        query = {"app_label": "publications", "model_name": model, "field_name": field, "term": term}
        found = editor.get("/admin/autocomplete/", query).json()["results"]
        assert [each["text"] for each in found] == [words]


def test_choosing_field_answers_nobody_who_may_not_look(client):
    query = {"app_label": "publications", "model_name": "publication", "field_name": "topics", "term": "a"}
    assert client.get("/admin/autocomplete/", query).status_code == 302
    client.force_login(make_staff("Author"))
    query |= {"app_label": "auth", "model_name": "user", "field_name": "groups"}
    assert client.get("/admin/autocomplete/", query).status_code == 403


# The overview


def test_overview_counts_and_points_to_what_needs_a_hand(editor):
    make_draft()
    make_draft("Waits for a reader", state="in_review")
    make_scheduled("Comes tomorrow")
    make_publication("No words about it", topics=[make_topic()])
    page = editor.get("/admin/")
    assert [number for _, _, number in page.context["states"]] == [1, 1, 1, 1, 0, 0, 0]
    assert [(key, number) for key, _, number in page.context["attention"]] == [("summary", 2), ("topics", 1)]
    text = page.content.decode()
    assert "Waits for a reader" in text
    assert re.search(r"Comes tomorrow.*?<time[^>]*>[^<]* UTC", text, re.DOTALL)


def test_overview_tells_nothing_to_those_without_rights(client):
    user = make_staff("Author")
    user.groups.clear()
    client.force_login(user)
    make_draft("Confidential")
    text = client.get("/admin/").content.decode()
    assert "Confidential" not in text
    assert "Ask an administrator" in text


# Cost, order and policy


def fill(rows):
    """That many rows of everything that grows, and publications with all that a list shows of them."""
    first = Publication.objects.count()
    names = [f"row-{number}" for number in range(first, first + rows)]
    topics = Topic.objects.bulk_create(Topic(name=name, slug=name) for name in names)
    TopicAncestry.rebuild()
    people = Person.objects.bulk_create(Person(name=name, slug=name) for name in names)
    images = Image.objects.bulk_create(Image(caption=name) for name in names)
    for topic, person, image in zip(topics, people, images, strict=True):
        item = make_publication(f"tide {topic}", topics=[topic, topics[0]], authors=[person], image=image)
        make_featured(topic, item)
        Redirect.objects.create(slug=topic.slug, publication=item)
        workflow.submit(make_draft(), make_staff("Author"))


def queries(client, address) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_pages_cost_the_same_for_20_rows_and_for_200(administrator):
    fill(20)
    few = {address: queries(administrator, address) for address in PAGES}
    fill(180)
    many = {address: queries(administrator, address) for address in PAGES}
    assert many == few
    assert max(many.values()) <= 15  # one of them for the colours and the icon


def test_rows_of_the_same_moment_keep_one_order(editor):
    moment = timezone.now()
    made = [make_publication(published_at=moment) for _ in range(60)]
    type(made[0]).objects.update(changed_at=moment)
    pages = [editor.get(f"{LIST}?p={page}").context["cl"].result_list for page in (1, 2)]
    assert [row.pk for page in pages for row in page] == [row.pk for row in reversed(made)]


def forms_of_each_kind():
    for model in [Publication, Topic, Person, Image, ContentType, get_user_model(), Group]:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        yield reverse(name, args=[model.objects.order_by("pk").first().pk])


def test_no_page_has_a_style_or_script_of_its_own(client):
    """But the list of the text editor's modules, which bears the nonce of the policy."""
    fill(2)
    item = f"{LIST}{Publication.objects.first().pk}"
    others = [f"{LIST}add/", f"{item}/delete/", f"{item}/history/", "/admin/password_change/", "/admin/x/"]
    client.force_login(make_staff())
    for address in [*PAGES, *others, *forms_of_each_kind()]:
        text = client.get(address).content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), address
        own = [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag]
        assert all('type="importmap"' in tag and 'nonce="' in tag for tag in own), address


def test_former_addresses_are_to_look_at_only(administrator):
    publication = make_publication(slug="old")
    publication.slug = "new"
    publication.save()
    row = Redirect.objects.get()
    page = administrator.get("/admin/publications/redirect/").content.decode()
    assert "old" in page
    assert publication.get_absolute_url() in page
    assert administrator.get("/admin/publications/redirect/add/").status_code == 403
    address = reverse("admin:publications_redirect_change", args=[row.pk])
    assert administrator.post(address, {"slug": "mine"}).status_code == 403


def test_pages_that_are_not_there_or_not_allowed_stay_in_the_admin(editor):
    for address, status in (("/admin/nothing/", 404), ("/admin/auth/user/", 403)):
        page = editor.get(address)
        assert page.status_code == status
        assert "Back to the overview" in page.content.decode()
