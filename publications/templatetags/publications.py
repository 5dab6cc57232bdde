# The few things templates need beyond Django's own: pictures, safe text, data blocks.
from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _, pgettext

from publications import clock, languages, richtext
from publications.site import staff_bar as bar
from publications.site.markup import cards, frame, lists
from publications.site.markup.drawing import histogram
from publications.site.markup.numbers import count
from publications.site.markup.sitemap import sitemap_urls
from publications.site.markup.topics import topic_row

register = template.Library()
register.filter("in_language", cards.in_language)
PARTS = [
    cards.corrected,
    cards.entry,
    cards.features,
    cards.figcaption,
    cards.kind,
    cards.picture,
]
PARTS += [
    lists.date_fields,
    lists.filters_in_use,
    lists.ledger,
    lists.numbered_title,
    lists.pager,
    lists.sort_field,
    lists.topic_links,
    lists.type_pills,
    lists.ways_to_take,
]
PARTS += [
    frame.crumbs,
    frame.quick_search,
    histogram,
    count,
    sitemap_urls,
    topic_row,
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


@register.simple_tag(takes_context=True)
def staff_bar(context):
    return bar.staff_bar(
        context["request"], context.get("topic"), context.get("publication"), context.get("listing")
    )
