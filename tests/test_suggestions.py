# What a search box offers while somebody types.
import pytest

from tests.factories import make_draft, make_person, make_publication, make_topic

pytestmark = pytest.mark.django_db


def suggested(client, words):
    response = client.get("/publications/suggestions.json", {"q": words})
    assert response.status_code == 200
    return [(one["kind"], one["text"], one["url"]) for one in response.json()["suggestions"]]


@pytest.fixture
def world():
    make_topic("Tidal power")
    make_publication("Tide gauges of the north", authors=[make_person("Ines Tideman")], type="report")
    make_draft("Tide of secrets", authors=[make_person("Ada Tidewater")])


def test_topics_authors_and_titles_are_offered(client, world):
    assert suggested(client, "tid") == [
        ("Topic", "Tidal power", "/topics/tidal-power/"),
        ("Author", "Ines Tideman", "/people/ines-tideman/"),
        ("Report", "Tide gauges of the north", "/publications/tide-gauges-of-the-north/"),
    ]


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ("ines tide", ["Ines Tideman"]),
        ("north gau", ["Tide gauges of the north"]),
        ("gauge", ["Tide gauges of the north"]),
        ("GÁUGES nor", ["Tide gauges of the north"]),
        ("power tid", ["Tidal power"]),
        ("secr", []),
        ("", []),
        ("t", []),
        ('"(*', []),
    ],
)
def test_every_word_counts_and_the_last_may_be_begun(client, world, words, texts):
    assert [text for _, text, _ in suggested(client, words)] == texts


def test_answer_may_be_kept_is_not_indexed_and_says_how_many(client, world):
    response = client.get("/publications/suggestions.json?q=tide")
    assert response["Cache-Control"] == "public, max-age=300"
    assert response["X-Robots-Tag"] == "noindex"
    assert response.json()["announcement"] == "2 suggestions"
    assert client.post("/publications/suggestions.json").status_code == 405
