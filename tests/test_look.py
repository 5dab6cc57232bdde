# How a site looks: its colours, its logo and its icon, where they show, and what is refused.
import math
import re
from io import BytesIO
from itertools import product
from pathlib import Path

import feedparser
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image as Picture

from publications.colours import hue_and_chroma
from publications.images import check_logo
from publications.models import Frame
from publications.models.frame import MOST_CHROMA
from tests.factories import jpeg, make_publication, make_staff
from tests.forms import controls, errors
from tests.test_metadata import HUB, read

pytestmark = pytest.mark.django_db
APPEARANCE = "/admin/publications/frame/"
TOKENS = (Path(__file__).resolve().parent.parent / "static/tokens.css").read_text()
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100"><path d="M0 0h300v100z"/></svg>'


def svg(text=DRAWING, name="logo.svg"):
    return ContentFile(text.encode(), name=name)


def set_look(**fields):
    frame = Frame.objects.get()
    for name, value in fields.items():
        setattr(frame, name, value)
    frame.full_clean()
    frame.save()
    return frame


def head(client, address="/"):
    return client.get(address).content.decode().partition("<main")[0]


# Colours


def test_colours_of_the_software_need_no_stylesheet_of_their_own(client):
    assert "/theme-" not in head(client)


def test_chosen_colour_reaches_readers_and_staff_in_a_stylesheet_that_may_be_kept(client):
    set_look(accent="#005ea5", greys=75)
    address = "/theme-250-136-75.css"
    assert f'site.css">\n<link rel="stylesheet" href="{address}">' in head(client)
    response = client.get(address)
    assert response.content == b":root { --accent-h: 250; --accent-c: 0.136; --cool: 75 }\n"
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    client.force_login(make_staff())
    assert f'href="{address}"' in head(client, "/admin/")


@pytest.mark.parametrize("numbers", ["360-100-0", "0-151-0", "0-100-360"])
def test_numbers_out_of_bounds_make_no_stylesheet(client, numbers):
    assert client.get(f"/theme-{numbers}.css").status_code == 404


def test_hue_and_strength_of_a_colour():
    # as CSS Color 4 gives them
    for colour, hue, chroma in [("#ff0000", 29, 0.258), ("#0000ff", 264, 0.313), ("#851b55", 352, 0.15)]:
        assert hue_and_chroma(colour) == (hue, chroma)
    assert hue_and_chroma("#000000")[1] == hue_and_chroma("#ffffff")[1] == 0


def test_default_colour_is_that_of_the_tokens():
    hue, chroma = hue_and_chroma(Frame.ACCENT)
    assert f"--accent-h: {hue}; --accent-c: {str(chroma).lstrip('0')}; --cool: {Frame.GREYS[0][0]};" in TOKENS


def luminance(lightness, chroma, hue):
    """Relative luminance of an oklch() colour, cut off where screens end."""
    a, b = (chroma * turn(math.radians(hue)) for turn in (math.cos, math.sin))
    long, medium, short = (
        (lightness + x * a + y * b) ** 3
        for x, y in [
            (0.3963377774, 0.2158037573),
            (-0.1055613458, -0.0638541728),
            (-0.0894841775, -1.2914855480),
        ]
    )
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1, max(0, value)) for value in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def colours(scheme, hue, chroma, greys):
    """Luminance of each colour in tokens.css with these three numbers, in "light" or "dark"."""
    numbers = {"--accent-h": hue, "--accent-c": chroma, "--cool": greys}
    found = {}
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((.+), (oklch.+)\);", TOKENS):
        value = {"light": light, "dark": dark}[scheme]
        if value == "#fff":
            found[name] = 1
        elif value.startswith("var("):
            found[name] = found[value[6:-1]]
        else:
            for variable, number in numbers.items():
                value = value.replace(f"var({variable})", str(number))
            value = re.sub(r"min\(([\d.]+), ([\d.]+)\)", lambda m: str(min(float(m[1]), float(m[2]))), value)
            found[name] = luminance(*map(float, value[6:-1].split()))
    return found


NEEDED = {
    ("ink", "paper"): 12,
    ("ink", "band"): 12,
    ("ink", "hit"): 7,
    ("ink", "notice"): 7,
    ("soft", "paper"): 7,
    ("soft", "band"): 7,
    ("accent", "paper"): 7,
    ("accent", "band"): 6,
    ("accent", "notice"): 6,
    ("on-fill", "fill"): 7,
    ("edge", "paper"): 3,
    ("edge", "band"): 3,
    ("bar", "band"): 3,
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whatever_colour_is_chosen_everything_can_be_read(scheme):
    strengths = [chroma / 1000 for chroma in (0, 50, 100, MOST_CHROMA)]
    too_faint = {}
    for hue, chroma, greys in product(range(0, 360, 15), strengths, [number for number, _ in Frame.GREYS]):
        found = colours(scheme, hue, chroma, greys)
        for (front, ground), needed in NEEDED.items():
            lighter, darker = sorted([found[front], found[ground]], reverse=True)
            contrast = (lighter + 0.05) / (darker + 0.05)
            if contrast < needed:
                too_faint[front, ground, hue, chroma, greys] = round(contrast, 2)
    assert too_faint == {}


def test_icons_drawn_from_the_mark_take_the_colour(client):
    set_look(accent="#005ea5")
    picture = Picture.open(BytesIO(client.get("/icon-192.png").content)).convert("RGB")
    red, green, blue = max(
        picture.getcolors(maxcolors=100_000), key=lambda found: (found[1] != (255,) * 3, found[0])
    )[1]
    assert blue > green > red


# Logo and icon


def test_logo_stands_beside_the_name(client):
    frame = set_look(logo=svg())
    assert f'src="{frame.logo_url}" width="300" height="100" alt="">topichub</a>' in head(client)
    assert 'class="logo on-white"' in head(client)


def test_logo_that_contains_the_name_has_it_as_its_words(client):
    frame = set_look(logo=svg(), logo_has_name=True, logo_suits_dark=True)
    assert f'<img class="logo" src="{frame.logo_url}" width="300" height="100" alt="topichub"></a>' in head(
        client
    )


def test_drawing_is_served_so_that_it_can_only_draw(client):
    response = client.get(set_look(logo=svg()).logo_url)
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "script" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response["Cache-Control"]
    assert response.getvalue().decode() == DRAWING


def test_picture_loses_its_metadata_and_gets_the_ending_it_deserves(client):
    frame = set_look(logo=jpeg(400, 100, name="logo.png"))
    response = client.get(frame.logo_url)
    assert frame.logo_url.endswith(".jpg")
    assert response["Content-Type"] == "image/jpeg"
    assert (frame.logo_width, frame.logo_height) == (400, 100)


def test_logo_of_before_is_no_longer_served_nor_anything_else_in_storage(client):
    former = set_look(logo=svg()).logo_url
    set_look(logo=svg(DRAWING.replace("h300", "h200")))
    assert client.get(former).status_code == 404
    assert client.get("/logo/secret-key").status_code == 404
    frame = set_look(logo="")
    assert frame.logo_url == ""
    assert "logo" not in head(client).partition("</header>")[0].partition("<header")[2]


def test_machines_and_feed_readers_get_logo_and_icon(client):
    make_publication("The wall")
    frame = set_look(logo=svg(), icon=svg(DRAWING.replace("300 100", "100 100"), "icon.svg"))
    assert read(client, "/")[2]["Organization"]["logo"] == HUB + frame.logo_url
    assert f'<link rel="icon" href="{frame.icon_url}">' in head(client)
    feed = feedparser.parse(client.get("/publications/feed.atom").content).feed
    assert (feed.logo, feed.icon) == (HUB + frame.logo_url, HUB + frame.icon_url)
    assert client.get("/corrections/feed.json").json()["favicon"] == HUB + frame.icon_url
    assert client.get("/publications/feed.json").json()["icon"] == HUB + frame.icon_url
    assert client.get(frame.icon_url).status_code == 200


def drawing(inside="", attributes='viewBox="0 0 9 9"'):
    return svg(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>')


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (drawing("<script>alert(1)</script>"), "more than a drawing: <script>"),
        (drawing("<foreignObject/>"), "more than a drawing"),
        (drawing('<a href="#x"/>'), "more than a drawing"),
        (drawing('<animate attributeName="href"/>'), "more than a drawing"),
        (drawing('<body xmlns="http://www.w3.org/1999/xhtml"/>'), "more than a drawing"),
        (drawing('<path onclick="alert(1)"/>'), "holds a script: onclick"),
        (drawing(attributes='viewBox="0 0 9 9" OnLoad="alert(1)"'), "holds a script"),
        (drawing('<use href="https://example.org/x.svg#a"/>'), "load something else"),
        (
            drawing('<use xlink:href="data:x" xmlns:xlink="http://www.w3.org/1999/xlink"/>'),
            "load something else",
        ),
        (drawing('<path fill="url(https://example.org/#a)"/>'), "load something else"),
        (drawing("<style>@import 'x'</style>"), "styles of this drawing"),
        (drawing("<style>path{fill:u\\72l(//x)}</style>"), "styles of this drawing"),
        (svg('<!DOCTYPE svg [<!ENTITY a "b">]><svg/>'), "document type"),
        (svg("<svg><path></svg>"), "damaged"),
        (ContentFile('<svg xmlns="x">é</svg>'.encode("latin-1"), name="x.svg"), "not in UTF-8"),
        (drawing(attributes=""), "how large"),
        (drawing(attributes='viewBox="0 0 nan 9"'), "how large"),
        (svg(DRAWING + " " * 400_000), "300 kB at most"),
        (jpeg(400, 20), "at least 32"),
        (ContentFile(b"%PDF-1.7", name="logo.pdf"), "PDF document"),
    ],
)
def test_logo_that_does_more_than_draw_or_cannot_be_shown_is_refused(file, message):
    with pytest.raises(ValidationError, match=message):
        check_logo(file)


@pytest.mark.parametrize(
    "inside",
    [
        "<style>.a{fill:url(#g)}@media(prefers-color-scheme:dark){.a{fill:#fff}}</style>",
        '<defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs><path fill="url(#g)"/>',
        '<title>Skerry</title><symbol id="a"/><use href="#a"/>',
    ],
)
def test_ordinary_drawings_are_taken(inside):
    assert check_logo(drawing(inside)) == (100, 100)


# The admin


def send(client, **changes):
    address = client.get(APPEARANCE)["Location"]
    return client.post(address, controls(client.get(address)) | changes)


def test_administrator_chooses_colours_and_logo(client):
    client.force_login(make_staff("Administrator"))
    assert send(client, accent="#005ea5", greys="75", logo=svg(), logo_has_name="on").status_code == 302
    frame = Frame.objects.get()
    assert (frame.accent, frame.greys, frame.logo_width, frame.logo_has_name) == ("#005ea5", 75, 300, True)
    assert send(client, **{"logo-clear": "on"}).status_code == 302
    assert not Frame.objects.get().logo


def test_refused_look_says_why_beside_each_field_and_changes_nothing(client):
    client.force_login(make_staff("Administrator"))
    response = send(client, accent="teal", logo=drawing("<script/>"), icon=svg(), logo_has_name="on")
    assert errors(response)["accent"] == ["A colour looks like #851b55."]
    assert "<script>" in errors(response)["logo"][0]
    assert errors(response)["icon"] == ["An icon is as high as it is wide."]
    assert controls(response)["logo_has_name"] == ["on"]
    assert Frame.objects.get().accent == Frame.ACCENT


@pytest.mark.parametrize(("group", "status"), [("Author", 403), ("Editor", 403), ("Administrator", 200)])
def test_appearance_is_for_administrators(client, group, status):
    client.force_login(make_staff(group))
    assert client.get(f"{APPEARANCE}{Frame.objects.get().pk}/change/").status_code == status


def test_own_stylesheet_comes_last(client, settings):
    settings.TOPICHUB_STYLESHEET = "own/brand.css"
    set_look(accent="#005ea5")
    sheets = re.findall(r'rel="stylesheet" href="([^"]+)"', head(client))
    assert sheets == [
        "/static/tokens.css",
        "/static/site.css",
        "/theme-250-136-248.css",
        "/static/own/brand.css",
    ]
