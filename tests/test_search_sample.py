# Questions that readers of the sample collection would type, each with the item it means to find.
import unicodedata

import pytest

from publications.exchange.importing import import_publications
from publications.sample.loading import FILES
from publications.site.finder import ways_on
from tests.lists import list_shown
from tests.test_topic_pages import titles

pytestmark = pytest.mark.django_db

# Part of a title, an author with a word, words of the text, a phrase from it, other forms of the words.
QUESTIONS = {
    "village pumps": "Village pumps and what replaced them",
    "what replaced the village pump": "Village pumps and what replaced them",
    "payment to farmers for holding floodwater": "Evidence on payments to farmers for holding floodwater",
    "Merisalo floodwater": "Evidence on payments to farmers for holding floodwater",
    "access to foreshores inquiry": "Evidence to the inquiry on public access to the foreshore",
    "kinds of benches": "Fourteen kinds of bench",
    "finding one bearable space": "The cool room",
    "Berrocales cool rooms": "The cool room",
    "words that open and close meetings": "Speaking of retreat: words that open and close a meeting",
    "harbour mud banks": "Dredge and defend: can harbour mud build banks?",
    "marguerite d'aubracque dredging": "Dredge and defend: can harbour mud build banks?",
    "census of disused landing places": "The quiet quays",
    "quiet quay": "The quiet quays",
    "landlords thermometer": "A landlord’s guide to the thermometer",
    "a landlord's guide": "A landlord’s guide to the thermometer",
    "Siobhán siren": "A kind word for the siren",
    "otters and anglers sharing rivers": "Otters, anglers and the sharing of a small river",
    "Hradílek otters": "Otters, anglers and the sharing of a small river",
    '"the river does not know where the parish"': "Otters, anglers and the sharing of a small river",
    "island services after the ferry stopped": "Where the ferries stopped: island services ten years after withdrawal",
    "Quintanell tidying": "Against tidying",
    "pylons and poles": "Pylons, poles and the last mile of light",
    "von Ostholm pylons": "Pylons, poles and the last mile of light",
    "exercise areas at sea": "Notice Board",
    "asking before you pedestrianise": "What to ask before you pedestrianise",
    "Dagný weirs": "A weir is a decision somebody keeps making",
    "Bækhøj railings": "Painting the railings",
    "hvem eier fjæra": "Hvem eier fjæra om natta?",
    '"slik besteforeldrene gjorde"': "Hvem eier fjæra om natta?",
    "every reservoir every week": "Storage Register",
    "measuring attachments": "On measuring attachment",
    "water agreements between neighbours": "Sharing a spring",
    "Velloor shared springs": "Sharing a spring",
    "how a region ran low while the map was green": "Two dry winters",
    "Haarsloot dry winter": "Two dry winters",
    "last bus to candrey": "The last bus to Old Candrey",
    "economic life of fishing village": "Slack water",
    "what is the drowned village for": "What the drowned village is for",
    "independent statistics evidence": "Evidence on the independence of statistics",
    "short lines and enemies of rail": "Rail to the quay: short lines and their enemies",
    "seagrass anchor moorings": "Ten thousand moorings: anchors, seagrass and the price of a quiet bay",
    "correcting our estimates of retreat costs": "A correction to our estimate of retreat costs",
    "driest year on record reservoir": "Drawdown",
    "corner shop distances": "Corner shops and the price of distance",
    "harbour phrasebooks": "Harbour phrasebook reaches its fortieth port",
    "villages that left the shore": "Eleven moves: what became of villages that left the shore",
    '"cleared in twenty-two months"': "Eleven moves: what became of villages that left the shore",
    "how coastguards share a strait": "Neighbours at sea",
    "Larchevault heat flat rented": "Sunny Side",
    "seafarers' welfare ports": "Shore leave: seafarers’ welfare in provincial ports",
    "empty boxes and containers": "Empty boxes: where containers go when nobody wants them",
    "spare joint island council": "Island councils buy a spare joint",
}


@pytest.fixture(scope="module")
def collection(django_db_setup, django_db_blocker, tmp_path_factory):
    """The sample, with pictures that are still awaited. Goes again when the questions have been asked."""
    from django.db import connection, transaction

    with django_db_blocker.unblock(), transaction.atomic():
        for path in FILES:
            import_publications(path, images_dir=tmp_path_factory.mktemp("no-pictures"))
        yield
        transaction.set_rollback(True)
    connection.close()


def without_accents(text):
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def one_letter_less(text):
    return text.removesuffix('"')[:-1]


@pytest.mark.parametrize("change", [str, without_accents, str.upper, one_letter_less])
def test_every_question_finds_its_item_on_the_first_page(client, collection, change):
    assert len(QUESTIONS) >= 50
    missed = {}
    for question, title in QUESTIONS.items():
        found = titles(client.get("/publications/", {"q": change(question)}))
        if title not in [name.replace("&#x27;", "'") for name in found]:
            missed[change(question)] = found[:3]
    assert missed == {}


def test_most_questions_find_their_item_first(client, collection):
    firsts = [titles(client.get("/publications/", {"q": question}))[:1] for question in QUESTIONS]
    right = sum(first == [title] for first, title in zip(firsts, QUESTIONS.values(), strict=True))
    assert right >= 45


@pytest.mark.parametrize(
    "number",
    ["SI-R-2008-01", "si-r-2008-01", " SI R 2008 01 ".strip(), "SI-R-2008/01"],
)
def test_report_number_leads_to_its_item(client, collection, number):
    response = client.get("/publications/", {"q": number})
    assert (response.status_code, response["Location"]) == (
        302,
        "/publications/village-pumps-and-what-replaced-them/",
    )


@pytest.mark.parametrize(
    "number",
    [
        "10.5555/skerry.r2019.03",
        "10.5555/SKERRY.R2019.03",
        "doi:10.5555/skerry.r2019.03",
        "https://doi.org/10.5555/skerry.r2019.03",
        "http://dx.doi.org/10.5555/skerry.r2019.03",
    ],
)
def test_doi_leads_to_its_item(client, collection, number):
    response = client.get("/publications/", {"q": number})
    assert (response.status_code, response["Location"]) == (302, "/publications/two-dry-winters/")


@pytest.mark.parametrize("query", ["q=10.5555", "q=2019", "q=1996", "q=SI-R-2008-01&type=report"])
def test_part_of_a_number_a_year_and_a_filtered_search_list_what_they_find(client, collection, query):
    assert client.get(f"/publications/?{query}").status_code == 200


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("seagrasz", "seagrass"),
        ("resevoir", "reservoir"),
        ("phrasbook harbour", "phrasebook harbour"),
        ("harbour phrasebok", "harbour phrasebook"),
        ("pedestrianize quays", None),
        ("Hradilk", "hradilek"),
        ("otetrs", "otters"),
        ("xqzzyvw", None),
    ],
)
def test_mistyped_words_that_find_nothing_are_put_right(client, collection, typed, meant):
    listing = list_shown(client, "/publications/", {"q": typed})
    correction = None if listing.total else ways_on(listing).correction
    if meant is None:
        assert correction is None or titles(client.get(correction[1]))
    else:
        words, address = correction
        assert words == meant
        assert titles(client.get(address))
        page = client.get("/publications/", {"q": typed})
        assert f"<b>{meant}</b>" in page.content.decode()
