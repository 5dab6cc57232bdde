# What machines read in a page, read back by a program that knows nothing of ours, and by the rules of
# reference managers.
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from io import BytesIO

import extruct
import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.utils import timezone
from PIL import Image as Picture

from publications.models import Publication
from tests.factories import (
    jpeg,
    make_draft,
    make_entry,
    make_file,
    make_image,
    make_page,
    make_person,
    make_publication,
    make_staff,
    make_topic,
    make_withdrawn,
)

pytestmark = pytest.mark.django_db
HUB = "http://testserver"
ATTACK = "</script><script>alert(1)</script> & \"quotes\" <!-- 'x' \u2028 مرحبا"


class Head(HTMLParser):
    """The head of a page as a browser sees it: metas in their order, links, and the number of
    blocks of data or script."""

    def __init__(self, html):
        super().__init__()
        self.metas, self.links, self.blocks = [], [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "meta" and "content" in attributes:
            self.metas.append((attributes.get("name") or attributes.get("property"), attributes["content"]))
        elif tag == "link":
            self.links.append(attributes)
        elif tag == "script" and "src" not in attributes:
            self.blocks += 1

    def all(self, name):
        return [content for key, content in self.metas if key == name]

    def one(self, name):
        values = self.all(name)
        assert len(values) == 1, (name, values)
        return values[0]


def read(client, address):
    """(head, Open Graph by name, nodes of the graph by type)."""
    html = client.get(address).content.decode()
    found = extruct.extract(html, base_url=HUB + address, syntaxes=["json-ld", "opengraph"])
    (graph,) = found["json-ld"]
    nodes = {node["@type"]: node for node in graph["@graph"]}
    assert len(nodes) == len(graph["@graph"])
    (previews,) = found["opengraph"]
    return Head(html), dict(previews["properties"]), nodes


@pytest.fixture
def coast():
    return make_topic("Coast", description="Where land ends.")


@pytest.fixture
def wall(coast):
    wall = make_publication(
        "Who pays?",
        subtitle="Cost sharing in twelve towns",
        topics=[coast, make_topic("Walls & water")],
        authors=[
            make_person("Ines Corrow"),
            make_person("Abel Stannard"),
            make_person("Tide Office", is_organisation=True),
        ],
        published_at=datetime(2026, 3, 19, 9, 30, tzinfo=UTC),
        summary="Raising a wall costs\nas much as the schools.",
        image=make_image("A wall & a path", file=jpeg(1000, 700), caption="The wall.", credit="Photo: O. S."),
        report_number="RR-12",
        doi="10.5555/wall",
    )
    make_file(wall, filename="data.csv", content=b"a,b", label="Data", position=1)
    make_file(wall, label="Full report", position=2)
    return wall


# Search engines and link previews


def test_report_is_described_by_what_its_page_shows(client, wall):
    _, _, nodes = read(client, "/publications/who-pays/")
    work = nodes["Report"]
    assert work["name"] == work["headline"] == "Who pays?"
    assert work["alternativeHeadline"] == "Cost sharing in twelve towns"
    assert work["abstract"] == wall.summary
    assert work["datePublished"] == "2026-03-19T09:30:00+00:00"
    assert (work["genre"], work["reportNumber"]) == ("Report", "RR-12")
    assert work["identifier"] == "https://doi.org/10.5555/wall"
    assert [(author["@type"], author["name"]) for author in work["author"]] == [
        ("Person", "Ines Corrow"),
        ("Person", "Abel Stannard"),
        ("Organization", "Tide Office"),
    ]
    assert work["author"][0]["url"] == f"{HUB}/people/ines-corrow/"
    assert [topic["name"] for topic in work["about"]] == work["keywords"] == ["Coast", "Walls & water"]
    assert work["isAccessibleForFree"] is True
    assert "isBasedOn" not in work
    assert [(file["name"], file["encodingFormat"]) for file in work["encoding"]] == [
        ("Data", "text/csv"),
        ("Full report", "application/pdf"),
    ]
    assert [(image["width"], image["height"]) for image in work["image"]] == [(960, 640), (1200, 630)]
    for image in work["image"]:
        assert (image["caption"], image["creditText"]) == ("The wall.", "Photo: O. S.")
    assert work["publisher"]["@id"] == nodes["Organization"]["@id"]
    images = [image["url"] for image in work["image"]]
    for address in (*images, *(file["contentUrl"] for file in work["encoding"])):
        assert client.get(address).status_code == 200


def test_way_to_the_page_is_the_one_shown(client, wall):
    for address, names in [
        ("/publications/who-pays/", ["Home", "Topics", "Coast"]),
        ("/topics/coast/", ["Home", "Topics", "Coast"]),
        ("/people/ines-corrow/", ["Home", "People", "Ines Corrow"]),
        ("/types/report/", ["Home", "Publications", "Reports"]),
        ("/topics/", ["Home", "Topics"]),
        ("/people/", ["Home", "People"]),
    ]:
        steps = read(client, address)[2]["BreadcrumbList"]["itemListElement"]
        assert [step["name"] for step in steps] == names
        assert [step["position"] for step in steps] == list(range(1, len(names) + 1))
        crumbs = re.search(
            r'aria-label="Breadcrumb">(.*?)</nav>', client.get(address).content.decode(), re.S
        )[1]
        shown = re.findall(r">([^<>]*\w)</(?:a|span)>", crumbs)
        assert shown == names
        assert all(client.get(step["item"]).status_code == 200 for step in steps)


@pytest.mark.parametrize(
    "address", ["/topics/coast/", "/topics/coast/?page=2", "/types/tool/", "/people/ines/"]
)
def test_list_is_told_in_the_order_and_with_the_numbers_shown(client, coast, address):
    ines = make_person("Ines")
    for number in range(24):
        make_publication(f"Item {number}", topics=[coast], authors=[ines], type="tool")
    html = client.get(address).content.decode()
    rows = re.findall(r'class="entry-title"><a href="([^"]+)">([^<]+)</a>', html)
    first = int((re.search(r'<ol class="ledger" role="list" start="(\d+)"', html) or ("", "1"))[1])
    items = read(client, address)[2]["CollectionPage"]["mainEntity"]
    assert "of 24, newest first" in html and items["numberOfItems"] == 24
    assert [(item["position"], item["name"], item["url"]) for item in items["itemListElement"]] == [
        (number, name, HUB + path) for number, (path, name) in enumerate(rows, first)
    ]
    assert rows


def test_list_without_rows_has_no_list_of_items(client, coast):
    assert "mainEntity" not in read(client, "/topics/coast/")[2]["CollectionPage"]


def test_organisation_is_the_publisher_with_its_name_and_logo(client, wall):
    organisation = read(client, "/")[2]["Organization"]
    assert (organisation["name"], organisation["url"]) == ("topichub", f"{HUB}/")
    assert finders.find(organisation["logo"].removeprefix(f"{HUB}/static/"))


def test_organisation_names_the_policies_that_a_menu_shows(client, wall):
    make_entry(page=make_page("Corrections policy", role="corrections"))
    make_entry(page=make_page("Funding", role="funding", state="draft"))
    make_entry("main", page=make_page("How we work", role="principles"))
    make_page("Privacy", role="privacy")
    organisation = read(client, "/publications/who-pays/")[2]["Organization"]
    assert organisation["correctionsPolicy"] == f"{HUB}/corrections-policy/"
    assert organisation["publishingPrinciples"] == f"{HUB}/how-we-work/"
    assert "ownershipFundingInfo" not in organisation


def test_search_of_the_site_is_described_and_works(client, wall):
    action = read(client, "/")[2]["WebSite"]["potentialAction"]
    address = action["target"]["urlTemplate"].replace("{search_term_string}", "pays")
    assert b"Who pays?" in client.get(address).content


def test_person_is_described(client, wall):
    wall.authors.filter(name="Ines Corrow").update(orcid="0000-0002-1825-0097", biography="Counts waves.")
    person = read(client, "/people/ines-corrow/")[2]["ProfilePage"]["mainEntity"]
    assert person == {
        "@type": "Person",
        "name": "Ines Corrow",
        "url": f"{HUB}/people/ines-corrow/",
        "description": "Counts waves.",
        "sameAs": "https://orcid.org/0000-0002-1825-0097",
    }


def test_author_is_told_apart_by_an_orcid_and_named_plainly(client, wall):
    wall.authors.filter(name="Ines Corrow").update(orcid="0000-0002-1825-0097")
    head, _, nodes = read(client, "/publications/who-pays/")
    ines, abel, _ = nodes["Report"]["author"]
    assert ines["sameAs"] == "https://orcid.org/0000-0002-1825-0097"
    assert "sameAs" not in abel
    assert head.all("author") == ["Ines Corrow", "Abel Stannard"]


def test_companion_is_based_on_the_main_item_of_its_study(client, wall):
    make_publication("The brief", type="research-brief", lead=wall)
    _, _, nodes = read(client, "/publications/the-brief/")
    (source,) = nodes["Report"]["isBasedOn"]
    assert source["url"] == f"{HUB}/publications/who-pays/"
    assert source["@id"] == read(client, source["url"])[2]["Report"]["@id"]


@pytest.mark.parametrize(
    ("kind", "work"),
    [
        ("report", "Report"),
        ("research-brief", "Report"),
        ("testimony", "Report"),
        ("commentary", "OpinionNewsArticle"),
        ("news-release", "NewsArticle"),
        ("tool", "WebApplication"),
    ],
)
def test_each_family_has_its_kind_of_work_and_its_name_for_readers(client, kind, work):
    item = make_publication("It", type=kind)
    _, previews, nodes = read(client, item.get_absolute_url())
    assert nodes[work]["genre"] == item.content_type.name
    assert previews["og:type"] == "article"
    assert previews["article:section"] == item.content_type.name


def test_preview_of_an_item_has_its_words_picture_and_dates(client, wall):
    head, previews, _ = read(client, "/publications/who-pays/")
    assert previews["og:title"] == "Who pays?"
    assert previews["og:description"] == "Raising a wall costs as much as the schools."
    assert previews["og:url"] == f"{HUB}/publications/who-pays/"
    assert (previews["og:site_name"], previews["og:locale"]) == ("topichub", "en_GB")
    assert previews["article:published_time"] == "2026-03-19T09:30:00+00:00"
    assert head.all("article:tag") == ["Coast", "Walls & water"]
    names = [name for name, _ in head.metas if name and name.startswith("og:image")]
    assert names == ["og:image", "og:image:type", "og:image:width", "og:image:height", "og:image:alt"]
    assert (previews["og:image:width"], previews["og:image:height"]) == ("1200", "630")
    assert previews["og:image:alt"] == "A wall & a path"
    response = client.get(previews["og:image"])
    assert response["Content-Type"] == previews["og:image:type"] == "image/jpeg"
    assert Picture.open(BytesIO(response.getvalue())).size == (1200, 630)
    assert head.one("twitter:card") == "summary_large_image"


def test_preview_without_picture_is_a_card_of_its_words(client):
    make_publication("Plain", language="pt-BR")
    head, previews, nodes = read(client, "/publications/plain/")
    assert (previews["og:image:type"], previews["og:image:alt"]) == ("image/png", "Plain | topichub")
    assert head.one("twitter:card") == "summary_large_image"
    assert "image" not in nodes["Report"]
    assert previews["og:locale"] == "pt_BR"
    assert nodes["Report"]["inLanguage"] == "pt-BR"


@pytest.mark.parametrize("usable_until", [timezone.localdate() - timedelta(days=1)])
def test_picture_that_may_no_longer_be_used_is_not_told(client, wall, usable_until):
    wall.image.usable_until = usable_until
    wall.image.save()
    _, previews, nodes = read(client, "/publications/who-pays/")
    assert previews["og:image:type"] == "image/png"
    assert "image" not in nodes["Report"]


def test_only_a_change_after_publication_is_a_modification(client):
    item = make_publication("Old", published_at=datetime(2016, 1, 2, tzinfo=UTC))
    assert read(client, "/publications/old/")[0].all("article:modified_time") == []
    changed = timezone.now() + timedelta(days=2)
    Publication.objects.filter(pk=item.pk).update(changed_at=changed)
    assert read(client, "/publications/old/")[0].one("article:modified_time") == changed.isoformat()


def test_lists_are_websites_described_at_their_own_address(client, wall):
    for address, title, description in [
        ("/", "topichub", "Everything we publish, free to read."),
        ("/topics/", "Topics", "All research topics of topichub, with counts and newest dates."),
        ("/topics/coast/", "Coast", "Where land ends."),
        ("/publications/", "Publications", "All publications of topichub."),
        ("/people/", "People", "The authors of topichub."),
        ("/people/ines-corrow/", "Ines Corrow", "Publications by Ines Corrow."),
        ("/types/report/", "Reports", "Reports of topichub, newest first."),
    ]:
        head, previews, nodes = read(client, address)
        assert previews["og:type"] == "website"
        assert (previews["og:title"], head.one("description")) == (title, description)
        assert [link["href"] for link in head.links if link["rel"] == "canonical"] == [HUB + address]
        assert previews["og:url"] == HUB + address
        assert {"Organization", "WebSite"} <= set(nodes)
        assert head.all("citation_title") == head.all("DC.title") == head.all("robots") == []


def test_filtered_list_stays_out_of_search_engines_under_one_address(client, wall):
    head, _, nodes = read(client, "/topics/coast/?utm_source=x&to=2026&type=report")
    address = f"{HUB}/topics/coast/?type=report&to=2026"
    assert head.one("robots") == "noindex"
    assert [link["href"] for link in head.links if link["rel"] == "canonical"] == [address]
    assert nodes["CollectionPage"]["@id"] == address


# Words that might break out


def test_words_cannot_end_a_block_or_an_attribute(client):
    topic = make_topic(ATTACK[:100], slug="odd")
    make_publication(
        ATTACK, slug="odd", summary=ATTACK, topics=[topic], authors=[make_person(ATTACK, slug="odd")]
    )
    for address in ("/publications/odd/", "/topics/odd/", "/people/odd/"):
        head, previews, _ = read(client, address)
        assert head.blocks == 1
        assert "</script><script>" in previews["og:title"]
    work = read(client, "/publications/odd/")[2]["Report"]
    assert (work["name"], work["abstract"]) == (ATTACK, ATTACK)
    assert work["author"][0]["name"] == " ".join(ATTACK.split())
    assert work["about"][0]["name"] == topic.name


# Reference managers. The rules: an institution makes a report of it; without one, a title that begins with
# "citation_" makes an article in a journal; of other pages DC.type names the type of item.


def item_type(head):
    if head.all("citation_technical_report_institution"):
        return "report"
    return "journalArticle" if head.all("citation_title") else head.one("DC.type")


@pytest.mark.parametrize(
    ("kind", "external_url", "filed_as", "label"),
    [
        ("report", "", "report", "Report"),
        ("research-brief", "", "report", "Research Brief"),
        ("working-paper", "", "report", "Working Paper"),
        ("testimony", "", "report", "Testimony"),
        ("commentary", "", "blogPost", "blogPost"),
        ("commentary", "https://daily.example/wall", "newspaperArticle", "newspaperArticle"),
        ("news-release", "", "webpage", "webpage"),
        ("tool", "https://tool.example/", "computerProgram", "computerProgram"),
    ],
)
def test_reference_managers_file_each_type_as_what_it_is(client, kind, external_url, filed_as, label):
    item = make_publication("It", type=kind, external_url=external_url, authors=[make_person("Ines Corrow")])
    head, previews, _ = read(client, item.get_absolute_url())
    assert item_type(head) == filed_as
    assert head.one("DC.type") == label
    assert head.one("DC.creator") == "Corrow, Ines"
    assert previews["og:type"] != "website"
    if filed_as != "report":
        assert not [name for name, _ in head.metas if name and name.startswith("citation_")]


def test_reference_managers_read_all_of_a_report(client, wall):
    head = read(client, "/publications/who-pays/")[0]
    for name, content in {
        "citation_title": "Who pays? Cost sharing in twelve towns",
        "citation_publication_date": "2026/03/19",
        "citation_technical_report_institution": "topichub",
        "citation_technical_report_number": "RR-12",
        "citation_doi": "10.5555/wall",
        "citation_language": "en",
        "citation_keywords": "Coast; Walls & water",
        "citation_abstract": "Raising a wall costs as much as the schools.",
        "citation_pdf_url": f"{HUB}/publications/who-pays/full-report.pdf",
        "citation_public_url": f"{HUB}/publications/who-pays/",
        "DC.title": "Who pays? Cost sharing in twelve towns",
        "DC.date": "2026-03-19",
        "DC.publisher": "topichub",
        "DC.language": "en",
    }.items():
        assert head.one(name) == content
    assert head.all("citation_author") == head.all("DC.creator") == ["Corrow, Ines", "Stannard, Abel"]
    assert head.all("DC.subject") == ["Coast", "Walls & water"]
    assert head.all("DC.identifier") == [f"{HUB}/publications/who-pays/", "doi:10.5555/wall"]
    assert [link["href"] for link in head.links if link["rel"] == "schema.DC"]


def test_file_for_reference_managers_lies_in_the_folder_of_its_page(client, wall):
    head = read(client, "/publications/who-pays/")[0]
    assert head.one("citation_pdf_url").rpartition("/")[0] + "/" == head.one("citation_public_url")


def test_author_with_blanks_in_both_names_stays_one_person(client):
    person = make_person("Jan Peter van der Berg", sort_name="van der Berg, Jan Peter")
    make_publication("It", authors=[person])
    (author,) = read(client, "/publications/it/")[0].all("citation_author")
    family, given = author.split(", ")
    assert " " not in family
    assert (" ".join(family.split()), given) == ("van der Berg", "Jan Peter")


# What must not be told


def test_withdrawn_item_says_so_everywhere_and_offers_no_file(client):
    item = make_withdrawn("Wrong sums", notice="Table 2 was wrong.", summary="All is well.")
    make_file(item)
    head, previews, nodes = read(client, item.get_absolute_url())
    assert nodes["Report"]["creativeWorkStatus"] == "Withdrawn"
    assert previews["og:description"] == "This publication was withdrawn. Table 2 was wrong."
    assert head.one("citation_title") == head.one("DC.title") == "Wrong sums [withdrawn]"
    assert head.one("robots") == "noindex"
    assert head.all("citation_pdf_url") == []
    assert "encoding" not in nodes["Report"]


def test_draft_without_a_date_can_be_previewed_by_staff(client):
    draft = make_draft("Early thoughts")
    client.force_login(make_staff("Author"))
    head, _, nodes = read(client, draft.get_absolute_url())
    assert head.one("robots") == "noindex"
    assert head.all("DC.date") == head.all("citation_publication_date") == []
    assert "datePublished" not in nodes["Report"]


def test_dates_are_those_of_the_sites_time_zone(client, settings):
    with timezone.override("Pacific/Auckland"), time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC)):
        settings.TIME_ZONE = "Pacific/Auckland"
        make_publication("Late", published_at=datetime(2026, 3, 19, 20, tzinfo=UTC))
        head, previews, _ = read(client, "/publications/late/")
    assert head.one("citation_publication_date") == "2026/03/20"
    assert previews["article:published_time"] == "2026-03-20T09:00:00+13:00"
