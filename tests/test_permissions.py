# Who may do what at every address of the admin there is, as a table; and that no page names what is hidden from
# whoever looks at it. A new address fails here until it stands in the table.
from contextlib import contextmanager

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from publications import workflow
from publications.changes import steps as changes
from publications.history import latest_version, recording
from publications.models import Frame, LoggedStep, PreviewLink, Redirect
from tests.factories import (
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
    make_role,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
)
from tests.test_hidden_items import HIDDEN, Hidden, assert_says_nothing

PEOPLE = {
    "s": "staff without any right",
    "v": "staff who may view everything and change nothing",
    "a": "author of Coast",
    "e": "editor of Coast",
    "p": "publisher of Coast",
    "A": "member of Author",
    "E": "member of Editor",
    "M": "member of Administrator",
}
LIMITED = "saep"  # those from whom something is hidden
NOBODY, SKIPPED = "nobody", "·"

# page, what it is asked about, who may look at it, who may send something to it. "own" stands in Coast, "other" in
# Space alone. Who is not signed in may do nothing at all, which `test_what_visitors_may_do` asks of every row.
TABLE = """
index                      -                svaepAEM   ·
app_list                   -                vaepAEM    ·
jsi18n                     -                svaepAEM   ·
password_change            -                svaepAEM   svaepAEM
password_change_done       -                svaepAEM   ·

publication_changelist     -                vaepAEM    vaepAEM
publication_views          -                vaepAEM    vaepAEM
publication_columns        -                nobody     vaepAEM
publication_csv            -                vaepAEM    ·
publication_xlsx           -                vaepAEM    ·
publication_add            -                aepAEM     aepAEM
publication_change         own draft        vaepAEM    aepAEM
publication_change         own review       vaepAEM    epAEM
publication_change         own scheduled    vaepAEM    pEM
publication_change         own live         vaepAEM    pEM
publication_change         own withdrawn    vaepAEM    pEM
publication_change         own removed      vaepAEM    pEM
publication_change         own merged       vaepAEM    pEM
publication_change         own change       vaepAEM    epAEM
publication_change         other draft      vAEM       AEM
publication_change         other review     vAEM       AEM
publication_change         other scheduled  vAEM       EM
publication_change         other live       vaepAEM    EM
publication_change         other withdrawn  vaepAEM    EM
publication_change         other removed    vAEM       EM
publication_change         other merged     vAEM       EM
publication_change         other change     vAEM       AEM
publication_delete         own draft        pEM        pEM
publication_delete         own live         pEM        ·
publication_delete         other draft      EM         EM
publication_delete         other live       EM         ·
publication_history        own draft        vaepAEM    ·
publication_history        other draft      vAEM       ·
publication_history        other live       vaepAEM    ·
publication_compare        own draft        vaepAEM    ·
publication_compare        own live         vaepAEM    ·
publication_compare        other draft      vAEM       ·
publication_compare        other live       vaepAEM    ·
publication_bring_back     deletion         AEM        AEM
publication_restore        own draft        aepAEM     aepAEM
publication_restore        own live         pEM        pEM
publication_restore        other draft      AEM        AEM
publication_restore        other live       EM         EM
publication_presence       own draft        aepAEM     ·
publication_presence       own live         pEM        ·
publication_presence       other draft      AEM        ·
publication_presence       other live       EM         ·
publication_impact         own draft        vaepAEM    ·
publication_impact         own scheduled    vaepAEM    ·
publication_impact         own change       vaepAEM    ·
publication_impact         other draft      vAEM       ·
publication_impact         other change     vAEM       ·
publication_impact         other scheduled  vAEM       ·
publication_begin_change   own whole        nobody     epAEM
publication_begin_change   other whole      nobody     AEM
publication_begin_change   other draft      nobody     AEM
publication_differences    own change       vaepAEM    ·
publication_differences    other change     vAEM       ·
publication_clashes        own change       epAEM      epAEM
publication_clashes        other change     AEM        AEM
publication_step discard   own change       epAEM      epAEM
publication_step withdraw  own live         pEM        pEM
publication_step remove    own live         pEM        pEM
publication_step merge     own live         pEM        pEM
publication_step withdraw  other live       EM         EM
publication_step merge     other draft      EM         EM

topic_changelist           -                vaepAEM    vaepAEM
topic_add                  -                EM         EM
topic_change               own topic        vaepAEM    epEM
topic_change               other topic      vaepAEM    EM
topic_delete               own topic        M          ·
topic_history              own topic        vepAEM     ·
topic_history              other topic      vAEM       ·
topic_compare              own topic        vepAEM     ·
topic_compare              other topic      vAEM       ·
topic_restore              own topic        EM         EM
topic_presence             own topic        epEM       ·
topic_presence             other topic      EM         ·
topic_board                own topic        vepAEM     epEM
topic_board                other topic      vAEM       EM
topic_board_presence       own topic        epEM       ·
topic_board_presence       other topic      EM         ·

image_changelist           -                vaepAEM    vaepAEM
image_add                  -                aepAEM     aepAEM
image_change               own image        vaepAEM    aepAEM
image_change               other image      vAEM       AEM
image_change               public image     vaepAEM    AEM
image_delete               own image        EM         ·
image_history              own image        vaepAEM    ·
image_history              other image      vAEM       ·
image_compare              own image        vaepAEM    ·
image_compare              other image      vAEM       ·
image_restore              own image        aepAEM     aepAEM
image_restore              other image      AEM        AEM
image_restore              public image     AEM        AEM
image_presence             own image        aepAEM     ·
image_presence             other image      AEM        ·
image_preview              own image        vaepAEM    ·
image_preview              other image      vAEM       ·

person_changelist          -                vaepAEM    vaepAEM
person_add                 -                aepAEM     aepAEM
person_change              person           vaepAEM    EM
person_delete              person           M          ·
person_history             person           vaepAEM    ·
person_compare             person           vaepAEM    ·
person_restore             person           EM         EM
person_presence            person           EM         ·

contenttype_changelist     -                vaepAEM    vaepAEM
contenttype_add            -                M          M
contenttype_change         type             vaepAEM    M
contenttype_delete         type             M          ·
contenttype_history        type             vaepAEM    ·
contenttype_compare        type             vaepAEM    ·
contenttype_restore        type             M          M
contenttype_presence       type             M          ·

previewlink_changelist     -                vaepAEM    vaepAEM
previewlink_add            -                aepAEM     aepAEM
previewlink_change         own link         vaepAEM    aepAEM
previewlink_change         other link       vAEM       AEM
previewlink_change         list link        vAEM       AEM
previewlink_delete         own link         nobody     nobody
previewlink_history        own link         vaepAEM    ·
previewlink_history        other link       vAEM       ·
previewlink_presence       own link         aepAEM     ·
previewlink_presence       other link       AEM        ·
previewlink_end            own link         nobody     aepAEM
previewlink_end            other link       nobody     AEM

loggedstep_changelist      -                vaepAEM    ·

page_changelist            -                vEM        vEM
page_add                   -                EM         EM
page_change                page             vEM        EM
page_delete                page             EM         ·
page_history               page             vEM        ·
page_compare               page             vEM        ·
page_restore               page             EM         EM
page_presence              page             EM         ·

redirect_changelist        -                vEM        ·
redirect_add               -                nobody     nobody
redirect_change            redirect         vEM        nobody
redirect_delete            redirect         M          ·
redirect_history           redirect         vEM        ·
redirect_presence          redirect         nobody     ·

menus_changelist           -                svaepAEM   ·
menus_add                  -                nobody     nobody
menus_change               menus            vEM        EM
menus_delete               menus            nobody     nobody
menus_history              menus            vEM        ·
menus_presence             menus            EM         ·
frame_changelist           -                svaepAEM   ·
frame_add                  -                nobody     nobody
frame_change               frame            vM         M
frame_delete               frame            nobody     nobody
frame_history              frame            vM         ·
frame_presence             frame            M          ·

user_changelist            -                vM         vM
user_add                   -                M          M
user_change                user             vM         M
user_delete                user             M          ·
user_history               user             vM         ·
user_presence              user             M          ·
user_password_change       user             M          M
group_changelist           -                vM         vM
group_add                  -                nobody     nobody
group_change               group            vM         nobody
group_delete               group            nobody     nobody
group_history              group            vM         ·
group_presence             group            nobody     ·
"""
ROWS = [line.rsplit(maxsplit=2) for line in TABLE.strip().splitlines() if line]
ROWS = [(*name.split("  ", 1), look, send) for name, look, send in ROWS]
ROWS = [(page, what.strip(), look, send) for page, what, look, send in ROWS]
# What the table leaves out: anybody may sign in and out; the rest leads on by numbers alone, and is what
# `test_nothing_hidden_is_named` asks in its own way.
NOT_IN_TABLE = {"login", "logout", "autocomplete", "(?P<url>.*)$"}
SENT = {"publication_delete": {"post": "yes"}, "publication_step": {"notice": "Wrong."}}
SECRET, PART = "Zanzibar", "Zanzib"
LOOKED_FOR = [
    *(
        f"/admin/publications/{model}/?q={PART}"
        for model in ("publication", "image", "loggedstep", "previewlink")
    ),
    *(
        f"/admin/publications/publication/?state={state}"
        for state in ("draft", "in-review", "scheduled", "removed")
    ),
    f"/admin/publications/publication/?q={PART}&lacks=topics&type=report",
    "/admin/publications/publication/?o=headline",
    "/admin/publications/publication/export.csv",
    "/admin/publications/previewlink/?link=works",
    "/admin/publications/loggedstep/?step=delete",
    "/admin/publications/loggedstep/?rules=passed-over",
    "/admin/publications/image/?words=given",
    "/admin/publications/redirect/?q=zanz",
    "/admin/",
]


class World:
    """Two topics, and in each of them an item in every state. Whatever is hidden in Space says `SECRET`."""

    def __init__(self):
        self.coast, self.space = make_topic("Coast"), make_topic("Space")
        self.boss = make_staff()
        self.found = {"own topic": self.coast, "other topic": self.space, "person": make_person()}
        own, other = self._items("own", self.coast, "Lagoon"), self._items("other", self.space, SECRET)
        self._join(own, other)
        self._around(own, other)
        for item in list(self.found.values()):
            if item._meta.model_name in {"publication", "topic", "image", "person", "page", "contenttype"}:
                latest_version(item)
        with recording(self.boss, "", own["draft"]):
            own["draft"].lead = other["draft"]
            own["draft"].save()

    def _items(self, whose, topic, word):
        fields = {"topics": [topic], "summary": "In short.", "body": "<p>Text.</p>", "created_by": self.boss}
        whole = make_publication(f"Whole of {whose}", **fields)
        items = {
            "draft": make_draft(
                f"{word} draft", image=make_image(f"{word} from above", created_by=self.boss), **fields
            ),
            "review": make_draft(f"{word} in review", **fields),
            "scheduled": make_scheduled(f"{word} to come", **fields),
            "live": make_publication(f"Known of {whose}", image=make_image("Known"), **fields),
            "withdrawn": make_withdrawn(f"Withdrawn of {whose}", notice="Wrong.", **fields),
            "removed": make_removed(f"{word} removed", notice="Wrong.", **fields),
            "merged": make_merged(f"{word} merged", into=whole, **fields),
        }
        workflow.submit(items["review"], self.boss)
        items["whole"] = whole
        copy = items["change"] = changes.begin(items["live"], self.boss)
        copy.title = f"{word} to be"
        copy.save()
        make_file(items["draft"], label=word)
        self.found |= {f"{whose} {name}": item for name, item in items.items()}
        self.found[f"{whose} image"] = items["draft"].image
        self.found[f"{whose} link"] = self._link(publication=items["draft"], label=f"{word} for you")
        return items

    def _link(self, **fields):
        return PreviewLink.objects.create(created_by=self.boss, **fields)

    def _join(self, own, other):
        """What others hide hangs on what is one's own."""
        for item in (own["review"], own["live"], own["change"]):
            item.lead = item.translation_of = other["scheduled"]
            item.language = "fr" if item is own["review"] else "de"
            item.save()
        other["merged"].replaced_by = own["scheduled"]
        other["merged"].save()
        own["merged"].replaced_by = other["review"]
        own["merged"].save()
        for topic in (self.coast, self.space):
            with recording(self.boss, "", topic):
                make_featured(topic, other["scheduled"])
                make_featured(topic, other["draft"])
        make_correction(other["removed"], note=SECRET)

    def _around(self, own, other):
        deleted = make_draft(f"{SECRET} deleted", topics=[self.coast])
        workflow.delete(deleted, self.boss)
        self.found |= {
            "public image": other["live"].image,
            "deletion": LoggedStep.objects.get(step="delete"),
            "type": own["draft"].content_type,
            "list link": self._link(address="/topics/coast/", moment=own["live"].created_at, label=SECRET),
            "page": make_page(SECRET, state="draft"),
            "redirect": Redirect.objects.create(slug=SECRET.lower(), publication=other["draft"]),
            "user": make_staff("Author", username="somebody"),
            "group": Group.objects.get(name="Author"),
        }
        self.found |= dict.fromkeys(("menus", "frame"), Frame.objects.get())
        assert LoggedStep.objects.filter(title__contains=SECRET).count() >= 2

    def people(self):
        viewer = make_staff(is_superuser=False)
        viewer.user_permissions.set(
            Permission.objects.filter(
                codename__startswith="view_", content_type__app_label__in=["publications", "auth"]
            )
        )
        roles = {letter: make_role(self.coast, role) for role, letter in enumerate("aep", 1)}
        groups = {name[0]: make_staff(name) for name in ("Author", "Editor")}
        nobody = make_staff(is_superuser=False)
        return roles | groups | {"s": nobody, "v": viewer, "M": make_staff("Administrator")}

    def address(self, page, what):
        name, *rest = page.split()
        app = (
            ""
            if name in WITHOUT_MODEL
            else "auth_"
            if name.startswith(("user_", "group_"))
            else "publications_"
        )
        target = self.found.get(what)
        keys = [target.pk] if target else ["publications"] if name == "app_list" else []
        if name.endswith("_restore"):
            rest = [latest_version(target).pk]
        query = f"?from={latest_version(target).pk}" if name.endswith("_compare") else ""
        return reverse(f"admin:{app}{name}", args=[*keys, *rest]) + query


WITHOUT_MODEL = {"index", "app_list", "jsi18n", "password_change", "password_change_done"}


def every_choice():
    """What the choosing fields of all forms answer, rows within forms among them."""
    for each in admin.site._registry.values():
        for part in (each, *each.inlines):
            model = getattr(part, "model", None)
            for name in part.autocomplete_fields:
                asked = (
                    f"app_label={model._meta.app_label}&model_name={model._meta.model_name}&field_name={name}"
                )
                for term in ("", PART):
                    yield f"/admin/autocomplete/?term={term}&{asked}"


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def is_allowed(response) -> bool:
    """A redirect to the sign-in or to the overview says no."""
    if response.status_code == 302:
        return response["Location"].partition("?")[0] not in {"/admin/", "/admin/login/"}
    return response.status_code == 200


def leads_to_sign_in(response) -> bool:
    """Without a word, not even in the address."""
    is_led = response.status_code == 302 and response["Location"].startswith("/admin/login/?next=")
    return is_led and not response.content and not names_what_is_hidden(response)


def is_write(query) -> bool:
    return query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))


def names_what_is_hidden(response) -> bool:
    where = response.headers.get("Location", "")
    return SECRET.lower() in (response.getvalue().decode(errors="replace") + where).lower()


def addresses(patterns, before=""):
    for each in patterns:
        if hasattr(each, "url_patterns"):
            yield from addresses(each.url_patterns, before + str(each.pattern))
        elif each.name or not str(each.pattern).endswith("<path:object_id>/"):
            yield each.name or str(each.pattern)


class EveryAddress(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.world = World()
        cls.people = cls.world.people()

    def walk(self, letter):
        wrong, leaks = [], []
        for page, what, *allowed in ROWS:
            for method, letters in zip(("get", "post"), allowed, strict=True):
                if letters == SKIPPED:
                    continue
                response = self.ask(method, page, what)
                expected = letters != NOBODY and letter in letters
                if is_allowed(response) != expected:
                    wrong.append((method, page, what, response.status_code))
                if letter in LIMITED and names_what_is_hidden(response):
                    leaks.append((method, page, what))
        return wrong, leaks

    def ask(self, method, page, what):
        address = self.world.address(page, what)
        with undone():
            return getattr(self.client, method)(
                address, SENT.get(page.split()[0], {}) if method == "post" else {}
            )

    def test_nothing_hidden_is_named_where_it_is_looked_for(self):
        """By words, filters and choices, of every list and every choosing field there is."""
        for letter in LIMITED:
            self.client.force_login(self.people[letter])
            for address in [*LOOKED_FOR, *self._boards(), *every_choice(), self._change_on_site()]:
                response = self.client.get(address)
                assert response.status_code < 500, address
                assert not names_what_is_hidden(response), (letter, address)
        self.client.force_login(self.people["v"])
        found = [address for address in LOOKED_FOR if names_what_is_hidden(self.client.get(address))]
        assert len(found) > len(LOOKED_FOR) / 2  # so that it is really there to be found

    def test_what_visitors_may_do(self):
        """They are sent to the sign-in from everywhere, whatever they send; nothing is shown and nothing written."""
        wrong = []
        for page, what, *_ in ROWS:
            for method in ("get", "post"):
                with CaptureQueriesContext(connection) as asked:
                    response = self.ask(method, page, what)
                if not leads_to_sign_in(response) or any(map(is_write, asked)):
                    wrong.append((method, page, what, response.status_code))
        self.assertEqual(wrong, [])

    def test_visitors_find_nothing_by_words_and_choices(self):
        for address in [*LOOKED_FOR, *self._boards(), *every_choice(), "/admin/nowhere/"]:
            assert leads_to_sign_in(self.client.get(address)), address
        for address in (reverse("admin:login"), self._change_on_site()):
            assert not names_what_is_hidden(self.client.get(address)), address

    def _change_on_site(self):
        live, change = (self.world.found[f"other {name}"] for name in ("live", "change"))
        return f"{live.get_absolute_url()}?change={change.pk}"

    def _boards(self):
        board = reverse("admin:publications_topic_board", args=[self.world.coast.pk])
        return [f"{board}?part=found&q={PART}", f"{board}?at=now", f"{board}?part=top"]

    def test_every_address_stands_in_the_table(self):
        named = {page.split()[0] for page, *_ in ROWS}
        there = {
            name.removeprefix("publications_").removeprefix("auth_")
            for name in addresses(admin.site.get_urls())
        }
        assert there == named | NOT_IN_TABLE


def _walk(letter):
    def test(self):
        self.client.force_login(self.people[letter])
        self.assertEqual(self.walk(letter), ([], []))

    return test


for _letter, _words in PEOPLE.items():
    setattr(EveryAddress, f"test_what_{_words.replace(' ', '_')}_may_do", _walk(_letter))


@pytest.mark.django_db
@pytest.mark.parametrize("make", HIDDEN[:2], ids=["draft", "scheduled"])
def test_readers_pages_show_what_is_hidden_to_those_of_its_topic_alone(client, make):
    hidden = Hidden(make)
    client.force_login(make_role(make_topic("Space"), 3))
    for address in hidden.own_addresses():
        assert client.get(address).status_code == 404, address
    for address in hidden.lists():
        assert_says_nothing(client, address)
    for address in [*hidden.lists(), *hidden.own_addresses()]:
        assert_says_nothing(client, f"{address}{'&' if '?' in address else '?'}at=2999-01-01")
    client.force_login(make_role(hidden.topic))
    for address in (hidden.item.get_absolute_url(), hidden.file.get_absolute_url()):
        assert client.get(address).status_code == 200
    assert hidden.item.title in client.get("/publications/").content.decode()
    then = client.get("/publications/?at=2999-01-01").content.decode()
    assert (hidden.item.title in then) == (make is make_scheduled)
