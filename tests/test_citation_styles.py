# The references on a publication's page, word for word: APA 7, Chicago 17 (author-date) and MLA 9.
import html
import re
from datetime import UTC, datetime

import pytest

from tests.factories import make_draft, make_person, make_publication, make_staff, make_withdrawn

pytestmark = pytest.mark.django_db
WHEN = datetime(2026, 9, 3, 9, 0, tzinfo=UTC)
ADDRESS = "http://testserver/publications/wall/"


@pytest.fixture(autouse=True)
def institution(settings):
    settings.TOPICHUB_SITE_NAME = "Skerry Institute"


def cite(client, *names, title="The wall", **fields):
    """The references as they stand on the page, by style."""
    publication = make_publication(
        title, **{"slug": "wall", "published_at": WHEN, "authors": [person(name) for name in names]} | fields
    )
    return on_page(client, publication)


def on_page(client, publication):
    page = client.get(publication.get_absolute_url()).content.decode()
    found = re.findall(
        r'<h3 class="label">(\w+)</h3>\s*<pre lang="en" dir="auto">(.*?)</pre>', page, re.DOTALL
    )
    return {style: html.unescape(text) for style, text in found}


def person(name):
    """“Corrow, Ines van der” as a library files it; a name without a comma is an organisation's."""
    family, _, given = name.partition(", ")
    if not given:
        return make_person(name, is_organisation=True)
    return make_person(f"{given} {family}", sort_name=name)


def test_report_with_number_and_doi(client):
    assert cite(
        client, "Aldane, Henrike", report_number="SI-R-41", doi="10.5555/si.41", subtitle="Twelve towns"
    ) == {
        "APA": "Aldane, H. (2026). The wall: Twelve towns (Report No. SI-R-41). Skerry Institute. "
        "https://doi.org/10.5555/si.41",
        "Chicago": "Aldane, Henrike. 2026. The wall: Twelve towns. Report SI-R-41. Skerry Institute. "
        "https://doi.org/10.5555/si.41.",
        "MLA": "Aldane, Henrike. The wall: Twelve towns. Report SI-R-41, Skerry Institute, 3 Sept. 2026, "
        "https://doi.org/10.5555/si.41.",
    }


def test_brief_says_what_it_is(client):
    assert cite(client, "Aldane, Henrike", type="research-brief", title="Who pays?") == {
        "APA": f"Aldane, H. (2026). Who pays? [Research Brief]. Skerry Institute. {ADDRESS}",
        "Chicago": f"Aldane, Henrike. 2026. Who pays? Research Brief. Skerry Institute. {ADDRESS}.",
        "MLA": f"Aldane, Henrike. Who pays? Research Brief, Skerry Institute, 3 Sept. 2026, {ADDRESS}.",
    }


def test_commentary_has_its_title_in_quotation_marks_and_its_day(client):
    assert cite(client, "Aldane, Henrike", type="commentary", title="A “wall” is not a plan") == {
        "APA": f"Aldane, H. (2026, September 3). A “wall” is not a plan. Skerry Institute. {ADDRESS}",
        "Chicago": "Aldane, Henrike. 2026. “A ‘wall’ is not a plan.” Commentary, Skerry Institute, "
        f"September 3, 2026. {ADDRESS}.",
        "MLA": "Aldane, Henrike. “A ‘wall’ is not a plan.” Skerry Institute, 3 Sept. 2026, "
        f"{ADDRESS}. Commentary.",
    }


def test_news_release_without_author_is_the_institutions_own(client):
    assert cite(client, type="news-release") == {
        "APA": f"Skerry Institute. (2026, September 3). The wall [News Release]. {ADDRESS}",
        "Chicago": f"Skerry Institute. 2026. “The wall.” News Release, September 3, 2026. {ADDRESS}.",
        "MLA": f"“The wall.” Skerry Institute, 3 Sept. 2026, {ADDRESS}. News Release.",
    }


def test_tool_by_the_institution_names_it_once(client):
    assert cite(client, "Skerry Institute", type="tool") == {
        "APA": f"Skerry Institute. (2026). The wall [Tool]. {ADDRESS}",
        "Chicago": f"Skerry Institute. 2026. The wall. Tool. {ADDRESS}.",
        "MLA": f"The wall. Tool, Skerry Institute, 3 Sept. 2026, {ADDRESS}.",
    }


def by(references):
    """The authors alone, as each style gives them."""
    return {style: re.split(r" \(2026\)| 2026\.| The wall\.", text)[0] for style, text in references.items()}


@pytest.mark.parametrize(
    ("names", "apa", "chicago", "mla"),
    [
        (
            ["Corrow, Ines van der", "Aldane, Jean-Pierre B."],
            "van der Corrow, I., & Aldane, J.-P. B.",
            "Corrow, Ines van der, and Jean-Pierre B. Aldane.",
            "Corrow, Ines van der, and Jean-Pierre B. Aldane.",
        ),
        (
            ["Aldane, H.B.", "Lind, Åsa", "Port Board"],
            "Aldane, H. B., Lind, Å., & Port Board.",
            "Aldane, H.B., Åsa Lind, and Port Board.",
            "Aldane, H.B., et al.",
        ),
        (
            ["Port Board", "Lind, Åsa"],
            "Port Board, & Lind, Å.",
            "Port Board and Åsa Lind.",
            "Port Board and Åsa Lind.",
        ),
        (
            ["علي, محمد", "Иванова, Анна"],
            "علي, محمد, & Иванова, А.",
            "علي, محمد, and Анна Иванова.",
            "علي, محمد, and Анна Иванова.",
        ),
    ],
)
def test_two_three_and_unlike_authors(client, names, apa, chicago, mla):
    assert by(cite(client, *names)) == {"APA": apa, "Chicago": chicago, "MLA": mla}


def test_name_of_one_word_keeps_its_order(client):
    author = make_person("李明", sort_name="李, 明")
    assert by(cite(client, authors=[author])) == {"APA": "李明.", "Chicago": "李明.", "MLA": "李明."}


def test_suffix_stands_last(client):
    author = make_person("Tam Verrall Jr.", sort_name="Verrall, Tam, Jr.")
    assert by(cite(client, authors=[author])) == {
        "APA": "Verrall, T., Jr.",
        "Chicago": "Verrall, Tam, Jr.",
        "MLA": "Verrall, Tam, Jr.",
    }


def test_many_authors_are_shortened_as_each_style_does(client):
    names = [f"Family{chr(65 + number)}, Given" for number in range(21)]
    references = by(cite(client, *names))
    assert references["APA"] == (
        ", ".join(f"Family{letter}, G." for letter in "ABCDEFGHIJKLMNOPQRS") + ", . . . FamilyU, G."
    )
    assert references["Chicago"] == (
        "FamilyA, Given, " + ", ".join(f"Given Family{letter}" for letter in "BCDEFG") + ", et al."
    )
    assert references["MLA"] == "FamilyA, Given, et al."


def test_twenty_authors_stand_in_full_in_apa(client):
    references = by(cite(client, *(f"Family{chr(65 + number)}, Given" for number in range(20))))
    assert references["APA"].count("Family") == 20
    assert references["APA"].endswith("FamilyS, G., & FamilyT, G.")


def test_withdrawn_item_says_so_in_every_style(client):
    publication = make_withdrawn("Wrong sums?", slug="wall", published_at=WHEN, report_number="7")
    assert on_page(client, publication) == {
        "APA": f"Skerry Institute. (2026). Wrong sums? [withdrawn] (Report No. 7). {ADDRESS}",
        "Chicago": f"Skerry Institute. 2026. Wrong sums? [withdrawn]. Report 7. {ADDRESS}.",
        "MLA": f"Wrong sums? [withdrawn]. Report 7, Skerry Institute, 3 Sept. 2026, {ADDRESS}.",
    }


def test_item_without_a_date_has_none(client):
    publication = make_draft("Early", slug="wall")
    client.force_login(make_staff("Author"))
    assert on_page(client, publication) == {
        "APA": f"Skerry Institute. (n.d.). Early. {ADDRESS}",
        "Chicago": f"Skerry Institute. n.d. Early. Report. {ADDRESS}.",
        "MLA": f"Early. Report, Skerry Institute, {ADDRESS}.",
    }


def test_day_is_that_of_the_sites_time_zone(client, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    late = datetime(2025, 12, 31, 20, 0, tzinfo=UTC)
    assert "(2026, January 1)" in cite(client, type="commentary", published_at=late)["APA"]


def test_doi_becomes_an_address_that_leads_to_it(client):
    text = cite(client, doi="10.5555/(si)41:2<a>#1%20é")["APA"]
    assert text.endswith(" https://doi.org/10.5555/(si)41:2%3Ca%3E%231%2520%C3%A9")


def test_words_of_editors_are_shown_not_run(client):
    page = cite(client, title="<script>alert(1)</script>")
    assert page["MLA"].startswith("<script>alert(1)</script>. Report")
    assert "<script>alert" not in client.get("/publications/wall/").content.decode()


def test_page_leads_to_the_three_files(client):
    publication = make_publication("The wall", slug="wall")
    page = client.get(publication.get_absolute_url()).content.decode()
    for form in ("bib", "ris", "json"):
        assert f'href="/publications/wall/cite.{form}"' in page
    assert '<a class="button quiet" href="#cite">Cite this</a>' in page
