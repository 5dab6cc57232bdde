# The pictures that link previews show: each of the promised size, of what its page says, drawn for nobody who
# asks for what no page names.
from io import BytesIO
from urllib.parse import urlsplit

import extruct
import pytest
from django.core.management import CommandError, call_command
from PIL import Image as Picture

from publications.models import ContentType, Frame, Image, Page, Publication
from publications.social_cards import SIZE, Card, Look, draw, make_key
from publications.social_cards.lettering import Lettering, can_write
from tests.factories import (
    jpeg,
    make_draft,
    make_image,
    make_person,
    make_publication,
    make_topic,
    make_withdrawn,
)

LONG = ("The cost of raising sea walls in twelve small towns along the northern shore, and who pays. " * 5)[
    :400
]
ARABIC = "مرافئ هادئة"


def picture_at(client, address):
    html = client.get(address).content.decode()
    (found,) = extruct.extract(html, syntaxes=["opengraph"])["opengraph"]
    return dict(found["properties"])


def decode(content):
    picture = Picture.open(BytesIO(content))
    picture.load()
    return picture.convert("RGB")


def ink_of(card):
    """The share of the card that is not paper."""
    picture = decode(draw(card)).convert("L")
    return sum(picture.histogram()[:200]) / (SIZE[0] * SIZE[1])


@pytest.fixture
def world(db):
    coast = make_topic("Coast")
    make_publication("The wall", topics=[coast], authors=[make_person("Ines Corrow")])
    Page.objects.create(title="About us", state="published")


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/topics/", "/publications/", "/people/", "/about-us/"),
        *("/publications/the-wall/", "/topics/coast/", "/people/ines-corrow/", "/types/report/"),
        "/publications/?type=report",
    ],
)
def test_every_page_names_a_picture_of_the_promised_size_that_may_be_kept(client, world, address):
    previews = picture_at(client, address)
    response = client.get(previews["og:image"])
    assert response.status_code == 200
    assert response["Content-Type"] == previews["og:image:type"] == "image/png"
    assert "immutable" in response["Cache-Control"]
    assert decode(response.content).size == (1200, 630)
    assert (previews["og:image:width"], previews["og:image:height"]) == ("1200", "630")
    assert previews["og:image:alt"]


def test_topic_with_a_picture_shows_it(client, db):
    make_topic("Coast", picture=make_image("A quay", file=jpeg(1000, 700)))
    previews = picture_at(client, "/topics/coast/")
    assert (previews["og:image:type"], previews["og:image:alt"]) == ("image/jpeg", "A quay")
    assert decode(client.get(previews["og:image"]).getvalue()).size == (1200, 630)


def test_picture_too_small_for_a_preview_gives_way_to_a_card(client, db):
    make_publication("Small", image=make_image(file=jpeg(500, 400)))
    assert picture_at(client, "/publications/small/")["og:image:type"] == "image/png"


def test_card_follows_what_it_says_and_its_former_address_leads_to_it(client, world):
    before = picture_at(client, "/publications/the-wall/")["og:image"]
    Publication.objects.update(title="The higher wall")
    after = picture_at(client, "/publications/the-wall/")["og:image"]
    assert after != before
    response = client.get(before)
    assert (response.status_code, response["Location"]) == (302, urlsplit(after).path)
    assert "immutable" not in response.get("Cache-Control", "")
    assert client.get(after).status_code == 200


@pytest.mark.parametrize("change", [{"mark": 7}, {"name": "Long Report"}])
def test_card_follows_its_type(client, world, change):
    before = picture_at(client, "/publications/the-wall/")["og:image"]
    ContentType.objects.filter(slug="report").update(**change)
    assert picture_at(client, "/publications/the-wall/")["og:image"] != before


@pytest.mark.parametrize(
    "path", ["publication/999999999999999999999", "publication/0", "page/nothing", "topic/home", "no/1"]
)
def test_no_card_is_drawn_of_what_is_not_there(client, world, path):
    assert client.get(f"/social-cards/{path}/0123456789abcdef.png").status_code == 404


def test_withdrawn_item_shows_a_card_that_says_so_instead_of_its_picture(client, db):
    make_withdrawn("Wrong sums", image=make_image(file=jpeg(1000, 700)))
    previews = picture_at(client, "/publications/wrong-sums/")
    assert previews["og:image:type"] == "image/png"
    withdrawn = client.get(previews["og:image"]).content
    Publication.objects.update(state="published", image=None)
    assert client.get(picture_at(client, "/publications/wrong-sums/")["og:image"]).content != withdrawn


def test_hidden_item_names_no_picture(admin_client):
    make_draft("Early", image=make_image(file=jpeg(1000, 700)))
    assert "og:image" not in picture_at(admin_client, "/publications/early/")


# Drawing


def test_longest_title_fits_and_is_smaller_than_a_short_one():
    top = decode(draw(Card("Institute", LONG, foot="Ines Corrow")))
    assert top.size == SIZE
    right_margin = top.crop((1200 - 70, 0, 1200, 600))
    assert right_margin.getextrema() == ((255, 255),) * 3
    assert ink_of(Card("Institute", LONG)) > 2 * ink_of(Card("Institute", "Short"))


def test_letters_of_two_font_files_stand_in_one_line():
    assert can_write("serif", "Żółć, Příliš žluťoučký kůň; Ştefan — “quoted”…")
    assert ink_of(Card("Institute", "Łódź")) > ink_of(Card("Institute", "ódź"))


def test_title_in_letters_the_fonts_lack_gives_way_to_the_name_of_the_site():
    assert not can_write("serif", ARABIC)
    assert draw(Card("Institute", ARABIC)) == draw(Card("Institute", "Institute"))
    assert draw(Card(ARABIC, ARABIC)) == draw(Card("", ""))
    assert draw(Card("Institute", "Coast\u202b \u200bwatch")) == draw(Card("Institute", "Coast watch"))


def test_each_type_has_its_mark():
    assert len({draw(Card("Institute", "It", "Report", mark)) for mark in range(9)}) == 9


def test_accent_colours_the_card():
    assert decode(draw(Card("I", "It"))).getpixel((600, 625)) == (133, 27, 85)
    red, green, blue = decode(draw(Card("I", "It", look=Look(hue=145)))).getpixel((600, 625))
    assert green > red and green > blue


def test_institute_with_a_logo_shows_no_mark_of_the_software():
    corner = (72, 54, 120, 102)
    assert decode(draw(Card("", "It"))).crop(corner).getcolors() != [(48 * 48, (255, 255, 255))]
    card = Card("", "It", look=Look(has_logo=True))
    assert decode(draw(card)).crop(corner).getcolors() == [(48 * 48, (255, 255, 255))]


def test_card_follows_the_colours_chosen_in_the_admin(client, world):
    before = picture_at(client, "/")["og:image"]
    Frame.objects.update(accent="#005ea5")
    after = picture_at(client, "/")["og:image"]
    assert client.get(before)["Location"] == urlsplit(after).path
    red, green, blue = decode(client.get(after).content).getpixel((600, 625))
    assert blue > red and blue > green


def test_long_line_is_shortened_to_what_there_is_room_for():
    sans, names = Lettering("sans", 28, 400), ", ".join(f"Ada Number{number}" for number in range(500))
    short = sans.shorten(names, 1000)
    assert short.endswith("…") and names.startswith(short[:-1])
    assert 950 < sans.width(short) <= 1000
    assert sans.shorten("Ada Number", 1000) == "Ada Number"


def test_word_wider_than_the_card_is_cut_and_not_lost():
    right_margin = decode(draw(Card("I", "W" * 400))).crop((1200 - 70, 0, 1200, 600))
    assert right_margin.getextrema() == ((255, 255),) * 3


def test_keys_tell_cards_apart():
    cards = [Card("I", "It"), Card("I", "It", foot="A"), Card("I", "It", notice="A"), Card("It", "I")]
    assert len({make_key(card) for card in cards}) == 4


# Pictures stored before there was a crop for previews


def test_older_pictures_get_what_they_lack_by_one_command(db, client, capsys):
    image = make_image(file=jpeg(1000, 700))
    make_publication("The wall", image=image)
    older = {key: value for key, value in image.renditions.items() if key not in {"card", "version"}}
    Image.objects.update(renditions=older)
    assert picture_at(client, "/publications/the-wall/")["og:image:type"] == "image/png"
    call_command("make_renditions")
    assert "1 picture" in capsys.readouterr().out
    assert picture_at(client, "/publications/the-wall/")["og:image:type"] == "image/jpeg"
    call_command("make_renditions")
    assert "0 pictures" in capsys.readouterr().out


def test_picture_whose_file_is_lost_does_not_keep_others_from_theirs(db):
    lost, kept = make_image(file=jpeg(1000, 700)), make_image(file=jpeg(900, 700))
    Image.objects.update(renditions={})
    lost.file.storage.delete(lost.file.name)
    with pytest.raises(CommandError, match=str(lost.pk)):
        call_command("make_renditions")
    kept.refresh_from_db()
    assert kept.card
