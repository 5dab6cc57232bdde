# What comes out of a printer: A4 pages that an office would hand on.
import io
import re

import pypdfium2
import pytest

from tests.factories import make_featured, make_file, make_image, make_person, make_publication, make_topic

pytestmark = pytest.mark.looks
MENUS = [
    "Skip to main content",
    "Search publications",
    "Apply filters",
    "Move up",
    "Download:",
    "Related work",
]


def print_page(page, address):
    """The text of each printed page, on one line."""
    page.goto(address, wait_until="networkidle")
    document = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True, format="A4")))
    assert document[0].get_size() == pytest.approx((595, 842), abs=1)
    return [" ".join(sheet.get_textpage().get_text_range().split()) for sheet in document]


@pytest.fixture
def printed_world():
    coast = make_topic("Coast", introduction="<p>Where land ends.</p>", slots=3)
    wall = make_publication(
        "Who pays for the wall?",
        slug="wall",
        subtitle="Twelve towns",
        topics=[coast],
        authors=[make_person("Ines Corrow"), make_person("Bram Osterley")],
        image=make_image(caption="The new wall."),
        published_at="2026-11-12T09:00Z",
        report_number="SI-R-2026-041",
        summary="We followed the money.",
        key_findings="Towns paid a fifth.\nUpkeep was forgotten.",
        body='<p>See <a href="https://example.org/annex">the annex</a>.</p>' + "<p>At length. </p>" * 80,
    )
    make_file(wall, label="Full report")
    make_featured(coast, wall)
    make_publication("The brief", slug="brief", topics=[coast], key_findings="In short.")
    return wall


def test_publication_prints_with_its_particulars_first_and_no_menus(page, printed_world):
    first, *others = sheets = print_page(page, "/publications/wall/")
    assert others
    for part in [
        "topichub",
        "Who pays for the wall?",
        "Twelve towns",
        "By Ines Corrow and Bram Osterley",
        "12 November 2026",
        "SI-R-2026-041",
        "Towns paid a fifth.",
        "Upkeep was forgotten.",
    ]:
        assert part in first, part
    for number, sheet in enumerate(sheets, start=1):
        assert f"{number} / {len(sheets)}" in sheet
    text = " ".join(sheets)
    assert "the annex <https://example.org/annex>" in text
    assert "Corrow, I., & Osterley, B. (2026). Who pays for the wall? Twelve towns" in text
    assert not [words for words in [*MENUS, "Chicago", "BibTeX"] if words in text]


def test_topic_prints_its_introduction_featured_items_and_list(page, printed_world):
    text = " ".join(print_page(page, "/topics/coast/"))
    assert re.search(r"Coast .*Where land ends\. .*Who pays for the wall\? .*Explore Coast .*The brief", text)
    assert not [words for words in MENUS if words in text]


def test_briefing_prints_every_item_with_its_reference_and_its_own_address(page, printed_world):
    text = " ".join(print_page(page, "/briefing/?item=wall&item=brief&title=For+Tuesday"))
    parts = (
        "For Tuesday, 2 publications of topichub, Towns paid a fifth., (Report No. SI-R-2026-041), In short."
    )
    for part in parts.split(", "):
        assert part in text, part
    assert f"/briefing/?item={printed_world.pk}&item=" in text.replace(" ", "")
    assert not [words for words in [*MENUS, "Take out", "Title and style"] if words in text]
