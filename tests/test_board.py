# The board of a topic: what stands at the top of its page is arranged, looked at beforehand and saved.
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from publications.clock import write_moment
from tests.factories import (
    jpeg,
    make_draft,
    make_featured,
    make_image,
    make_publication,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
)
from tests.forms import controls, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    client.force_login(make_staff("Editor", "ines", first_name="Ines", last_name="Corrow"))
    return client


@pytest.fixture
def topic():
    return make_topic("Water", slots=2)


def address(topic):
    return reverse("admin:publications_topic_board", args=[topic.pk])


def stored(topic):
    return list(topic.featured_items.values_list("publication__title", flat=True))


def text_of(response):
    """Without tags, and with the preview's page left out."""
    html = re.sub(r'srcdoc="[^"]*"', "", response.content.decode())
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", html))


def preview_of(response):
    """The titles of the cards that the preview shows."""
    frame = re.search(r'srcdoc="([^"]*)"', response.content.decode())[1]
    return re.findall(r'feature-title"[^>]*><a>([^<]+)<', unescape(frame))


def standings(response):
    html = response.content.decode()
    return dict(
        re.findall(r'data-name="([^"]+)" data-item.*?data-standing><p><span[^>]*>([^<]+)<', html, re.S)
    )


def in_days(days, hour=9):
    return (timezone.localtime() + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def moment_fields(prefix, moment):
    return {f"{prefix}_0": f"{moment:%Y-%m-%d}", f"{prefix}_1": f"{moment:%H:%M}"}


# Reaching it, and who may


def test_list_form_and_overview_lead_to_the_board(editor, topic):
    make_featured(topic, make_publication(), ends_at=in_days(3))
    for page in ("/admin/publications/topic/", f"/admin/publications/topic/{topic.pk}/change/", "/admin/"):
        assert f'href="{address(topic)}"' in editor.get(page).content.decode(), page


def test_the_list_says_how_many_places_are_filled_now(editor, topic):
    make_featured(topic, make_publication())
    make_featured(topic, make_draft())
    assert "1 of 2 featured" in editor.get("/admin/publications/topic/").content.decode()


def test_who_may_only_look_sees_the_arrangement_and_no_way_to_change_it(client, topic):
    make_featured(topic, make_publication("Tides"), words="A pause.")
    client.force_login(make_staff("Author"))
    response = client.get(address(topic))
    assert "You may look at this, but not change it." in text_of(response)
    assert "Tides" in text_of(response) and "A pause." in text_of(response)
    assert not {"_save", "q", "picks-0-publication"} & set(controls(response))
    assert 'name="_save"' not in response.content.decode()
    for sent in ({"_save": "Save"}, {"_preview": ""}):
        assert client.post(address(topic), sent).status_code == 403
    assert stored(topic) == ["Tides"]


def test_strangers_and_missing_topics_get_no_board(client, topic):
    assert client.get(address(topic)).status_code == 302
    client.force_login(make_staff("Editor"))
    assert client.get("/admin/publications/topic/999/board/").status_code == 404


# Arranging


def test_items_are_found_added_put_in_order_and_saved_without_a_script(editor, topic):
    first = make_publication("First", topics=[topic])
    make_featured(topic, first)
    below = make_topic("Rivers", parent=topic)
    draft = make_draft("Draft of tides", topics=[below])
    make_publication("Tides elsewhere")
    response = submit(editor, address(topic), q="tides", _find="")
    assert re.findall(r'name="_add" value="(\d+)"', response.content.decode()) == [str(draft.pk)]
    assert '<span class="status" data-status="draft">Draft</span>' in response.content.decode()
    response = editor.post(address(topic), controls(response) | {"_add": str(draft.pk)})
    assert stored(topic) == ["First"], "nothing is stored before it is saved"
    fields = controls(response) | {"picks-0-position": "2", "picks-1-position": "1", "_save": "Save"}
    assert editor.post(address(topic), fields).status_code == 302
    assert stored(topic) == ["Draft of tides", "First"]


def test_the_search_has_an_address_too(editor, topic):
    make_publication("Tides", topics=[topic])
    text = text_of(editor.get(f"{address(topic)}?q=tide"))
    assert "Add Tides" in text
    assert "Nothing in this topic has these words." in text_of(editor.get(f"{address(topic)}?q=moon"))


def test_an_item_sent_twice_is_kept_once_and_one_that_left_is_told_of(editor, topic):
    item = make_publication("Tides", topics=[topic])
    leaving = make_publication("Leaving", topics=[topic])
    opened = controls(editor.get(address(topic)))
    typed = controls(editor.post(address(topic), opened | {"_add": str(item.pk)}))
    typed = controls(editor.post(address(topic), typed | {"_add": str(leaving.pk)}))
    leaving.topics.clear()
    twice = {"picks-TOTAL_FORMS": "3", "picks-2-publication": str(item.pk), "_save": "Save"}
    response = editor.post(address(topic), typed | twice, follow=True)
    assert "An item you added was left out" in text_of(response)
    assert stored(topic) == ["Tides"]


def test_what_stands_there_already_is_not_offered_again(editor, topic):
    item = make_publication("Tides", topics=[topic])
    make_featured(topic, item)
    response = editor.get(f"{address(topic)}?q=tides")
    assert "is there already" in text_of(response)
    assert f'name="_add" value="{item.pk}"' not in response.content.decode()


def test_an_item_of_no_such_topic_or_none_at_all_cannot_be_added(editor, topic):
    other = make_publication("Elsewhere")
    for key in (other.pk, 999_999, "x"):
        fields = {"picks-TOTAL_FORMS": "1", "picks-0-publication": str(key), "_save": "Save"}
        submit(editor, address(topic), **fields)
    assert stored(topic) == []


def test_an_item_that_left_the_topic_stays_and_is_marked(editor, topic):
    make_featured(topic, make_publication("Moved away"))
    assert "Not in this topic" in text_of(editor.get(address(topic)))
    submit(editor, address(topic), _save="Save")
    assert stored(topic) == ["Moved away"]


def test_removing_leaves_with_the_save_and_not_before(editor, topic):
    make_featured(topic, make_publication("Going"))
    response = submit(editor, address(topic), **{"picks-0-DELETE": "on", "_preview": ""})
    assert standings(response) == {"Going": "Removed"} and preview_of(response) == []
    assert stored(topic) == ["Going"]
    editor.post(address(topic), controls(response) | {"_save": "Save"})
    assert stored(topic) == []


def test_what_is_to_be_removed_is_offered_again_and_stays_when_it_is_added(editor, topic):
    item = make_publication("Going", topics=[topic])
    make_featured(topic, item, words="Its own.")
    response = submit(editor, address(topic), **{"picks-0-DELETE": "on", "q": "going", "_find": ""})
    response = editor.post(address(topic), controls(response) | {"_add": str(item.pk)})
    assert standings(response) == {"Going": "Showing"}
    assert controls(response)["picks-0-words"] == ["Its own."]
    editor.post(address(topic), controls(response) | {"_save": "Save"})
    assert stored(topic) == ["Going"]


def test_until_when_its_own_picture_may_be_used_is_said(editor, topic):
    image = make_image(usable_until=timezone.localdate() + timedelta(days=3))
    make_featured(topic, make_publication(), image=image)
    make_featured(topic, make_publication(), position=1, image=image, ends_at=in_days(2))
    text = text_of(editor.get(address(topic)))
    day = f"{image.usable_until:%-d %b %Y}"
    assert text.count(f"Its own picture may be used until {day}; after that its usual one shows.") == 1


def test_times_words_picture_and_places_are_saved_and_shown_to_readers(editor, client, topic):
    item = make_publication("Tides", topics=[topic], summary="Plain.")
    make_featured(topic, item)
    image = make_image("A quay by night", jpeg(600, 400))
    fields = {"picks-0-words": "Why the sea waits.", "picks-0-image": str(image.pk)}
    fields |= moment_fields("picks-0-ends_at", in_days(5))
    submit(editor, address(topic), **fields, slots="4", tops_up="on", _save="Save")
    pick, changed = topic.featured_items.get(), type(topic).objects.get(pk=topic.pk)
    assert (pick.ends_at, pick.words, pick.image) == (in_days(5), "Why the sea waits.", image)
    assert (changed.slots, changed.tops_up) == (4, True)
    client.logout()
    html = client.get(topic.get_absolute_url()).content.decode()
    assert "Why the sea waits." in html and 'alt="A quay by night"' in html


def test_a_new_picture_is_made_from_the_board(editor, topic):
    make_featured(topic, make_publication("Tides"))
    html = editor.get(address(topic)).content.decode()
    assert re.search(r'<a[^>]*id="add_id_picks-0-image"[^>]*href="/admin/publications/image/add/', html)


def test_saving_is_kept_in_the_history_of_the_topic(editor, topic):
    make_featured(topic, make_publication("Tides"))
    submit(editor, address(topic), **{"slots": "5", "picks-0-words": "Own.", "_save": "Save"})
    text = text_of(editor.get(f"/admin/publications/topic/{topic.pk}/history/"))
    assert "Changed featured item “Tides”" in text and "Ines Corrow" in text


def test_what_cannot_be_saved_is_said_beside_its_cause_and_stays_typed(editor, topic):
    make_featured(topic, make_publication("Tides"))
    image = make_image("", file="")
    fields = moment_fields("picks-0-starts_at", in_days(5)) | moment_fields("picks-0-ends_at", in_days(4))
    fields |= {"picks-0-image": str(image.pk), "picks-0-words": "Kept.", "slots": "9", "_save": "Save"}
    response = submit(editor, address(topic), **fields)
    text = text_of(response)
    for words in (
        "Not saved yet",
        "The end must be later than the start.",
        "This picture has no alternative text.",
        "9 is not one of the available choices",
    ):
        assert words in text, words
    typed = controls(response)
    assert typed["picks-0-words"] == ["Kept."]
    assert typed["picks-0-starts_at_0"] == [f"{in_days(5):%Y-%m-%d}"]
    assert typed["picks-0-image"] == [str(image.pk)]
    pick = topic.featured_items.get()
    assert (pick.words, pick.starts_at, pick.image) == ("", None, None)


def test_junk_is_answered_and_stores_nothing(editor, topic):
    make_featured(topic, make_publication("Tides"))
    junk = [
        {"picks-TOTAL_FORMS": "x"},
        {"picks-0-publication": "9" * 40},
        {"picks-0-position": "x"},
        {"picks-0-image": "x", "picks-0-starts_at_0": "never"},
        {"at": "x", "_preview": ""},
        {"q": "\x00 AND (", "_find": ""},
        {"_add": "9" * 5000},
        {"_add": "²", "picks-0-image": "²"},
    ]
    for fields in junk:
        assert submit(editor, address(topic), **{"_preview": ""} | fields).status_code == 200, fields
    assert editor.post(address(topic), {"_save": "Save"}).status_code == 200
    assert stored(topic) == ["Tides"]


# What becomes of it


def test_each_item_says_whether_it_shows_and_why_not(editor):
    topic, now = make_topic(slots=1), timezone.now()
    for position, (item, times) in enumerate(
        [
            (make_draft("Draft"), {}),
            (make_scheduled("Scheduled"), {}),
            (make_withdrawn("Withdrawn"), {}),
            (make_publication("Later"), {"starts_at": now + timedelta(days=3)}),
            (make_publication("Over"), {"ends_at": now - timedelta(days=3)}),
            (make_publication("Shown"), {"ends_at": now + timedelta(days=2)}),
            (make_publication("Too many"), {}),
        ]
    ):
        make_featured(topic, item, position=position, **times)
    response = editor.get(address(topic))
    assert standings(response) == {
        "Draft": "Not showing",
        "Scheduled": "Not showing",
        "Withdrawn": "Not showing",
        "Later": "Not showing",
        "Over": "Ended",
        "Shown": "Showing",
        "Too many": "Waiting",
    }
    text = text_of(response)
    for words in (
        "It is a draft: it appears here once it is published.",
        "It appears on",
        "It is withdrawn: it appears here once it is published.",
        "It begins on",
        "It ended on",
        "It stands first now. It ends on",
        "2 items are chosen for 1 place. It moves up when one of those above it leaves.",
    ):
        assert words in text, words


def test_what_ends_and_what_fills_in_is_said_in_words(editor):
    topic = make_topic(slots=3, tops_up=True)
    items = [make_publication(f"Pick {n}", published_at=in_days(-n - 9), topics=[topic]) for n in range(3)]
    make_publication("Brand new", topics=[topic])
    for position, item in enumerate(items):
        make_featured(topic, item, position=position, ends_at=in_days(5) if position == 1 else None)
    text = text_of(editor.get(address(topic)))
    day = f"{in_days(5):%-d %b %Y, %H:%M} UTC"
    assert f"It ends on {day}; after that 2 of 3 places are filled; the newest item fills in." in text
    assert f"{day} “Pick 1” ends. 2 of 3 places are filled; “Brand new” fills in, as the newest." in text
    assert "Now All 3 places are filled." in text
    text = text_of(submit(editor, address(topic), _preview="", tops_up=[]))
    assert f"It ends on {day}; after that 2 of 3 places are filled; one place stays empty." in text
    assert f"{day} “Pick 1” ends. 2 of 3 places are filled; one place stays empty." in text


def test_more_items_than_places_are_named_with_who_waits_and_until_when(editor, topic):
    always, until, waits = (make_publication(title) for title in ("Always", "Until", "Waits"))
    make_featured(topic, always, position=0)
    make_featured(topic, until, position=1, ends_at=in_days(4))
    make_featured(topic, waits, position=2)
    text = text_of(editor.get(address(topic)))
    assert "3 items are chosen for 2 places. “Waits” waits." in text
    assert "“Until” ends. “Waits” moves up. Both places are filled." in text
    assert "Now Always Until “Waits”" in text, "the table says it too"


def test_the_preview_shows_what_was_typed_at_the_chosen_moment_and_stores_nothing(editor, topic):
    one, two = make_publication("One", topics=[topic]), make_publication("Two", topics=[topic])
    make_featured(topic, one, ends_at=in_days(4))
    make_featured(topic, two, position=1)
    assert preview_of(editor.get(address(topic))) == ["One", "Two"]
    typed = {"picks-0-position": "5", "picks-1-words": "Own words of two.", "_preview": ""}
    response = submit(editor, address(topic), **typed)
    assert preview_of(response) == ["Two", "One"] and "Own words of two." in response.content.decode()
    response = submit(editor, address(topic), **typed, at=write_moment(in_days(4)))
    assert preview_of(response) == ["Two"]
    assert stored(topic) == ["One", "Two"]
    assert topic.featured_items.last().words == ""


def test_the_script_gets_only_the_parts_that_follow(editor, topic):
    item = make_publication("Tides", topics=[topic])
    fields = controls(editor.get(address(topic)))
    parts = editor.post(address(topic), fields | {"part": "found", "q": "tides"}).content.decode()
    assert 'id="found"' in parts and "iframe" not in parts and "<html" not in parts
    parts = editor.post(address(topic), fields | {"part": "row", "_add": str(item.pk)}).content.decode()
    assert 'id="picks-0"' in parts and 'id="ahead"' in parts and "<html" not in parts


# Two at once


def test_a_change_by_somebody_else_is_shown_beside_mine_and_nothing_is_lost(editor, topic):
    mine, theirs = make_publication("Mine", topics=[topic]), make_publication("Theirs", topics=[topic])
    opened = controls(editor.get(address(topic)))
    other = make_staff("Editor", "tomas", first_name="Tomas", last_name="Lind")
    second = type(editor)()
    second.force_login(other)
    second.post(
        address(topic),
        controls(second.post(address(topic), opened | {"_add": str(theirs.pk)}))
        | {"picks-0-words": "Theirs first.", "_save": "Save"},
    )
    typed = controls(editor.post(address(topic), opened | {"_add": str(mine.pk)}))
    response = editor.post(address(topic), typed | {"picks-0-words": "All mine.", "_save": "Save"})
    assert response.status_code == 200 and stored(topic) == ["Theirs"]
    text = text_of(response)
    assert "Tomas Lind changed the top of this topic while you arranged it" in text
    assert "Theirs, own words" in text and "Mine, own words" in text
    assert controls(response)["picks-0-words"] == ["All mine."]
    both = editor.post(address(topic), controls(response) | {"_add": str(theirs.pk)})
    assert controls(both)["picks-1-words"] == ["Theirs first."], "with all that was theirs"
    assert editor.post(address(topic), controls(both) | {"_save": "Save"}).status_code == 302
    assert stored(topic) == ["Mine", "Theirs"]


def test_looking_ahead_meanwhile_does_not_pass_over_what_others_saved(editor, topic):
    item = make_publication("Mine", topics=[topic])
    opened = controls(editor.get(address(topic)))
    make_featured(topic, make_publication("Theirs"))
    looked = controls(editor.post(address(topic), opened | {"_add": str(item.pk)}))
    response = editor.post(address(topic), looked | {"_save": "Save"})
    assert response.status_code == 200 and "Save mine in place of theirs" in response.content.decode()
    assert stored(topic) == ["Theirs"]


def test_who_else_arranges_it_is_told(editor, topic):
    other = type(editor)()
    other.force_login(make_staff("Editor", "tomas", first_name="Tomas", last_name="Lind"))
    other.get(address(topic) + "presence/")
    assert "Tomas Lind is editing this too" in text_of(editor.get(address(topic)))
    since = timezone.now().isoformat()
    submit(other, address(topic), slots="5", _save="Save")
    notes = editor.get(address(topic) + "presence/", {"since": since}).json()["notes"]
    assert notes[-1].endswith("When you save, both are shown and you choose.")


def test_the_same_arrangement_by_two_people_is_no_question(editor, topic):
    make_featured(topic, make_publication("Tides"))
    opened = controls(editor.get(address(topic)))
    for _ in range(2):
        assert editor.post(address(topic), opened | {"slots": "5", "_save": "Save"}).status_code == 302


# Cost


def test_a_hundred_items_cost_no_more_queries_than_one(editor, django_assert_max_num_queries):
    topic = make_topic(slots=6, tops_up=True)
    image = make_image()
    for number in range(100):
        item = make_publication(
            f"Item {number}", topics=[topic], image=image, published_at=in_days(number - 50)
        )
        if number % 2:
            make_featured(topic, item, position=number, image=image, ends_at=in_days(number), words="Own.")
        else:
            make_featured(topic, item, position=number, starts_at=in_days(number - 60))
    with CaptureQueriesContext(
        connection,
    ) as caught:
        response = editor.get(address(topic))
    assert len(caught) <= 12, [query["sql"][:90] for query in caught]
    fields = controls(response) | {"part": "outcome"}
    with CaptureQueriesContext(connection) as caught:
        editor.post(address(topic), fields)
    assert len(caught) <= 12, [query["sql"][:90] for query in caught]
    with CaptureQueriesContext(connection) as caught:
        editor.get(f"{address(topic)}?q=item")
    assert len(caught) <= 20, [query["sql"][:90] for query in caught]
