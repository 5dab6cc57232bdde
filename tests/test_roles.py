# Roles in topics: who may do what, and who sees what.
import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publications import workflow
from publications.admin.choices import KEEP_ONE, NOT_YOURS, UNNAMED
from publications.changes import steps as changes
from publications.history import latest_version, recording, versions_of
from publications.models import LoggedStep, Publication, TopicRole
from tests.factories import (
    make_draft,
    make_featured,
    make_image,
    make_publication,
    make_removed,
    make_role,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
)
from tests.forms import controls, errors, submit

pytestmark = pytest.mark.django_db
Role, Step = TopicRole.Role, LoggedStep.Step
CHANGE, PUBLISH = "publications.change_publication", "publications.publish_publication"


def make_in_review(title=None, **fields):
    return make_draft(title, state="in_review", **fields)


@pytest.mark.parametrize(
    ("role", "may_change", "may_publish"),
    [
        (Role.AUTHOR, {"draft"}, set()),
        (Role.EDITOR, {"draft", "in_review"}, set()),
        (Role.PUBLISHER, {"draft", "in_review", "live"}, {"draft", "in_review", "live"}),
    ],
)
def test_a_role_allows_more_the_higher_it_is_in_its_topic_and_below_and_nothing_elsewhere(
    role, may_change, may_publish
):
    coast, space = make_topic("Coast"), make_topic("Space")
    walls = make_topic("Sea walls", parent=coast)
    user = make_role(coast, role)
    makers = {"draft": make_draft, "in_review": make_in_review, "live": make_publication}
    for state, make in makers.items():
        for topics in ([coast], [walls], [space, walls]):
            item = make(topics=topics)
            assert user.has_perm("publications.view_publication", item)
            assert user.has_perm(CHANGE, item) == (state in may_change)
            assert user.has_perm(PUBLISH, item) == (state in may_publish)
        assert not user.has_perm(CHANGE, make(topics=[space]))
    assert not user.has_perm("publications.view_publication", make_draft(topics=[space]))
    assert not user.has_perm(CHANGE)


def test_a_role_of_a_group_is_that_of_its_members_and_the_highest_counts():
    coast = make_topic("Coast")
    walls = make_topic("Sea walls", parent=coast)
    user = make_role(walls, Role.AUTHOR)
    group = Group.objects.create(name="Coast desk")
    TopicRole.objects.create(topic=coast, group=group, role=Role.PUBLISHER)
    user.groups.add(group)
    assert user.has_perm(PUBLISH, make_draft(topics=[walls]))


def test_a_draft_without_topics_is_its_makers():
    user, other = make_role(make_topic()), make_role(make_topic(), Role.PUBLISHER)
    item = make_draft(created_by=user)
    assert user.has_perm(CHANGE, item)
    assert not other.has_perm(CHANGE, item)
    assert not other.has_perm("publications.view_publication", item)


def test_whoever_sees_everything_still_does_and_has_a_role_on_top():
    coast = make_topic("Coast")
    user = make_role(coast, Role.PUBLISHER, group="Author")
    theirs, other = make_publication(topics=[coast]), make_draft(topics=[make_topic()])
    assert user.has_perm(CHANGE, other)
    assert not user.has_perm(PUBLISH, other)
    assert user.has_perm(PUBLISH, theirs)
    assert set(Publication.objects.visible_to(user)) == {theirs, other}


def test_lists_hold_what_is_public_what_is_theirs_and_nothing_else():
    coast, space = make_topic("Coast"), make_topic("Space")
    user = make_role(make_topic(parent=coast), Role.AUTHOR)
    below = TopicRole.objects.get().topic
    make_hidden = [make_draft, make_in_review, make_scheduled, make_withdrawn, make_removed]
    theirs = {make(topics=[below, space]) for make in make_hidden}
    theirs |= {make_draft(created_by=user, topics=[space]), make_publication(topics=[space])}
    others = {make(topics=[coast]) for make in make_hidden}
    assert set(Publication.objects.visible_to(user)) == theirs
    assert set(Publication.objects.readable_by(user)) - theirs == {
        item for item in others if item.state == "withdrawn"
    }


@pytest.mark.parametrize("field", ["is_staff", "is_active"])
def test_an_account_without_access_has_no_use_of_its_roles(field):
    user = make_role(make_topic("Coast"), Role.PUBLISHER)
    setattr(user, field, False)
    item = make_draft(topics=[TopicRole.objects.get().topic])
    assert not user.has_perm(CHANGE, item)
    assert not Publication.objects.visible_to(user).exists()


def test_roles_cost_one_query_and_none_where_they_do_not_matter():
    coast = make_topic("Coast")
    user = make_role(coast, Role.EDITOR)
    for make in (make_draft, make_publication):
        make(topics=[coast])
    user = type(user).objects.get(pk=user.pk)
    user.has_perm(CHANGE)  # reads what the groups allow
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for _ in range(3):
            list(Publication.objects.visible_to(user))
    assert len(queries) == 4
    for other in (AnonymousUser(), make_staff("Author"), make_staff()):
        other.has_perm(CHANGE)
        with CaptureQueriesContext(connection) as queries:
            list(Publication.objects.visible_to(other))
            list(Publication.objects.readable_by(other))
        assert len(queries) == 2


def test_steps_are_taken_by_whom_the_role_on_the_item_allows():
    coast, space = make_topic("Coast"), make_topic("Space")
    author, publisher = make_role(coast), make_role(coast, Role.PUBLISHER)
    item = make_draft(topics=[coast], summary="In short.", body="<p>Text.</p>")
    workflow.submit(item, author)
    with pytest.raises(workflow.Refused, match="You may not do this"):
        workflow.publish(item, author)
    workflow.publish(item, publisher)
    elsewhere = make_publication(topics=[space])
    with pytest.raises(workflow.Refused, match="You may not do this"):
        workflow.withdraw(elsewhere, publisher, "Wrong.")
    assert workflow.may_take(Step.WITHDRAW, item, publisher)
    assert not workflow.may_take(Step.WITHDRAW, elsewhere, publisher)


def test_a_change_to_a_live_item_is_for_those_who_may_act_on_that(coast, space):
    live = make_publication(topics=[coast], summary="In short.", body="<p>Text.</p>")
    author, editor, publisher = (make_role(coast, role) for role in Role)
    other = make_role(space, Role.PUBLISHER)
    for user in (author, other):
        with pytest.raises(workflow.Refused, match="You may not do this"):
            changes.begin(live, user)
    copy = changes.begin(live, editor)
    copy.topics.set([space])  # where it will stand counts for nothing yet
    for user in (author, editor, publisher):
        assert Publication.with_copies.theirs(user).contains(copy)
    assert [user.has_perm(CHANGE, copy) for user in (author, editor, publisher, other)] == [
        False,
        True,
        True,
        False,
    ]
    assert not Publication.with_copies.readable_by(other).contains(copy)
    with pytest.raises(workflow.Refused, match="You may not do this"):
        changes.go_live(copy, editor)
    changes.go_live(copy, publisher, passing=[workflow.NOT_REVIEWED])
    assert set(live.topics.all()) == {space}


def test_the_admin_opens_to_somebody_with_a_role_alone(client):
    coast = make_topic("Coast")
    client.force_login(make_role(coast, Role.EDITOR))
    mine, other = make_draft("Tides", topics=[coast]), make_draft("Rockets", topics=[make_topic("Space")])
    for address in ("", "publication/", "topic/", "image/", "person/", "loggedstep/", "previewlink/"):
        page = client.get(f"/admin/publications/{address}" if address else "/admin/")
        assert page.status_code == 200, address
        assert "Rockets" not in page.content.decode()
    assert "Tides" in client.get("/admin/publications/publication/").content.decode()
    assert client.get(f"/admin/publications/publication/{mine.pk}/change/").status_code == 200
    refused = client.get(f"/admin/publications/publication/{other.pk}/change/", follow=True)
    assert "Rockets" not in refused.content.decode()
    assert client.get("/admin/auth/user/").status_code == 403
    assert client.get("/admin/publications/page/").status_code == 403


# Forms


def address_of(item, model="publication"):
    return f"/admin/publications/{model}/{item.pk}/change/"


def sign_in(client, *args, **fields):
    user = make_role(*args, **fields)
    client.force_login(user)
    return user


def topics_of(item):
    return set(item.topics.values_list("name", flat=True))


@pytest.fixture
def coast():
    return make_topic("Coast")


@pytest.fixture
def space():
    return make_topic("Space")


def test_others_topics_stay_untouched_when_an_item_is_saved(client, coast, space):
    walls = make_topic("Sea walls", parent=coast)
    sign_in(client, coast)
    item = make_draft(topics=[coast, space])
    page = client.get(address_of(item))
    assert "It also stands in Space, which is for others to change." in page.content.decode()
    assert submit(client, address_of(item), topics=[str(walls.pk)], title="New").status_code == 302
    assert topics_of(item) == {"Sea walls", "Space"}
    assert Publication.objects.get(pk=item.pk).title == "New"


def test_a_topic_of_others_cannot_be_chosen(client, coast, space):
    sign_in(client, coast)
    item = make_draft(topics=[coast])
    page = submit(client, address_of(item), topics=[str(coast.pk), str(space.pk)], title="Typed")
    assert errors(page)["topics"] == [NOT_YOURS]
    assert "Typed</textarea>" in page.content.decode()
    offered = client.get(
        "/admin/autocomplete/",
        {"app_label": "publications", "model_name": "publication", "field_name": "topics", "term": ""},
    ).json()["results"]
    assert [each["text"] for each in offered] == ["Coast"]
    assert topics_of(item) == {"Coast"}


def test_lists_are_filtered_by_any_topic(client, coast, space):
    sign_in(client, coast)
    item = make_publication("Rockets", topics=[space])
    page = client.get("/admin/publications/publication/", {"topic": space.pk})
    assert [row.pk for row in page.context["cl"].result_list] == [item.pk]
    field = page.context["cl"].panel.form.fields["topic"].widget.field
    found = client.get(
        "/admin/autocomplete/",
        {"app_label": "publications", "model_name": field.model._meta.model_name, "field_name": field.name},
    ).json()["results"]
    assert {each["text"] for each in found} == {"Coast", "Space"}


def test_the_last_topic_of_ones_own_is_kept(client, coast, space):
    sign_in(client, coast)
    item = make_draft(topics=[coast, space])
    page = submit(client, address_of(item), topics=[])
    assert errors(page)["topics"] == [KEEP_ONE]
    assert topics_of(item) == {"Coast", "Space"}


def test_a_maker_may_leave_a_draft_without_topics_and_go_on(client, coast):
    user = sign_in(client, coast)
    submit(client, "/admin/publications/publication/add/", title="Notes", content_type="1")
    item = Publication.objects.get()
    assert item.created_by == user
    assert submit(client, address_of(item), topics=[str(coast.pk)]).status_code == 302
    assert submit(client, address_of(item), topics=[], summary="More.").status_code == 302
    assert Publication.objects.get().summary == "More."


@pytest.mark.parametrize("field", ["lead", "translation_of"])
def test_a_hidden_item_that_others_chose_stays_chosen_and_unnamed(client, coast, space, field):
    hidden = make_draft("Rockets", topics=[space])
    item = make_draft("Tides", topics=[coast], language="de", **{field: hidden})
    sign_in(client, coast, Role.PUBLISHER)
    html = client.get(address_of(item)).content.decode()
    assert UNNAMED in html
    assert "Rockets" not in html
    assert submit(client, address_of(item), title="Ebb").status_code == 302
    stored = Publication.objects.get(pk=item.pk)
    assert (getattr(stored, field), stored.title) == (hidden, "Ebb")
    other = make_draft(topics=[coast])
    refused = submit(client, address_of(other), **{field: str(hidden.pk)})
    assert list(errors(refused)) == [field]
    assert "Rockets" not in refused.content.decode()


def test_what_may_only_be_read_does_not_name_hidden_items_either(client, coast, space):
    hidden = make_draft("Rockets", topics=[space])
    item = make_publication(topics=[coast], lead=hidden, translation_of=hidden, language="fr")
    sign_in(client, coast)
    page = client.get(address_of(item))
    assert not page.context["has_change_permission"]
    assert "Rockets" not in page.content.decode()


def test_a_message_does_not_name_a_hidden_item(client, coast, space):
    original = make_publication("Sea", language="en", topics=[coast])
    make_draft("Rockets", topics=[space], doi="10.5555/x", translation_of=original, language="fr")
    item = make_draft(topics=[coast])
    sign_in(client, coast)
    for typed in ({"doi": "10.5555/x"}, {"translation_of": str(original.pk), "language": "fr"}):
        page = submit(client, address_of(item), **typed)
        assert UNNAMED in str(errors(page))
        assert "Rockets" not in page.content.decode()


def test_a_picture_of_a_hidden_item_can_neither_be_seen_nor_chosen(client, coast, space):
    image = make_image("A rocket")
    make_draft(topics=[space], image=image)
    mine, item = make_image("A tide gauge"), make_draft(topics=[coast])
    item.image = mine
    item.save()
    sign_in(client, coast)
    assert "A rocket" not in client.get("/admin/publications/image/").content.decode()
    for address in (
        f"/admin/publications/image/{image.pk}/preview/",
        image.rendition_url(min(image.rendition_names)),
    ):
        assert client.get(address).status_code == 404
    assert client.get(mine.rendition_url(min(mine.rendition_names))).status_code == 200
    assert "image" in errors(submit(client, address_of(item), image=str(image.pk)))


def test_a_picture_is_changed_by_whoever_may_change_all_that_shows_it(client, coast, space):
    image = make_image("A tide gauge")
    make_draft(topics=[coast], image=image)
    sign_in(client, coast)
    assert submit(client, address_of(image, "image"), caption="At low water").status_code == 302
    make_publication(topics=[space], image=image)
    assert client.post(address_of(image, "image"), {}).status_code == 403


def test_an_editor_of_a_topic_looks_after_its_page_and_not_its_place(client, coast, space):
    coast.parent = space
    coast.save()
    sign_in(client, coast, Role.EDITOR)
    fields = controls(client.get(address_of(coast, "topic")))
    assert {"introduction", "description"} <= fields.keys()
    assert not {"name", "parent", "position", "slug"} & fields.keys()
    assert submit(client, address_of(coast, "topic"), description="Where land ends.").status_code == 302
    coast.refresh_from_db()
    assert coast.description == "Where land ends."
    assert client.post(address_of(space, "topic"), {}).status_code == 403


def test_an_author_of_a_topic_may_look_at_it_alone(client, coast):
    sign_in(client, coast)
    assert not client.get(address_of(coast, "topic")).context["has_change_permission"]
    assert client.post(address_of(coast, "topic"), {}).status_code == 403


def test_featured_items_that_are_hidden_from_an_editor_stay(client, coast, space):
    make_featured(coast, make_scheduled("Rockets", topics=[space]))
    public = make_publication("Tides", topics=[coast])
    make_featured(coast, public, position=1)
    board = f"/admin/publications/topic/{coast.pk}/board/"
    sign_in(client, coast)
    assert client.get(board).status_code == 403
    sign_in(client, coast, Role.EDITOR)
    page = client.get(board)
    assert "Tides" in page.content.decode()
    assert UNNAMED in page.content.decode()
    assert "Rockets" not in page.content.decode()
    assert client.post(board, controls(page) | {"slots": "5", "_save": "Save"}).status_code == 302
    coast.refresh_from_db()
    assert (coast.slots, coast.featured_items.count()) == (5, 2)
    assert Publication.objects.filter(title="Rockets").exists()
    assert client.get(f"/admin/publications/topic/{space.pk}/board/").status_code == 403


def test_the_history_of_a_topic_is_told_to_its_editors_without_the_names_of_hidden_items(
    client, coast, space
):
    rockets = make_scheduled("Rockets", topics=[space])
    with recording(make_staff(), "", coast):
        make_featured(coast, rockets)
        make_featured(coast, make_publication("Tides", topics=[coast]), position=1)
    history = f"/admin/publications/topic/{coast.pk}/history/"
    pages = [history, f"{history}compare/?to={latest_version(coast).pk}"]
    client.force_login(make_staff("Editor"))
    assert all("Rockets" in client.get(page).content.decode() for page in pages)
    sign_in(client, coast)
    assert {client.get(page).status_code for page in pages} == {403}
    assert history not in client.get(address_of(coast, "topic")).content.decode()
    sign_in(client, coast, Role.EDITOR)
    assert history in client.get(address_of(coast, "topic")).content.decode()
    told, compared = (client.get(page).content.decode() for page in pages)
    assert "The top of the page was arranged anew." in told
    assert "Added featured item “Tides”." in compared and UNNAMED in compared
    assert "Rockets" not in told + compared and "Restore the version" not in compared


def test_a_comparison_does_not_name_a_hidden_item(client, coast, space):
    item = make_draft(topics=[coast])
    with recording(make_staff(), "", item):
        item.lead = make_draft("Rockets", topics=[space])
        item.save()
    client.force_login(make_staff("Author"))
    address = f"/admin/publications/publication/{item.pk}/history/compare/"
    newest, oldest = versions_of(item)[:2]
    versions = {"from": oldest.pk, "to": newest.pk}
    assert "Rockets" in client.get(address, versions).content.decode()
    sign_in(client, coast)
    html = client.get(address, versions).content.decode()
    assert UNNAMED in html
    assert "Rockets" not in html


def test_a_form_keeps_its_words_when_the_role_ends_with_the_state(client, coast):
    sign_in(client, coast)
    item = make_draft(topics=[coast], summary="s", body="<p>b</p>")
    typed = controls(client.get(address_of(item))) | {"title": "Typed with care"}
    workflow.submit(item, make_staff())
    page = client.post(address_of(item), typed)
    assert page.status_code == 200
    assert "Typed with care" in page.content.decode()
    assert "only an editor may change it now" in page.content.decode()


def test_a_publisher_takes_steps_on_pages_and_lists_in_their_topics_alone(client, coast, space):
    mine, other = make_publication("Tides", topics=[coast]), make_publication("Rockets", topics=[space])
    sign_in(client, coast, Role.PUBLISHER)
    assert client.get(f"/admin/publications/publication/{mine.pk}/step/withdraw/").status_code == 200
    assert client.get(f"/admin/publications/publication/{other.pk}/step/withdraw/").status_code == 403
    data = {
        "action": "withdraw_selected",
        "_selected_action": [mine.pk, other.pk],
        "_confirmed": "1",
        "notice": "Wrong.",
    }
    client.post("/admin/publications/publication/", data)
    assert {item.title: item.state for item in Publication.objects.all()} == {
        "Tides": "withdrawn",
        "Rockets": "published",
    }


def test_the_overview_counts_what_somebody_with_a_role_may_see(client, coast, space):
    for topics in ([coast], [space]):
        for make in (make_draft, make_in_review, make_scheduled, make_publication):
            make(topics=topics)
    sign_in(client, coast)
    context = client.get("/admin/").context
    counts = {key: n for key, _, n in context["states"]}
    assert [counts[key] for key in ("draft", "in-review", "scheduled", "published")] == ["1", "1", "1", "2"]
    listed = client.get("/admin/publications/publication/").context["cl"]
    assert (listed.result_count, sum(listed.state_counts.values())) == (5, 5)


def test_a_version_is_restored_without_the_topics_of_others(client, coast, space):
    walls, water = make_topic("Sea walls", parent=coast), make_topic("Water")
    item = make_draft("Before", topics=[coast, space])
    then = latest_version(item)
    with recording(make_staff(), "", item):
        item.title = "After"
        item.save()
        item.topics.set([walls, water])
    sign_in(client, coast)
    address = f"/admin/publications/publication/{item.pk}/history/{then.pk}/restore/"
    page = client.get(address)
    assert "Topics that are not yours stay as they are now." in page.content.decode()
    assert client.post(address, controls(page)).status_code == 302
    assert topics_of(item) == {"Coast", "Water"}
    assert Publication.objects.get(pk=item.pk).title == "Before"


def test_a_topic_is_not_restored_by_a_role(client, coast):
    then = latest_version(coast)
    sign_in(client, coast, Role.PUBLISHER)
    address = f"/admin/publications/topic/{coast.pk}/history/{then.pk}/restore/"
    assert client.get(address).status_code == client.post(address, {"present": then.pk}).status_code == 403


# Granting


def test_whoever_looks_after_accounts_grants_roles_at_a_topic_and_at_an_account(client, coast):
    client.force_login(make_staff("Administrator"))
    user = make_staff("Author", is_superuser=False)
    row = {"roles-TOTAL_FORMS": "1", "roles-0-user": str(user.pk), "roles-0-role": "2"}
    assert submit(client, address_of(coast, "topic"), **row).status_code == 302
    granted = TopicRole.objects.get()
    assert (granted.user, granted.topic, granted.role) == (user, coast, Role.EDITOR)
    page = client.get(f"/admin/auth/user/{user.pk}/change/")
    assert controls(page)["topic_roles-0-topic"] == [str(coast.pk)]


@pytest.mark.parametrize("chosen", [("user", "group"), ()])
def test_a_role_is_a_persons_or_a_groups(client, coast, chosen):
    client.force_login(make_staff("Administrator"))
    keys = {"user": make_staff("Author").pk, "group": Group.objects.get(name="Editor").pk}
    row = {"roles-TOTAL_FORMS": "1", "roles-0-role": "3"} | {
        f"roles-0-{name}": str(keys[name]) for name in chosen
    }
    page = submit(client, address_of(coast, "topic"), **row)
    assert "Choose a person or a group, and not both." in page.content.decode()
    assert not TopicRole.objects.exists()


def test_nobody_without_accounts_to_look_after_grants_roles(client, coast):
    for user in (make_role(coast, Role.PUBLISHER), make_staff("Editor")):
        client.force_login(user)
        row = {
            "roles-TOTAL_FORMS": "1",
            "roles-INITIAL_FORMS": "0",
            "roles-0-user": str(user.pk),
            "roles-0-role": "3",
        }
        assert "roles-TOTAL_FORMS" not in controls(client.get(address_of(coast, "topic")))
        submit(client, address_of(coast, "topic"), **row)
    assert TopicRole.objects.get().role == Role.PUBLISHER
