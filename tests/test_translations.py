# The catalogues of translations: whole, compiled, in step with the source, and used by every page.
import gettext
import re
from io import BytesIO
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from django.utils import translation

from publications.site.markup.numbers import count
from scripts import messages
from tests.factories import make_file, make_publication, make_topic

CATALOGUES = messages.written_catalogues()
LANGUAGES = [path.parent.parent.name for path in CATALOGUES]
PLACEHOLDER = re.compile(r"%\(\w+\)s")
TAG = re.compile(r"<[^>]+>")
# What is written alike in every language, between the tags of templates.
NAMES = {
    "BibTeX",
    "bib",
    "RIS",
    "ris",
    "CSL",
    "JSON",
    "json",
    "CSV",
    "https",
    "doi",
    "org",
    "topichub",
    "unAPI",
}
WORDS_OF_A_TEMPLATE = [
    path for path in messages.source_files() if path.suffix == ".html" and "templates" in path.parts
]


@pytest.fixture(scope="module")
def template():
    return messages.extract_messages()


@pytest.fixture(params=CATALOGUES, ids=LANGUAGES)
def path(request):
    return request.param


@pytest.fixture
def catalog(path):
    return messages.read_catalogue(path)


def forms(message):
    return list(message.string if message.pluralizable else [message.string])


def test_german_french_and_arabic_are_there():
    assert {"ar", "de", "fr"} <= set(LANGUAGES)


def test_extraction_knows_python_templates_plurals_and_contexts(template):
    assert template.get("Key findings") and template.get("Skip to main content")
    assert template.get("Published", context="state")
    assert template.get("%(number)s publication").pluralizable


def test_catalogue_holds_the_sentences_of_the_source_and_no_others(catalog, template):
    """After a change of a sentence: `make messages`, and a translation in each language."""
    assert sentences(catalog) == sentences(template)


def sentences(catalog):
    return {(message.context, message.id) for message in catalog if message.id}


def test_every_sentence_has_a_whole_translation(catalog):
    assert messages.missing(catalog) == []


def test_compiled_catalogue_equals_the_written_one(path, catalog):
    assert path.with_suffix(".mo").read_bytes() == messages.compiled(catalog)


def test_sentence_without_a_translation_stays_english(template):
    begun = Catalog(locale="es")
    begun.update(template)
    begun.get("Key findings").string = "Conclusiones"
    spanish = gettext.GNUTranslations(BytesIO(messages.compiled(begun)))
    assert spanish.gettext("Key findings") == "Conclusiones"
    assert spanish.gettext("Cite this") == "Cite this"
    assert spanish.ngettext("%(n)s page", "%(n)s pages", 2) == "%(n)s pages"


def test_every_form_of_the_plural_is_for_some_number(catalog):
    form_of = gettext.c2py(catalog.plural_expr)
    assert {form_of(number) for number in range(200)} == set(range(catalog.num_plurals))
    assert catalog.num_plurals == (6 if str(catalog.locale) == "ar" else catalog.num_plurals)


def test_translations_fill_the_same_places_with_the_same_tags(catalog):
    """Forms for few may write the number as a word; the form for many has all that the source has."""
    for message in catalog:
        if not message.id:
            continue
        source = message.id[-1] if message.pluralizable else message.id
        *few, many = forms(message)
        for parts in (_places, _tags):
            assert parts(many) == parts(source), many
            assert all(parts(form) <= parts(source) for form in few), few


def _places(text):
    return set(PLACEHOLDER.findall(text)) | {name for _, name, _, _ in Formatter().parse(text) if name}


def _tags(text):
    return {re.sub(r"\s+", " ", tag) for tag in TAG.findall(text)}


@pytest.mark.parametrize("path", WORDS_OF_A_TEMPLATE, ids=lambda path: path.name)
def test_template_has_no_word_that_cannot_be_translated(path):
    text = path.read_text()
    text = re.sub(r"{% (blocktranslate|comment)\b.*?{% end\1 %}", "", text, flags=re.DOTALL)
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", text)
    said = re.findall(r'\b(?:aria-label|placeholder|title|alt|data-[\w-]+)="([^"]*)"', text)
    said.append(re.sub(r"<!--.*?-->|<svg.*?</svg>|<[^>]*>", " ", text, flags=re.DOTALL))
    assert set(re.findall(r"[^\W\d_]{2,}", " ".join(said))) <= NAMES


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "direction", "words"),
    [
        ("de", "", ["Publikationen", "14. Okt. 2016", "1 Publikation seit 2016", "Zum Hauptinhalt springen"]),
        ("fr", "", ["Thèmes", "14 oct. 2016", "1 publication depuis 2016", "Aller au contenu principal"]),
        ("ar", ' dir="rtl"', ["المنشورات", "14 أكتوبر 2016", "منشور واحد منذ عام 2016", "الأحدث أولًا"]),
    ],
)
def test_site_speaks_the_language_of_its_setting(client, settings, language, direction, words):
    settings.LANGUAGE_CODE = language
    make_publication("Wall", topics=[make_topic("Coast")], published_at="2016-10-14T12:00Z")
    html = client.get("/topics/coast/").content.decode()
    assert f'<html lang="{language}"{direction}>' in html
    for word in words:
        assert word in html
    assert not client.get("/topics/coast/").cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "size"), [("en-gb", "1.5 MB"), ("de", "1,5 MB"), ("fr", "1,5 Mio"), ("ar", "1.5 م.ب")]
)
def test_numbers_take_the_marks_of_the_language(client, language, size):
    make_file(make_publication("Wall"), content=b"%PDF" + bytes(1572864))
    with translation.override(language):
        assert size in client.get("/publications/wall/").content.decode().replace("\xa0", " ")


@pytest.mark.parametrize(
    ("language", "written"), [("en-gb", "12,345"), ("de", "12.345"), ("fr", "12\xa0345"), ("ar", "12,345")]
)
def test_large_counts_have_thousands(language, written):
    with translation.override(language):
        assert written in count(12345)


@pytest.mark.django_db
def test_labels_stay_as_editors_wrote_them(client):
    """German nouns are capital wherever they stand."""
    make_file(make_publication("Wall"), label="Anhang B")
    with translation.override("de"):
        assert "Herunterladen: Anhang B" in client.get("/publications/wall/").content.decode()
