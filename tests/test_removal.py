# What becomes of an item that was published and is taken away: removed with an explanation, or merged into
# another item.
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from publications.models import PreviewLink, Publication
from tests.factories import (
    make_draft,
    make_file,
    make_image,
    make_merged,
    make_publication,
    make_removed,
    make_scheduled,
    make_staff,
    make_withdrawn,
)
from tests.forms import submit
from tests.importing import row, take_in

pytestmark = pytest.mark.django_db
REMOVED_ON = datetime(2026, 11, 3, 9, tzinfo=UTC)


def page_of(client, publication, status=410):
    response = client.get(publication.get_absolute_url())
    assert response.status_code == status
    return response.content.decode()


# Removed


def test_removed_item_says_what_it_was_when_it_went_why_and_what_to_see_instead(client):
    other = make_publication("The right sums")
    item = make_removed(
        "Wrong sums",
        summary="All is well.",
        body="<p>The sums.</p>",
        notice="Published in error.\nIt named a person.",
        withdrawn_at=REMOVED_ON,
        replaced_by=other,
    )
    html = page_of(client, item)
    assert "<h1>Wrong sums</h1>" in html
    assert 'Removed on <time datetime="2026-11-03">3 November 2026</time>.' in html
    assert "Published in error.<br>It named a person." in html
    assert f'<a href="{other.get_absolute_url()}">The right sums</a>' in html
    assert '<meta name="robots" content="noindex">' in html
    assert "All is well." not in html
    assert "The sums." not in html


def test_former_address_files_and_references_of_a_removed_item_answer_the_same(client):
    item = make_removed("Wrong sums", slug="first")
    file = make_file(item)
    item = Publication.objects.get(pk=item.pk)
    item.slug = "second"
    item.save()
    file.publication = item
    for address in ("/publications/first/", file.get_absolute_url(), "/publications/second/cite.bib"):
        response = client.get(address)
        assert response.status_code == 410, address
        assert "Wrong sums" in response.content.decode()
        assert client.head(address).status_code == 410


def test_picture_of_a_removed_item_is_gone_though_its_preview_link_still_runs(client):
    image = make_image()
    item = make_publication(image=image)
    link = PreviewLink.objects.create(publication=item, label="Reviewers", created_by=make_staff())
    picture = image.rendition_url(sorted(image.rendition_names)[0])
    assert client.get(picture).status_code == 200
    item.state = Publication.State.REMOVED
    item.save()
    assert client.get(picture).status_code == 404
    for address in (link.within + picture.removeprefix("/"), link.get_absolute_url()):
        assert client.get(address).status_code == 404


def test_replacement_is_named_only_while_readers_can_see_it(client):
    for other in (make_draft("Not yet"), make_scheduled("Not yet"), make_removed("Not yet")):
        item = make_removed("Wrong sums", replaced_by=other)
        assert "Not yet" not in page_of(client, item)
    withdrawn = make_withdrawn("Old sums", notice="Wrong.", replaced_by=make_publication("New sums"))
    assert "New sums" in page_of(client, withdrawn, status=200)


def test_item_removed_before_its_time_was_never_there(client):
    page_of(client, make_scheduled("Wrong sums", state="removed"), status=404)


def test_staff_still_open_a_removed_item_and_are_told_so(client):
    item = make_removed("Wrong sums", body="<p>The sums.</p>", notice="In error.")
    client.force_login(make_staff("Author"))
    html = page_of(client, item, status=200)
    assert "<b>Removed.</b>" in html
    assert "The sums." in html


def test_day_of_removal_is_set_on_saving_and_taken_away_on_return():
    item = make_publication()
    with time_machine.travel(REMOVED_ON, tick=False):
        item.state = Publication.State.REMOVED
        item.save(update_fields=["state"])
    item = Publication.objects.get(pk=item.pk)
    assert item.withdrawn_at == REMOVED_ON
    item.save()
    assert item.withdrawn_at == REMOVED_ON
    item.state = Publication.State.PUBLISHED
    item.save(update_fields=["state"])
    assert Publication.objects.get(pk=item.pk).withdrawn_at is None


# Merged


@pytest.mark.parametrize("suffix", ["", "cite.bib", "report.pdf"])
def test_merged_item_leads_to_the_other_in_one_hop(client, suffix):
    last = make_publication("Third")
    second = make_publication("Second")
    first = make_merged("First", into=second)
    make_file(first, label="Report")
    second.state, second.replaced_by = Publication.State.MERGED, last
    second.save()
    for item in (first, second):
        response = client.get(f"{item.get_absolute_url()}{suffix}?x=y")
        assert response.status_code == 301
        assert response["Location"] == f"{last.get_absolute_url()}?x=y"


def test_former_address_of_a_merged_item_leads_to_the_other_in_one_hop(client):
    other = make_publication("Second")
    item = Publication.objects.get(pk=make_merged("First", into=other).pk)
    item.slug = "once"
    item.save()
    assert client.get("/publications/first/")["Location"] == other.get_absolute_url()


def test_item_merged_into_a_hidden_one_tells_nothing(client):
    for other in (make_draft("Secret"), make_scheduled("Secret")):
        page_of(client, make_merged(into=other), status=404)


def test_what_an_item_may_be_merged_into():
    whole, hidden = make_publication("Whole"), make_draft("Draft")
    part = make_merged("Part", into=whole)
    for other, words in ((None, "Choose the item"), (part, "stand in for itself")):
        part.replaced_by = other
        with pytest.raises(ValidationError, match=words):
            part.full_clean()
    with pytest.raises(ValidationError, match="was merged itself"):
        make_merged("Third", into=Publication.objects.get(title="Part")).full_clean()
    make_merged("Fourth", into=hidden).full_clean()


def test_database_holds_a_merged_item_to_another():
    item = make_publication()
    for fields in ({"state": "merged"}, {"replaced_by": item.pk}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Publication.objects.filter(pk=item.pk).update(**fields)


def test_item_that_others_lead_to_is_not_deleted():
    whole = make_publication()
    make_merged(into=whole)
    with pytest.raises(RestrictedError):
        whole.delete()


# In the admin


def change(item):
    return f"/admin/publications/publication/{item.pk}/change/"


def step(item, name):
    return f"/admin/publications/publication/{item.pk}/step/{name}/"


def test_editor_removes_an_item_only_with_a_reason(client):
    client.force_login(make_staff("Editor"))
    item = make_publication("Wrong sums")
    assert "Say why" in client.post(step(item, "remove"), {"notice": ""}).content.decode()
    assert client.post(step(item, "remove"), {"notice": "In error."}).status_code == 302
    client.logout()
    assert "In error." in page_of(client, item)


def test_editor_merges_an_item_only_into_another(client):
    client.force_login(make_staff("Editor"))
    item, other = make_publication("Part"), make_publication("Whole")
    assert client.post(step(item, "merge"), {}).status_code == 200
    assert client.post(step(item, "merge"), {"into": other.pk}).status_code == 302
    client.logout()
    assert client.get(item.get_absolute_url())["Location"] == other.get_absolute_url()


def test_withdrawn_item_that_is_removed_later_gets_the_later_day(client):
    client.force_login(make_staff("Editor"))
    item = make_withdrawn(notice="Wrong.", withdrawn_at=REMOVED_ON)
    submit(client, change(item), notice="Wrong throughout.")
    item.refresh_from_db()
    assert item.withdrawn_at == REMOVED_ON
    client.post(step(item, "remove"), {"notice": "Wrong throughout."})
    item.refresh_from_db()
    assert item.withdrawn_at > REMOVED_ON + timedelta(days=1)


# By the import


def test_import_removes_and_merges(client, tmp_path):
    done = take_in(
        tmp_path,
        row("Gone", state="removed", withdrawal_note="In error.", withdrawn_at="2026-11-03", replaced_by="w"),
        row("Part", state="merged", replaced_by="w"),
        row("Whole", id="w"),
    )
    assert done.status == 0, done.lines
    gone, part, whole = (Publication.objects.get(title=title) for title in ("Gone", "Part", "Whole"))
    assert "3 November 2026" in page_of(client, gone)
    assert "Whole" in page_of(client, gone)
    assert client.get(part.get_absolute_url())["Location"] == whole.get_absolute_url()


def test_import_again_changes_nothing_of_what_was_taken_away(tmp_path):
    rows = [row("Part", state="merged", replaced_by="w"), row("Whole", id="w")]
    take_in(tmp_path, *rows)
    assert take_in(tmp_path, *rows).lines[-1] == "created 0, updated 0, unchanged 2, rejected 0"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"replaced_by": "nobody"}, "there is no item with the id or DOI “nobody”"),
        ({"replaced_by": "p"}, "an item cannot stand in for itself"),
    ],
)
def test_import_says_what_an_item_cannot_be_merged_into_and_keeps_it_from_readers(tmp_path, fields, words):
    done = take_in(tmp_path, row("Part", id="p", state="merged") | fields)
    assert f"warning: row 1: replaced_by: {words}; the item went in without it" in done.lines
    assert Publication.objects.get().state == Publication.State.REMOVED


def test_import_refuses_a_merged_item_that_names_no_other(tmp_path):
    done = take_in(tmp_path, row("Part", state="merged"))
    assert "row 1: replaced_by: is missing; name the item it was merged into" in done.lines
