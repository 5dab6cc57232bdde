# The index follows every change, in its transaction, and can be made anew and proved.
import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from publications.exchange.importing import import_publications
from publications.models import Authorship, Person, Publication, SearchDocument, Topic
from publications.models.search_document import differences, index
from tests.factories import make_draft, make_person, make_publication, make_staff, make_topic
from tests.forms import controls
from tests.lists import list_shown
from tests.searching import search

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def index_is_right_afterwards(db):
    yield
    assert list(differences()) == []
    assert SearchDocument.objects.count() == Publication.objects.count()


def found(words):
    return sorted(item.title for item in search(Publication.objects.all(), words))


def test_item_is_found_by_its_new_words_and_no_longer_by_its_old(django_assert_max_num_queries):
    item = make_publication("Tides", body="<p>Old words.</p>")
    item.title, item.body = "Waves", "<p>New words.</p>"
    with django_assert_max_num_queries(24):
        item.save()
    assert (found("tides"), found("old"), found("waves new")) == ([], [], ["Waves"])


def test_change_that_is_rolled_back_is_not_found():
    item = make_publication("Tides")
    with transaction.atomic():
        item.title = "Waves"
        item.save()
        transaction.set_rollback(True)
    assert (found("tides"), found("waves")) == (["Tides"], [])


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_words_that_were_forgotten_are_learnt_when_they_come_again():
    make_publication("Tides")
    with transaction.atomic():
        make_publication("Portfolio of losses")
        transaction.set_rollback(True)
    item = make_publication("Portfolio of losses")
    assert found("portf") == ["Portfolio of losses"]
    item.delete()
    call_command("rebuild_search", verbosity=0)
    make_publication("Portfolio of losses")
    assert found("portf") == ["Portfolio of losses"]


def test_author_added_changed_and_taken_away():
    item = make_publication("Tides")
    authorship = Authorship.objects.create(publication=item, person=make_person("Ines Corrow"))
    assert found("corrow") == ["Tides"]
    authorship.name_as_printed = "I. Korrow"
    authorship.save(update_fields=["name_as_printed"])
    assert found("korrow") == ["Tides"]
    authorship.position = 3
    authorship.save(update_fields=["position"])
    authorship.delete()
    assert found("corrow") == found("korrow") == []


def test_person_renamed():
    person = make_person("Ines Corrow")
    for title in ("One", "Two"):
        make_publication(title, authors=[person])
    person.name, person.sort_name = "Ines Aldane", ""
    person.save()
    assert (found("corrow"), found("aldane")) == ([], ["One", "Two"])


def test_state_and_date_changed_by_a_save_of_these_fields_alone(client):
    item = make_draft("Tides")
    published = make_publication("Other")
    item.state, item.published_at = "published", published.published_at
    item.save(update_fields=["state", "published_at"])
    assert list_shown(client, "/publications/?q=tides").total == 1


def test_topic_deleted(client):
    topic = make_topic("Coast")
    item = make_publication("Tides", topics=[topic, make_topic("Water")])
    topic.delete()
    assert list(differences()) == []
    for _ in range(2):
        listing = list_shown(client, "/publications/?q=tides&topic=water")
        assert [(topic.name, number) for topic, number, _ in listing.topic_choices] == [("Water", 1)]
        item.title = "Tides anew"
        item.save()
    assert list(differences()) == []
    Topic.objects.all().delete()
    assert not Topic.objects.exists()


def test_deleted_one_by_one_and_many_at_once():
    items = [make_publication(f"Tide {n}") for n in range(3)]
    items[0].delete()
    assert len(found("tide")) == 2
    Publication.objects.all().delete()
    assert found("tide") == []


def test_import_and_import_again(tmp_path):
    def take_in(**row):
        path = tmp_path / "rows.json"
        path.write_text(json.dumps({"publications": [{"id": "1", "type": "Report"} | row]}))
        assert not import_publications(path).problems

    take_in(title="Tides", date="2020-01-01", authors=["Ines Corrow"], topics=["Coast"])
    assert found("tides corrow") == ["Tides"]
    take_in(title="Waves", date="2020-01-01", authors=["Bram Osterley"], topics=["Rivers"])
    assert (found("tides"), found("corrow"), found("waves osterley")) == ([], [], ["Waves"])


def test_many_that_were_written_at_once_do_not_wait_to_be_taken_into_the_index():
    kind = make_publication("Tides").content_type
    items = [Publication(title=f"Wave {n}", slug=f"wave-{n}", content_type=kind) for n in range(101)]
    index(item.pk for item in Publication.objects.bulk_create(items))
    assert [*differences()] == []
    if connection.vendor == "postgresql":  # SQLite has no list of what waits
        with connection.cursor() as cursor:
            cursor.execute("SELECT gin_clean_pending_list('publications_searchdocument_words')")
            assert cursor.fetchone() == (0,)  # pages


def test_admin_form_with_new_topics_and_authors(client):
    client.force_login(make_staff("Editor"))
    item = make_publication("Tides")
    topic, person = make_topic("Coast"), make_person("Ines Corrow")
    address = f"/admin/publications/publication/{item.pk}/change/"
    data = controls(client.get(address)) | {
        "title": "Waves",
        "topics": [topic.pk],
        "authorships-TOTAL_FORMS": 1,
        "authorships-0-person": person.pk,
        "authorships-0-position": 0,
        "authorships-0-publication": item.pk,
    }
    assert client.post(address, data).status_code == 302
    assert found("waves corrow") == ["Waves"]
    assert list_shown(client, "/publications/?q=waves&topic=coast").total == 1


def test_check_names_what_is_wrong_and_rebuilding_mends_it(index_is_right_afterwards):
    item, other = make_publication("Tides"), make_publication("Walls")
    Publication.objects.filter(pk=item.pk).update(title="Waves")
    SearchDocument.objects.filter(publication=other).delete()
    Person.objects.create(name="Nobody")
    with pytest.raises(CommandError, match=f"publications {item.pk}, {other.pk}. Run rebuild_search"):
        call_command("rebuild_search", check=True)
    said = StringIO()
    call_command("rebuild_search", stdout=said)
    call_command("rebuild_search", check=True, stdout=said)
    assert re.fullmatch(
        r"Indexed 2 publications\.\nThe index of 2 publications is right\.\n", said.getvalue()
    )
    assert (found("tides"), found("waves"), found("walls")) == ([], ["Waves"], ["Walls"])


def test_index_of_the_database_itself_is_checked():
    make_publication("Tides")
    with transaction.atomic():
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("UPDATE publications_searchdocument SET words = 'wave:1A'")
            else:
                cursor.execute("INSERT INTO publications_searchindex(rowid, title) VALUES (7, 'wave')")
        with pytest.raises(CommandError, match="Run rebuild_search"):
            call_command("rebuild_search", check=True)
        transaction.set_rollback(True)


def test_set_up_fills_an_empty_index_and_leaves_another_alone():
    make_publication("Tides")
    SearchDocument.objects.all().delete()
    call_command("rebuild_search", if_empty=True, verbosity=0)
    assert found("tides") == ["Tides"]


def test_very_long_and_very_odd_texts_are_indexed():
    make_publication("Long", body=f"<p>{' '.join(f'w{n}x' for n in range(40_000))}</p>")
    make_publication(
        "Odd", summary="‘quoted’ \\ ' \" :type1 =tide & | ! <-> * \u0001 \ufffe ²³½", body="<p>ﷺ</p>"
    )
    assert found("w15999x") == ["Long"]
    assert found('"quoted type1"') == ["Odd"]
