# What the list of all publications has beyond other lists: the filters beside it, and words to search for.
from html import escape

from django.utils.safestring import SafeString

from publications.search.query import within_quotes
from publications.site.markup.cards import kind
from publications.site.markup.numbers import count, how_many, number
from publications.site.markup.words import gettext as _, ngettext

FIRST_TOPICS = 5  # that show at once


def finder(listing, is_staff: bool) -> dict[str, str]:
    """The parts of templates/publications/publication_list.html."""
    hidden = [
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in listing.parameters
        if name != "q"
    ]
    return {
        "words_as_typed": listing.filterset.as_typed("q"),
        "words": listing.values.get("q", ""),
        "other_filters": SafeString("".join(hidden)),
        "states": states(listing) if is_staff else "",
        "types": types(listing) if listing.type_choices else "",
        "topics": topics(listing),
        "heading": heading(listing),
    }


def states(listing) -> SafeString:
    chosen, end = listing.values.get("state") or [], "\n            "
    boxes = [
        _box(listing, "state", value, f"<span>{escape(str(name))}</span>", n, value in chosen) + end
        for value, name, n in listing.state_choices
    ]
    return SafeString("".join(boxes))


def types(listing) -> SafeString:
    boxes = [
        _box(listing, "type", one.slug, kind(one), n, chosen) + "\n            "
        for one, n, chosen in listing.type_choices
    ]
    return SafeString("".join(boxes))


def topics(listing) -> SafeString:
    """The fullest, and the others folded away."""
    boxes = [
        _box(listing, "topic", one.slug, f"<span>{escape(one.name)}</span>", n, chosen) + "\n            "
        for one, n, chosen in listing.topic_choices
    ]
    first, rest = "".join(boxes[:FIRST_TOPICS]), "".join(boxes[FIRST_TOPICS:])
    if rest:
        rest = f'<details class="rest"><summary>{_("More topics")}</summary>{rest}</details>'
    return SafeString(first + rest)


def _box(listing, name: str, value: str, words: str, n: int, is_chosen: bool) -> str:
    checked = " checked" if is_chosen else ""
    counted = f" {count(n)}" if name not in listing.uncounted else ""
    return f'<label><input type="checkbox" name="{name}" value="{value}"{checked}>{words}{counted}</label>'


def heading(listing) -> SafeString:
    """What was found, for the eyes where there were words, and for those who hear the page."""
    total, words = listing.page.total, escape(within_quotes(listing.values.get("q", "")))
    if not (words and listing.page.rows):
        found = _("No results for “%(words)s”") % {"words": words} if words else how_many(total)
        return SafeString(f'<h2 class="vh" id="res-h">{found}</h2>')
    hint = ""
    if listing.is_cut:
        found = _("Over %(n)s results for “%(words)s”") % {"n": number(total), "words": words}
        hint = f"<p>{_('Add a word or a filter to see fewer.')}</p>"
    else:
        found = ngettext("%(number)s result for “%(words)s”", "%(number)s results for “%(words)s”", total)
        found %= {"number": number(total), "words": words}
    return SafeString(
        f'<div class="results top"><h2 class="h3" id="res-h">{found}</h2>\n      {hint}</div>\n      '
    )
