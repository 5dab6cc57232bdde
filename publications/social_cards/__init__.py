# Social cards: the pictures that link previews show of pages which have no picture of their own. Works on
# words alone: knows no models, no settings, no requests.
from publications.social_cards.card import SIZE, Card, draw, make_key
from publications.social_cards.icon import draw_icon

__all__ = ["SIZE", "Card", "draw", "draw_icon", "make_key"]
