# One text in several languages: what joins its publications, what readers and machines are told of it, and
# that words say which language they are in wherever they stand.
import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from publications import languages
from publications.models import Publication
from tests.factories import (
    make_draft,
    make_featured,
    make_file,
    make_person,
    make_publication,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
)
from tests.forms import errors, submit
from tests.importing import row, take_in

pytestmark = pytest.mark.django_db
HUB = "http://testserver"
NAMES = {"": "http://www.sitemaps.org/schemas/sitemap/0.9", "xhtml": "http://www.w3.org/1999/xhtml"}


@pytest.fixture
def wall():
    return make_publication("The wall", summary="Who pays.")


@pytest.fixture
def group(wall):
    """The wall with its German, French and Arabic translations."""
    titles = {"de": "Die Mauer", "fr": "Le mur", "ar": "الجدار"}
    slugs = {"de": "die-mauer", "fr": "le-mur", "ar": "aljidar"}
    others = [
        make_publication(title, language=code, slug=slugs[code], translation_of=wall)
        for code, title in titles.items()
    ]
    return [wall, *others]


def html_of(client, publication):
    return client.get(publication.get_absolute_url()).content.decode()


def also_in(html):
    line = re.search(r'<p class="byline">Also in: (.*?)</p>', html)
    return re.findall(r'<a href="([^"]+)" hreflang="([^"]+)" lang="[^"]+" dir="([^"]+)">([^<]+)', line[1])


def alternates(html):
    return re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html)


@pytest.mark.parametrize(
    ("code", "name", "direction"),
    [
        ("fr", "Français", "ltr"),
        ("ar", "العربيّة", "rtl"),
        ("pt-BR", "Português Brasileiro", "ltr"),
        ("zh-Hans", "简体中文", "ltr"),
        ("de-AT", "Deutsch", "ltr"),
        ("az-Arab", "Azərbaycanca", "rtl"),
        ("ar-Latn", "العربيّة", "ltr"),
        ("sm", "sm", "ltr"),
    ],
)
def test_language_is_known_by_its_own_name_and_direction(code, name, direction):
    assert (languages.native_name(code), languages.direction(code)) == (name, direction)


@pytest.mark.parametrize(
    ("site", "tag"), [("en-gb", "en"), ("de-de", "de"), ("zh-hans", "zh-hans"), ("ar", "ar")]
)
def test_nothing_said_is_the_language_of_the_site(settings, site, tag):
    settings.LANGUAGE_CODE = site
    assert languages.tag("") == tag
    assert languages.tag("pt-BR") == "pt-BR"
    assert languages.is_same("", tag) and languages.is_same(site, tag)
    assert not languages.is_same("", "fr")


def test_each_page_leads_to_the_others_by_their_own_names(client, group):
    wall, german, french, arabic = group
    assert also_in(html_of(client, wall)) == [
        (arabic.get_absolute_url(), "ar", "rtl", "العربيّة"),
        (german.get_absolute_url(), "de", "ltr", "Deutsch"),
        (french.get_absolute_url(), "fr", "ltr", "Français"),
    ]
    assert [name for *_, name in also_in(html_of(client, french))] == ["English", "العربيّة", "Deutsch"]


def test_item_in_one_language_says_nothing_of_others(client, wall):
    html = html_of(client, wall)
    assert "Also in:" not in html
    assert alternates(html) == []
    assert "workTranslation" not in html


def test_head_names_every_language_its_own_and_the_original_for_all_others(client, group):
    wall, german, french, arabic = group
    expected = [
        ("en", wall),
        ("ar", arabic),
        ("de", german),
        ("fr", french),
        ("x-default", wall),
    ]
    expected = [(code, HUB + item.get_absolute_url()) for code, item in expected]
    assert [alternates(html_of(client, item)) for item in group] == [expected] * 4
    html = html_of(client, german)
    assert '<meta property="og:locale" content="de">' in html
    assert re.findall(r'"og:locale:alternate" content="([^"]+)"', html) == ["en", "ar", "fr"]


def test_graph_tells_the_original_from_its_translations(client, group):
    wall, german, *_ = group

    def work(item):
        graph = json.loads(re.search(r'ld\+json">(.*?)</script>', html_of(client, item))[1])["@graph"]
        return next(node for node in graph if node.get("@id", "").endswith("#work"))

    translations = [(one["@id"], one["inLanguage"]) for one in work(wall)["workTranslation"]]
    assert (work(german)["@id"], "de") in translations
    assert len(translations) == 3
    assert work(german)["translationOfWork"]["@id"] == work(wall)["@id"]
    assert "workTranslation" not in work(german)


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_what_readers_do_not_find_is_named_nowhere(client, wall, make):
    make_publication("Le mur", language="fr", translation_of=wall)
    make("Geheimnis", language="de", slug="geheimnis", translation_of=wall)
    for address in (
        "/publications/the-wall/",
        "/publications/le-mur/",
        "/publications/le-mur/index.md",
        "/sitemap-publications.xml",
    ):
        text = client.get(address).content.decode()
        assert "geheimnis" not in text.lower(), address
        assert 'hreflang="de"' not in text


def test_hidden_original_is_no_default_and_the_translations_still_find_each_other(client, group):
    wall, german, french, arabic = group
    Publication.objects.filter(pk=wall.pk).update(state="draft")
    html = html_of(client, german)
    assert [name for *_, name in also_in(html)] == ["العربيّة", "Français"]
    assert [code for code, _ in alternates(html)] == ["ar", "de", "fr"]
    assert "translationOfWork" not in html


def test_page_of_a_hidden_item_offers_search_engines_no_languages(client, wall):
    draft = make_draft("Le mur", language="fr", translation_of=wall)
    client.force_login(make_staff("Editor"))
    html = html_of(client, draft)
    assert [name for *_, name in also_in(html)] == ["English"]
    assert alternates(html) == []


def test_related_work_leaves_out_the_same_text_in_other_languages(client):
    coast = make_topic("Coast")
    wall = make_publication("The wall", topics=[coast])
    make_publication("Le mur", language="fr", topics=[coast], translation_of=wall)
    make_publication("Tides", topics=[coast])
    html = html_of(client, wall)
    related = html[html.index("Related work") :]
    assert "Tides" in related
    assert "Le mur" not in related


def test_twin_in_markdown_leads_to_the_twins_in_other_languages(client, group):
    wall, german, *_ = group
    text = client.get(f"{german.get_absolute_url()}index.md").content.decode()
    assert "Language: Deutsch" in text
    assert f"Other languages: [English]({HUB}{wall.get_absolute_url()}index.md), [العربيّة](" in text


def test_sitemap_names_the_languages_of_each_item_that_has_several(client, group):
    make_publication("Alone")
    root = ElementTree.fromstring(client.get("/sitemap-publications.xml").content)
    links = {
        url.findtext("loc", namespaces=NAMES): [
            (link.get("hreflang"), link.get("href")) for link in url.findall("xhtml:link", NAMES)
        ]
        for url in root
    }
    assert links.pop(f"{HUB}/publications/alone/") == []
    assert len(links) == 4
    html = html_of(client, group[0])
    assert all(found == alternates(html) for found in links.values())


def test_sitemap_names_the_languages_of_items_filed_in_another_order_than_dated(client):
    later, earlier = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    wall = make_publication("The wall", published_at=later)
    make_publication("Le mur", language="fr", translation_of=wall, published_at=earlier)
    root = ElementTree.fromstring(client.get("/sitemap-publications.xml").content)
    links = [link.get("hreflang") for link in root.iterfind("*/xhtml:link", NAMES)]
    assert sorted(links) == ["en", "en", "fr", "fr", "x-default", "x-default"]


# Rules


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (lambda wall, german, item: {"translation_of": german}, "translation_of", "is a translation itself"),
        (lambda wall, german, item: {"translation_of": item}, "translation_of", "no translation of itself"),
        (lambda wall, german, item: {"translation_of": wall, "language": "de"}, "language", "“Die Mauer”"),
        (lambda wall, german, item: {"translation_of": wall, "language": "DE"}, "language", "“Die Mauer”"),
        (lambda wall, german, item: {"translation_of": wall, "language": ""}, "language", "“The wall”"),
        (lambda wall, german, item: {"translation_of": wall, "language": "en"}, "language", "“The wall”"),
    ],
)
def test_translation_is_of_an_original_and_in_a_language_of_its_own(group, change, field, words):
    wall, german, *_ = group
    item = make_publication("Il muro", language="it")
    for name, value in change(wall, german, item).items():
        setattr(item, name, value)
    with pytest.raises(ValidationError) as caught:
        item.clean()
    assert words in caught.value.message_dict[field][0]


def test_original_keeps_its_place_and_its_language(group):
    wall, german, *_ = group
    wall.language = "de"
    with pytest.raises(ValidationError, match="“Die Mauer” is in this language already"):
        wall.clean()
    wall.language, wall.translation_of = "", make_publication("Older", language="it")
    with pytest.raises(ValidationError, match="Others are translations of this item"):
        wall.clean()
    Publication.objects.get(pk=german.pk).clean()


def test_editors_join_translations_in_the_form_and_are_told_what_is_wrong(client, group):
    wall, german, *_ = group
    item = make_draft("Il muro")
    client.force_login(make_staff("Editor"))
    address = f"/admin/publications/publication/{item.pk}/change/"
    refused = errors(submit(client, address, translation_of=str(wall.pk), language="de"))
    assert refused == {"language": ["“Die Mauer” is in this language already; say which one this is in."]}
    assert submit(client, address, translation_of=str(wall.pk), language="it").status_code == 302
    item.refresh_from_db()
    assert (item.translation_of, item.language) == (wall, "it")


def test_database_refuses_two_translations_in_one_language(wall):
    make_publication(language="fr", translation_of=wall)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_publication(language="fr", translation_of=wall)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=wall.pk).update(translation_of=wall)


def test_import_joins_translations_by_id_or_doi(tmp_path):
    rows = [
        row("Le mur", language="fr", translation_of="wall"),
        row("Die Mauer", language="de", translation_of="10.5555/wall"),
        row("The wall", id="wall", doi="10.5555/wall"),
    ]
    assert take_in(tmp_path, *rows).status == 0
    wall = Publication.objects.get(title="The wall")
    assert {item.title for item in wall.translations.all()} == {"Le mur", "Die Mauer"}
    assert "unchanged 3" in take_in(tmp_path, *rows).text
    rows[0]["translation_of"] = None
    assert "updated 1" in take_in(tmp_path, *rows).text
    assert [item.title for item in wall.translations.all()] == ["Die Mauer"]


def test_import_says_which_translation_it_could_not_join(tmp_path):
    done = take_in(
        tmp_path,
        row("Lost", language="fr", translation_of="nobody"),
        row("Le mur", id="mur", language="fr", translation_of="wall"),
        row("Encore", language="fr", translation_of="wall"),
        row("Chain", language="it", translation_of="mur"),
        row("The wall", id="wall"),
    )
    assert "row 1: translation_of: there is no item with the id or DOI “nobody”" in done.text
    assert "row 3: translation_of: “Le mur” is in this language already" in done.text
    assert "row 4: translation_of: “Le mur” is a translation itself" in done.text
    assert Publication.objects.filter(translation_of__isnull=False).count() == 1


# Words in another language than the page's, wherever they stand


def test_foreign_words_say_their_language_and_direction_everywhere(client):
    coast = make_topic("Coast", slots=3)
    ada = make_person("Ada Brook")
    fields = {"topics": [coast], "language": "ar", "authors": [ada]}
    lead = make_publication("مرافئ", summary="ملخص", slug="harbours", **fields)
    make_publication("رفيق", summary="ملخص", slug="companion", type="tool", lead=lead, **fields)
    make_featured(coast, lead)
    make_publication("Near", topics=[coast])
    make_file(lead, label="Full text", language="ar")
    for address in (
        "/",
        "/topics/coast/",
        "/publications/",
        "/people/ada-brook/",
        "/types/report/",
        "/publications/near/",
    ):
        html = client.get(address).content.decode()
        main = html[html.index("<main") :]
        # Directly around the words, or around the link they are.
        around = re.findall(r'<[^>]+lang="ar" dir="rtl">(?:<a [^>]*>)?(?:مرافئ|رفيق|ملخص)', main)
        assert len(around) == len(re.findall("مرافئ|رفيق|ملخص", main)) > 0, address
    html = client.get("/publications/harbours/").content.decode()
    assert '<h1 lang="ar" dir="rtl">مرافئ</h1>' in html
    assert 'lang="ar" dir="rtl">رفيق</a>' in html
    assert '<bdi lang="ar" dir="rtl">العربيّة</bdi>' in html


def test_feeds_say_the_language_of_each_entry(client):
    make_publication("مرافئ", language="ar", slug="harbours")
    make_publication("Near")
    atom = ElementTree.fromstring(client.get("/publications/feed.atom").content)
    xml_lang = "{http://www.w3.org/XML/1998/namespace}lang"
    entries = atom.findall("{http://www.w3.org/2005/Atom}entry")
    assert atom.get(xml_lang) == "en-gb"
    assert sorted(entry.get(xml_lang, "") for entry in entries) == ["", "ar"]
    items = client.get("/publications/feed.json").json()["items"]
    assert sorted(item.get("language", "") for item in items) == ["", "ar"]
