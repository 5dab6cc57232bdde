# The few things templates need beyond Django's own: pictures, safe text, data blocks.
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _, pgettext

from publications import clock, languages, richtext
from publications.listing.changes import next_change, previous_change
from publications.querysets import may_view_hidden
from publications.site.markup import cards, frame, lists
from publications.site.markup.drawing import histogram
from publications.site.markup.numbers import count

register = template.Library()
register.filter("in_language", cards.in_language)
PARTS = [
    cards.corrected,
    cards.entry,
    cards.feature,
    cards.features,
    cards.figcaption,
    cards.kind,
    cards.picture,
]
PARTS += [
    lists.date_fields,
    lists.filters_in_use,
    lists.ledger,
    lists.page_links,
    lists.sort_field,
    lists.type_pills,
    lists.ways_to_take,
]
PARTS += [
    frame.assets,
    frame.brand,
    frame.head_for_machines,
    frame.menu,
    frame.quick_search,
    histogram,
    count,
]
for part in PARTS:
    register.simple_tag(part)


@register.filter
def prose(text):
    """Stored rich text as a page shows it. It was made safe when it was saved."""
    return richtext.show(text)


@register.filter
def language_tag(code):
    """The code; that of the site where nothing is said."""
    return languages.tag(code)


@register.filter
def moment_in_words(moment):
    """For staff: with its zone and, where that could be another moment, its offset."""
    return clock.moment_in_words(moment)


@register.filter
def native_name(code):
    """“Français” for “fr”."""
    return languages.native_name(code)


@register.simple_tag
def byline(authorships):
    """“By A, B (editor) and C”, each name a link to its page."""
    names = [
        format_html(
            '<a href="{}">{}</a>{}',
            authorship.person.get_absolute_url(),
            authorship.printed_name,
            f" ({authorship.role})" if authorship.role else "",
        )
        for authorship in authorships
    ]
    *others, last = names
    if others:
        last = pgettext("the last two names", "%(names)s and %(last)s") % {
            "names": _(", ").join(others),
            "last": last,
        }
    return mark_safe(_("By %(names)s") % {"names": last})


@register.inclusion_tag("publications/_time_travel.html", takes_context=True)
def time_travel(context):
    """For staff: the moment they see the page at, when it changes before and after that, a field for another.
    For who comes by a preview link: what it is that they see."""
    request, topic, moment = context["request"], context.get("topic"), clock.other_moment()
    if preview := getattr(request, "preview", None):
        item, shown = context.get("publication"), preview.link.publication
        return (
            {}
            if item and item.is_public and not (shown and shown.is_working_copy)
            else {"preview": preview.link, "moment": moment, "zone": clock.zone()}
        )
    if change := getattr(request, "shown_change", None):
        return {"shown_change": change}
    if not moment and not may_view_hidden(request.user):
        return {}
    now = clock.now()
    return {
        "request": request,
        "may_travel": True,
        "moment": moment,
        "now": clock.write_moment(moment or now.replace(second=0, microsecond=0)),
        "zone": clock.zone(),
        "previous": _stop(previous_change(now, topic)),
        "next": _stop(next_change(now, topic)),
        "kept": [(key, value) for key, value in request.GET.items() if key not in {"at", "page"}],
        "error": request.moment_error,
        "shared": _shared(context.get("listing"), moment),
    }


def _shared(listing, moment) -> str:
    """What the form for a preview link should hold. Links hold lists, but no words to search for."""
    if not moment or not listing or listing.values.get("q"):
        return ""
    return urlencode({"address": listing.url(), "moment": clock.write_moment(moment)})


def _stop(moment):
    return moment and {"at": clock.write_moment(moment), "moment": moment}
