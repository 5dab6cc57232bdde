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
from publications.admin import counting
from publications.models import ContentType, Image, Person, Publication, Redirect, Topic, TopicAncestry
from publications.search import finding
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
    f"{LIST}?topic=1&topic=2&state=draft&state=published&from=2020-01-01&to=2020-12-31",
    f"{LIST}?author=1&author=2&lacks=topics&lacks=alt&lacks=summary&language=fr&o=-headline",
    f"{LIST}?by=1&changed_from=2020-01-01&changed_to=2020-02-01&o=published",
    "/admin/publications/topic/",
    "/admin/publications/person/",
    "/admin/publications/image/",
    "/admin/publications/contenttype/",
    "/admin/publications/redirect/",
    "/admin/publications/redirect/?q=row",
    "/admin/publications/person/?q=row&kind=person",
    "/admin/publications/image/?q=row&words=missing&has=no-file&used=nowhere",
    "/admin/publications/topic/?q=row&level=top",
    "/admin/publications/loggedstep/",
    "/admin/publications/loggedstep/?q=e&step=submit&rules=passed-over&person=s&from=2020-01-01",
    "/admin/publications/previewlink/?q=e&link=works",
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
    summary = re.search(r"All \d.*? Withdrawn +\d", " ".join(text.split()))[0]
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


def test_an_item_lacks_topics_as_soon_as_its_last_one_is_deleted_and_until_it_has_another(editor):
    topic = make_topic()
    item = make_scheduled("left alone", topics=[topic])
    make_publication("in two", topics=[topic, make_topic()])
    assert listed(editor, "?lacks=topics") == set()
    topic.delete()
    assert listed(editor, "?lacks=topics") == {"left alone"}
    item.topics.add(make_topic())
    item.relist([item.pk])
    assert listed(editor, "?lacks=topics") == set()


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
    assert [number for _, _, number in page.context["states"]] == ["1", "1", "1", "1", "0", "0", "0"]
    attention = [(key, number) for key, _, number in page.context["attention"]]
    assert attention == [("summary", "2"), ("topics", "1")]
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
    assert many.pop("/admin/") <= 13  # no list, but a look at everything
    # Four are for who looks and may do what, and for the kept pages of readers.
    assert max(many.values()) <= 12
    assert queries(administrator, f"{LIST}?q=tid") <= 12  # looks for the word, its endings, and these


CHOOSERS = [
    ("publications", "publication", "topics"),
    ("publications", "publication", "image"),
    ("publications", "publication", "lead"),
    ("publications", "authorship", "person"),
    ("publications", "featureditem", "publication"),
    ("auth", "user", "groups"),
]


def test_no_page_counts_a_whole_table(administrator):
    fill(2)
    query = "/admin/autocomplete/?app_label={}&model_name={}&field_name={}&term=e"
    counts = {}
    for address in [*PAGES, *(query.format(*chooser) for chooser in CHOOSERS)]:
        with CaptureQueriesContext(connection) as captured:
            assert administrator.get(address).status_code == 200
        statements = [query["sql"] for query in captured if "COUNT(" in query["sql"].upper()]
        counts[address] = [sql for sql in statements if not every_count_is_bounded(sql)]
    assert {address: found for address, found in counts.items() if found} == {}


def every_count_is_bounded(sql) -> bool:
    """Each is of a subquery with a limit, or of the few rows of an outer one, by its key."""
    limited = r"\(SELECT COUNT\(\*\) FROM \((?:[^;]*? LIMIT 1001|SELECT 1 WHERE 1 = 0)\) AS counted\)"
    of_one_row = r'COALESCE\(\(SELECT COUNT\("U0"\."id"\) AS "n" [^;]*? GROUP BY "U0"\."\w+"\), 0\)'
    of_one_month = r"COUNT\(\*\), \d+ FROM publications_entry WHERE topic = 0 AND published_at >= "
    of_the_first = r"^SELECT COUNT\(.* FROM \(SELECT .* LIMIT 1001\) subquery$"
    return "COUNT(" not in re.sub(f"{limited}|{of_one_row}|{of_one_month}|{of_the_first}", "", sql)


def test_a_list_says_when_it_has_more_than_it_counts(editor, monkeypatch):
    monkeypatch.setattr(counting, "MOST_COUNTED", 100)
    fill(60)
    page = editor.get(LIST)
    text = " ".join(re.sub(r"<[^>]+>|\s+", " ", page.content.decode()).split())
    assert "All over 100" in text
    assert "Published 60" in text
    assert "The first 100 of more. To reach others, narrow the list" in text
    assert len(editor.get(f"{LIST}?p=2").context["cl"].result_list) == 50
    assert editor.get(f"{LIST}?p=3").status_code == 302


def test_what_belongs_to_a_row_is_counted_no_further_than_lists_are(administrator, monkeypatch):
    monkeypatch.setattr(counting, "MOST_COUNTED", 2)
    busy, seldom, picture = make_person("Busy"), make_person("Seldom"), make_image()
    for number in range(4):
        make_publication(authors=[busy, seldom][: 1 + (number < 2)], image=picture)
    people = administrator.get("/admin/publications/person/").content.decode()
    assert "over 2 publications" in people and "2 publications" in people.replace("over 2 publications", "")
    assert "over 2 publications" in administrator.get("/admin/publications/image/").content.decode()


def test_rows_of_other_pages_are_not_counted_for(administrator):
    fill(60)
    with CaptureQueriesContext(connection) as captured:
        people = administrator.get("/admin/publications/person/?p=2").context["cl"].result_list
    assert [person.name for person in people] == [f"row-{number}" for number in range(50, 60)]
    [counting_query] = [query["sql"] for query in captured if 'AS "works"' in query["sql"]]
    assert re.search(r'"id" IN \(SELECT [^()]* LIMIT 10 OFFSET 50\)', counting_query)


# Before something is deleted


def test_who_deletes_a_topic_is_told_how_many_publications_leave_it(administrator, monkeypatch):
    topic = make_topic()
    address = f"/admin/publications/topic/{topic.pk}/delete/"
    assert "that stay" not in administrator.get(address).content.decode()
    make_publication(topics=[topic])
    draft = make_draft(topics=[topic])
    assert "Publications that stay, and leave this topic: 2." in administrator.get(address).content.decode()
    monkeypatch.setattr(counting, "MOST_COUNTED", 1)
    assert "this topic: over 1." in administrator.get(address).content.decode()
    administrator.post(address, {"post": "yes"})
    assert not Topic.objects.exists() and not draft.topics.exists()


def test_of_what_stands_in_the_way_of_a_deletion_the_first_are_named(administrator, monkeypatch):
    kind = make_publication("Item 100").content_type
    for number in range(101, 130):
        make_publication(f"Item {number}")
    address = f"/admin/publications/contenttype/{kind.pk}/delete/"
    text = administrator.get(address).content.decode()
    linked = r'<li>Publication: <a href="/admin/publications/publication/\d+/change/">Item (\d+)</a>'
    assert re.findall(linked, text) == [f"{number}" for number in range(100, 120)]
    assert "10 more" in text
    monkeypatch.setattr(counting, "MOST_COUNTED", 24)
    with CaptureQueriesContext(connection) as captured:
        text = administrator.get(address).content.decode()
    assert re.findall(linked, text) == [f"{number}" for number in range(100, 120)]
    assert "over 4 more" in text
    reading = [sql["sql"] for sql in captured if 'FROM "publications_publication"' in sql["sql"]]
    assert reading and all("LIMIT 25" in sql for sql in reading)
    administrator.post(address, {"post": "yes"})
    assert ContentType.objects.filter(pk=kind.pk).exists()


def test_what_needs_a_person_or_a_topic_is_named_before_it_is_deleted(administrator):
    person, topic = make_person(), make_topic("Coast")
    item, below = make_draft("Tides", authors=[person]), make_topic("Harbours", parent=topic)
    for row, other in ((person, item), (topic, below)):
        kind, of = row._meta.model_name, other._meta.model_name
        text = administrator.get(f"/admin/publications/{kind}/{row.pk}/delete/").content.decode()
        assert f'<a href="/admin/publications/{of}/{other.pk}/change/">{other}</a></li>' in text
        assert f"“{row}” cannot be deleted as long as these depend on it" in text


def test_the_way_to_a_day_leads_over_year_and_month(editor):
    make_publication("leap", published_at=on("2020-02-29"))
    make_publication("later", published_at=on("2021-03-01"))
    words = []
    address = LIST
    for step in ("2020", "February", "29 February"):
        words.append([each for each, _ in editor.get(address).context["cl"].days])
        address = LIST + dict(editor.get(address).context["cl"].days)[step]
    assert [len(each) for each in words] == [2, 12, 29]
    assert listed(editor, address.removeprefix(LIST)) == {"leap"}
    assert editor.get(address).context["cl"].days == []


def test_filters_take_several_of_each(editor):
    water, flood, air = make_topic("Water"), make_topic("Flood"), make_topic("Air")
    ada, ben = make_person("Ada"), make_person("Ben")
    make_publication("one", topics=[water], authors=[ada], type="tool", language="fr")
    make_draft("two", topics=[flood], authors=[ben, ada], type="report")
    make_withdrawn("three", topics=[air], type="testimony", language="fr-CA")
    assert listed(editor, "?type=tool&type=report") == {"one", "two"}
    assert listed(editor, "?state=draft&state=withdrawn") == {"two", "three"}
    assert listed(editor, f"?topic={water.pk}&topic={air.pk}") == {"one", "three"}
    assert listed(editor, f"?author={ben.pk}&author={ada.pk}") == {"one", "two"}
    assert listed(editor, "?language=fr") == {"one", "three"}
    assert listed(editor, "?language=en") == {"two"}
    assert listed(editor, f"?author={ada.pk}&type=tool&state=draft") == set()


def test_a_topic_of_many_is_listed_like_one_of_few(editor, monkeypatch):
    topic, other = make_topic(), make_topic()
    for number in range(20):
        make_publication(
            f"in it {number:02}", topics=[make_topic(parent=topic)], changed_at=on("2024-01-01", number)
        )
    few = listed(editor, f"?topic={topic.pk}")
    monkeypatch.setattr(counting, "MOST_COUNTED", 19)
    make_publication("elsewhere", topics=[other])
    with CaptureQueriesContext(connection) as captured:
        many = listed(editor, f"?topic={topic.pk}")
    assert few == {f"in it {number:02}" for number in range(20)} and many < few and len(many) == 19
    assert any("EXISTS(SELECT" in query["sql"] for query in captured)


def test_a_type_of_many_is_listed_like_one_of_few(editor, monkeypatch):
    for number in range(20):
        make_publication(f"report {number:02}", changed_at=on("2024-01-01", number))
    few = listed(editor, "?type=report")
    monkeypatch.setattr(counting, "MOST_COUNTED", 19)
    make_publication("a tool", type="tool")
    with CaptureQueriesContext(connection) as captured:
        many = listed(editor, "?type=report")
    assert few == {f"report {number:02}" for number in range(20)} and many < few and len(many) == 19
    [rows] = [query["sql"] for query in captured if '"changed_at" DESC' in query["sql"]]
    assert 'COALESCE("publications_publication"."content_type_id", NULL) IN' in rows


def test_filters_know_who_changed_last_and_when(editor):
    ines, omar = make_staff("Editor"), make_staff("Author")
    make_draft("by ines", changed_by=ines)
    old = make_draft("by omar", changed_by=omar)
    Publication.objects.filter(pk=old.pk).update(changed_at=on("2020-05-05"))
    assert listed(editor, f"?by={omar.pk}") == {"by omar"}
    assert listed(editor, f"?by={omar.pk}&by={ines.pk}") == {"by omar", "by ines"}
    assert listed(editor, "?changed_from=2020-05-05&changed_to=2020-05-05") == {"by omar"}


def test_each_value_of_a_filter_has_a_link_that_drops_it_alone(editor):
    water, flood = make_topic("Water"), make_topic("Flood")
    chosen = f"topic={water.pk}&topic={flood.pk}&state=draft&to=2020-12-31&q=tide"
    chips = dict(editor.get(f"{LIST}?{chosen}").context["cl"].chips)
    assert chips["Topic: Water"] == f"?topic={flood.pk}&state=draft&to=2020-12-31&q=tide"
    assert set(chips) == {"Topic: Water", "Topic: Flood", "State: Draft", "Published to: 2020-12-31"}


def test_words_are_looked_for_under_the_filters_however_many_hold_them(editor, monkeypatch):
    monkeypatch.setattr(finding, "MOST_FOUND", 3)
    flood = make_topic("Flood")
    make_draft("An early tide", topics=[flood])
    for _ in range(6):
        make_publication("Tide")
    page = editor.get(f"{LIST}?q=tide")
    assert len(page.context["cl"].result_list) == 3
    assert "More than 1,000 hold these words" in page.content.decode()
    assert listed(editor, "?q=tide&state=draft") == {"An early tide"}
    assert listed(editor, f"?q=tide&topic={flood.pk}") == {"An early tide"}


def test_lists_are_sorted_by_the_column_the_address_names(editor):
    make_publication("Beta", published_at=on("2020-01-01"))
    make_publication("Alpha", published_at=on("2021-01-01"))
    make_draft("Gamma")

    def titles(order):
        return [str(row) for row in editor.get(f"{LIST}?o={order}").context["cl"].result_list]

    assert titles("headline") == ["Alpha", "Beta", "Gamma"]
    assert titles("-headline") == ["Gamma", "Beta", "Alpha"]
    assert titles("published") == ["Beta", "Alpha", "Gamma"]
    assert titles("-published") == ["Gamma", "Alpha", "Beta"]
    assert titles("topic_names") == titles("nothing") == titles("") == ["Gamma", "Alpha", "Beta"]


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
