# Social cards: the pictures that link previews show of pages which have no picture of their own; and the
# icons of the site. Works on words and colours alone: knows no models, no settings, no requests.
from publications.social_cards.card import SIZE, Card, draw, make_key
from publications.social_cards.icon import draw_favicon, draw_icon
from publications.social_cards.palette import Look

__all__ = ["SIZE", "Card", "Look", "draw", "draw_favicon", "draw_icon", "make_key"]
