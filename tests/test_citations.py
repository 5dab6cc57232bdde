# References: what parsers of others read back from the files, and what the styles say in words.
import json
from datetime import UTC, datetime

import pytest
import rispy
from pybtex.database import parse_string
from pylatexenc.latex2text import LatexNodes2Text

from publications.models import ContentType
from tests.factories import (
    make_draft,
    make_file,
    make_person,
    make_publication,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
)

pytestmark = pytest.mark.django_db
WHEN = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
# All that the schema of CSL 1.0.2 allows and a citation of ours may hold.
CSL_KEYS = {
    *("id", "type", "title", "author", "issued", "genre", "number", "publisher", "container-title"),
    *("DOI", "URL", "abstract", "keyword", "language", "note"),
}
CSL_NAME_KEYS = {"family", "given", "non-dropping-particle", "suffix", "literal"}
TITLES = [
    "Braces {in} a title and one } alone",
    "100% of $5 & #3 for a_b ~ c^d \\ e",
    '“Quotes” and "straight" ones, l\'été à Évreux',
    "Ports 中文 and مرافئ هادئة",
    "Entities stay: &amp; &lt;b&gt; &eacute;",
    "NATO, the iPhone and McKay: A Baltic question? Yes, Baltic",
    "مرافئ هادئة",
    "<script>alert(1)</script>",
    "TY  - JOUR and ER  - in a title",
    "@misc{fake, title = {x}}",
]


def bib(client, publication):
    text = client.get(f"{publication.get_absolute_url()}cite.bib").content.decode()
    (entry,) = parse_string(text, "bibtex").entries.values()
    return entry


def ris(client, publication):
    (record,) = rispy.loads(client.get(f"{publication.get_absolute_url()}cite.ris").content.decode())
    return record


def csl(client, publication):
    (item,) = json.loads(client.get(f"{publication.get_absolute_url()}cite.json").content)
    return item


def words(latex):
    # This parser does not know braces by their names, and takes \textasciicircum for an accent.
    latex = latex.replace(r"{\textbraceleft}", r"\{").replace(r"{\textbraceright}", r"\}")
    return LatexNodes2Text(strict_latex_spaces=True).latex_to_text(latex).replace("ˆ", "^")


def formatted(client, publication):
    """The three references of the page by their style, as a reader would copy them."""
    context = client.get(publication.get_absolute_url()).context
    return {reference.style: reference.text for reference in context["references"]}


@pytest.mark.parametrize("title", TITLES)
def test_title_and_summary_are_read_back_equal_from_every_format(client, title):
    publication = make_publication(title, subtitle="what {we} found_", summary=f"Of {title}.\nMore.")
    title = " ".join(title.split())
    joined, summary = f"{title}: what {{we}} found_", f"Of {title}. More."
    entry, record, item = bib(client, publication), ris(client, publication), csl(client, publication)
    assert words(entry.fields["title"]) == record["title"] == item["title"] == joined
    assert words(entry.fields["abstract"]) == record["abstract"] == item["abstract"] == summary


def test_report_carries_all_that_identifies_it(client):
    publication = make_publication(
        "Who pays for the wall?",
        subtitle="Twelve towns",
        report_number="SI_R-2026-041",
        doi="10.5555/si_r.2026%41",
        published_at=WHEN,
        authors=[make_person("Ines Corrow")],
        topics=[make_topic("Coasts & seas"), make_topic("Money")],
        language="fr",
    )
    file = make_file(publication)
    address = f"http://testserver{publication.get_absolute_url()}"
    entry, record, item = bib(client, publication), ris(client, publication), csl(client, publication)
    assert entry.type == "techreport"
    assert entry.key == record["id"] == item["id"] == f"corrow2026-{publication.pk}"
    assert words(entry.fields["title"]) == "Who pays for the wall? Twelve towns"
    assert {name: entry.fields[name] for name in ("year", "month", "doi", "url", "institution", "type")} == {
        "year": "2026",
        "month": "November",
        "doi": "10.5555/si_r.2026%41",
        "url": address,
        "institution": "topichub",
        "type": "Report",
    }
    assert words(entry.fields["number"]) == record["issn"] == item["number"] == "SI_R-2026-041"
    assert words(entry.fields["keywords"]) == item["keyword"] == "Coasts & seas, Money"
    assert record["type_of_reference"] == "RPRT"
    assert record["type_of_work"] == item["genre"] == "Report"
    assert record["publisher"] == item["publisher"] == "topichub"
    assert (record["year"], record["date"]) == ("2026", "2026/11/12/")
    assert record["keywords"] == ["Coasts & seas", "Money"]
    assert (record["doi"], item["DOI"]) == (publication.doi, publication.doi)
    assert (record["urls"], item["URL"]) == ([address], address)
    assert record["file_attachments1"] == f"http://testserver{file.get_absolute_url()}"
    assert entry.fields["language"] == record["language"] == item["language"] == "fr"
    assert item["issued"] == {"date-parts": [[2026, 11, 12]]}


@pytest.mark.parametrize(
    ("slug", "types"),
    [
        ("report", ("techreport", "RPRT", "report")),
        ("research-brief", ("techreport", "RPRT", "report")),
        ("testimony", ("techreport", "RPRT", "report")),
        ("commentary", ("misc", "BLOG", "post-weblog")),
        ("news-release", ("misc", "ELEC", "webpage")),
        ("tool", ("misc", "COMP", "software")),
    ],
)
def test_each_family_is_filed_as_what_it_is(client, slug, types):
    publication = make_publication("A", type=slug)
    entry, record, item = bib(client, publication), ris(client, publication), csl(client, publication)
    assert (entry.type, record["type_of_reference"], item["type"]) == types
    name = ContentType.objects.get(slug=slug).name
    is_part_of_site = slug in {"commentary", "news-release"}
    assert item["container-title" if is_part_of_site else "publisher"] == "topichub"
    assert ("container-title" in item) == ("secondary_title" in record) == is_part_of_site
    assert ("publisher" in item) != is_part_of_site
    if entry.type == "misc":
        assert entry.fields["howpublished"] == f"{name}, topichub"
    else:
        assert entry.fields["type"] == name
    assert record["type_of_work"] == item["genre"] == name


def test_names_keep_their_parts_in_every_format(client):
    people = [
        make_person("Ines van der Corrow", sort_name="Corrow, Ines van der"),
        make_person("Ada de la Cruz Solano", sort_name="de la Cruz Solano, Ada"),
        make_person("Tam Verrall Jr.", sort_name="Verrall, Tam, Jr."),
        make_person("Ports, Docks and Shipping {Board}", is_organisation=True),
        make_person("李明", sort_name="李, 明"),
        make_person("محمد علي"),
        make_person("Plato"),
        make_person("bell hooks"),
    ]
    publication = make_publication("A", authors=people)
    entry, record, item = bib(client, publication), ris(client, publication), csl(client, publication)
    parts = [
        (" ".join(p.prelast_names), words(" ".join(p.last_names)), " ".join(p.first_names + p.lineage_names))
        for p in entry.persons["author"]
    ]
    assert parts == [
        ("van der", "Corrow", "Ines"),
        ("de la", "Cruz Solano", "Ada"),
        ("", "Verrall", "Tam Jr."),
        ("", "Ports, Docks and Shipping {Board}", ""),
        ("", "李", "明"),
        ("", "علي", "محمد"),
        ("", "Plato", ""),
        ("", "hooks", "bell"),
    ]
    assert record["authors"] == [
        "van der Corrow, Ines",
        "de la Cruz Solano, Ada",
        "Verrall, Tam, Jr.",
        "Ports, Docks and Shipping {Board}",
        "李, 明",
        "علي, محمد",
        "Plato",
        "hooks, bell",
    ]
    assert item["author"][:4] == [
        {"family": "Corrow", "given": "Ines", "non-dropping-particle": "van der"},
        {"family": "Cruz Solano", "given": "Ada", "non-dropping-particle": "de la"},
        {"family": "Verrall", "given": "Tam", "suffix": "Jr."},
        {"literal": "Ports, Docks and Shipping {Board}"},
    ]


def test_name_is_cited_as_the_publication_prints_it(client):
    publication = make_publication(
        "A", authors=[make_person("Ada Cruz Solano", sort_name="Cruz Solano, Ada"), make_person("Bo Lind")]
    )
    first, second = publication.authorships.all()
    first.name_as_printed, second.name_as_printed = "A. M. Cruz Solano", "Bo Osterley"
    first.save(), second.save()
    assert ris(client, publication)["authors"] == ["Cruz Solano, A. M.", "Osterley, Bo"]


def test_editors_and_translators_are_cited_only_where_nobody_else_wrote(client):
    publication = make_publication("A", authors=[make_person("Bo Lind"), make_person("Ada Cruz")])
    publication.authorships.filter(position=1).update(role="Editor")
    assert ris(client, publication)["authors"] == ["Lind, Bo"]
    publication.authorships.update(role="editor")
    assert ris(client, publication)["authors"] == ["Lind, Bo", "Cruz, Ada"]


@pytest.mark.parametrize("slug", ["report", "commentary", "news-release", "tool"])
def test_csl_json_holds_no_key_that_its_schema_does_not_know(client, slug):
    publication = make_withdrawn(
        "A", type=slug, subtitle="b", summary="c", doi="10.5555/a", report_number="7"
    )
    publication.topics.add(make_topic())
    publication.authorships.create(
        person=make_person("Ines van der Corrow", sort_name="Corrow, Ines van der")
    )
    item = csl(client, publication)
    assert set(item) <= CSL_KEYS
    assert {"id", "type"} <= set(item)
    assert set(item["author"][0]) <= CSL_NAME_KEYS


def test_bare_item_can_be_cited_without_empty_fields(client):
    publication = make_publication("Bare", published_at=WHEN)
    assert set(csl(client, publication)) == {
        *("id", "type", "title", "issued", "genre", "publisher", "URL", "language"),
    }
    assert "" not in bib(client, publication).fields.values()
    assert "authors" not in ris(client, publication)


def test_capitals_that_styles_would_lower_stand_in_braces(client):
    publication = make_publication("The NATO summit: How McKay and an iPhone met Baltic towns")
    assert (
        bib(client, publication).fields["title"]
        == "The {NATO} summit: How {McKay} and an {iPhone} met {Baltic} towns"
    )


def test_ris_is_laid_out_as_its_readers_demand(client):
    publication = make_publication("A", summary="One.\r\nTwo.\n\nTY  - JOUR")
    lines = client.get(f"{publication.get_absolute_url()}cite.ris").content.decode().split("\r\n")
    assert lines[0] == "TY  - RPRT"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(line[2:6] == "  - " for line in lines[:-1])
    assert not any("\n" in line for line in lines)


def test_files_have_their_media_type_a_name_and_a_link_to_their_page(client):
    numbered = make_publication("Numbered", report_number="SI-R 2026/041")
    plain = make_publication("Plain")
    types = {
        "bib": "application/x-bibtex; charset=utf-8",
        "ris": "application/x-research-info-systems; charset=utf-8",
        "json": "application/vnd.citationstyles.csl+json",
    }
    for form, media_type in types.items():
        response = client.get(f"/publications/numbered/cite.{form}")
        assert response["Content-Type"] == media_type
        assert response["Content-Disposition"] == f'attachment; filename="si-r-2026041.{form}"'
        assert response["Link"] == f'<http://testserver{numbered.get_absolute_url()}>; rel="describes"'
        disposition = client.get(f"{plain.get_absolute_url()}cite.{form}")["Content-Disposition"]
        assert disposition == f'attachment; filename="plain.{form}"'
    assert client.get("/publications/plain/cite.xml").status_code == 404
    assert client.post("/publications/plain/cite.bib").status_code == 405


def test_withdrawn_item_is_cited_as_withdrawn(client):
    withdrawn_at = datetime(2026, 11, 3, 12, tzinfo=UTC)
    publication = make_withdrawn("Wrong sums", notice="Table 2 was wrong.", withdrawn_at=withdrawn_at)
    make_file(publication)
    assert bib(client, publication).fields["note"] == "Withdrawn 3 November 2026"
    assert ris(client, publication)["notes"] == ["Withdrawn 3 November 2026"]
    assert "file_attachments1" not in ris(client, publication)
    assert csl(client, publication)["note"] == "Withdrawn 3 November 2026"
    assert all("Wrong sums [withdrawn]" in text for text in formatted(client, publication).values())


@pytest.mark.parametrize("make", [make_draft, make_scheduled])
def test_hidden_item_cannot_be_cited_but_by_staff(client, make):
    publication = make("Not yet")
    for form in ("bib", "ris", "json"):
        assert client.get(f"/publications/not-yet/cite.{form}").status_code == 404
    client.force_login(make_staff("Author"))
    for form in ("bib", "ris", "json"):
        response = client.get(f"{publication.get_absolute_url()}cite.{form}")
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]


def test_former_address_leads_to_the_same_file(client):
    publication = make_publication("A", slug="first")
    publication.slug = "second"
    publication.save()
    response = client.get("/publications/first/cite.ris?from=here")
    assert response.status_code == 301
    assert response["Location"] == "/publications/second/cite.ris?from=here"
