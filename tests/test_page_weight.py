# What a page weighs on the way to a reader, and that nothing on it moves once it is drawn. Texts are
# sent with gzip; in tests styles and scripts are not compressed at all, on a public site by Brotli.
import random

import pytest

from tests.factories import make_featured, make_file, make_image, make_person, make_publication, make_topic

pytestmark = pytest.mark.looks
PAGES = ["/topics/coast/", "/publications/item-0/"]
MOST_WITHOUT_FONTS, MOST_WITH_FONTS = 60_000, 150_000  # bytes
OBSERVE_SHIFTS = """
    window.moved = [];
    new PerformanceObserver(list => list.getEntries().forEach(entry => window.moved.push(
        entry.value.toFixed(4) + " " + entry.sources.map(source => source.node?.parentNode?.outerHTML.slice(0, 80)))))
        .observe({type: "layout-shift", buffered: true});
"""

WORDS_ARE_DRAWN = """new Promise(done => new PerformanceObserver(
    list => list.getEntriesByName("first-contentful-paint").length && done()).observe({type: "paint", buffered: true}))"""
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def full_world():
    """A topic as full as they come: six featured items, twenty entries a page, every filter."""
    chance = random.Random(5)

    def words(number):
        return " ".join(
            "".join(chance.choices("aeiourstlndmpk", k=chance.randint(3, 9))) for _ in range(number)
        )

    coast = make_topic("Coast", introduction=f"<p>{words(80)}</p>", slots=6)
    for number in range(6):
        make_topic(f"Part {number}", parent=coast)
    image = make_image(caption=words(30), credit="Photo: O. Stannard")
    people = [make_person(f"Person Number{number}") for number in range(4)]
    types = ["report", "commentary", "testimony", "tool", "research-brief", "news-release"]
    for number in range(30):
        item = make_publication(
            words(9),
            slug=f"item-{number}",
            type=types[number % 6],
            topics=[coast],
            authors=people,
            image=image if number % 3 else None,
            summary=words(40),
            key_findings=words(30),
            body="".join(f"<h2>{words(4)}</h2><p>{words(150)}</p>" for _ in range(5)),
        )
        if number < 6:
            make_featured(coast, item, position=number)
    make_file(item)


def test_topic_and_publication_stay_within_their_weight(page, full_world):
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    kinds, sizes = {}, {}
    session.on("Network.responseReceived", lambda said: kinds.update({said["requestId"]: said["type"]}))
    session.on(
        "Network.loadingFinished", lambda said: sizes.update({said["requestId"]: said["encodedDataLength"]})
    )
    for address in PAGES:
        session.send("Network.clearBrowserCache")
        kinds.clear()
        sizes.clear()
        page.goto(address, wait_until="networkidle")
        weight = {}
        for request, kind in kinds.items():
            weight[kind] = weight.get(kind, 0) + sizes.get(request, 0)
        texts = weight["Document"] + weight["Stylesheet"] + weight.get("Script", 0)
        assert weight["Document"] < 30_000, weight
        assert texts <= MOST_WITHOUT_FONTS, weight
        assert 0 < weight["Font"] <= MOST_WITH_FONTS - texts, weight


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_when_pictures_and_late_letters_arrive(page, full_world, width):
    held, released = [], []
    page.set_viewport_size({"width": width, "height": 800})
    page.add_init_script(OBSERVE_SHIFTS)
    page.route("**/*.woff2", lambda route: route.continue_() if released else held.append(route))
    for address in PAGES:
        held.clear()
        released.clear()
        page.goto(address, wait_until="domcontentloaded")
        page.evaluate(WORDS_ARE_DRAWN)
        assert held, "no letters were late"
        released.append(True)
        for route in held:
            route.continue_()
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready.then(() => document.fonts.size)")
        page.evaluate(TWO_FRAMES)
        assert page.evaluate("window.moved") == [], (address, width)
