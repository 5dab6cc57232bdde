# What stands around the rows of a list: its filters, the line that says what is shown, the rows, the page numbers.
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from publications.site.markup.cards import entry, kind
from publications.site.markup.numbers import count, number
from publications.site.markup.words import gettext as _

BACK = '<svg class="arrow" aria-hidden="true" width="16" height="16" viewBox="0 0 16 16"><path d="M14 8H2.5M7 3 2 8l5 5"/></svg>'
ON = '<svg class="arrow" aria-hidden="true" width="16" height="16" viewBox="0 0 16 16"><path d="M2 8h11.5M9 3l5 5-5 5"/></svg>'
CROSS = '<svg class="icon" aria-hidden="true" width="20" height="20" viewBox="0 0 20 20"><path d="M5 5l10 10M15 5 5 15"/></svg>'
COLLECTING = "publications/_collecting.html"
MANY = 7  # pages; from here on both ends are marked


def ledger(page, collecting=None, *, css="ledger", **options) -> SafeString:
    """The rows; each tells reference managers what it is."""
    rows = [
        f'<li><abbr class="unapi-id" title="{one.slug}" hidden></abbr>{entry(one, collecting=collecting, **options)}</li>\n  '
        for one in page.rows
    ]
    start = f' start="{page.first_row}"' if page.first_row > 1 else ""
    return mark_safe(f'<ol class="{css}" role="list"{start}>\n  {"".join(rows)}\n</ol>')


def type_pills(listing) -> SafeString:
    pills = [
        f'<li><label class="pill"><input type="checkbox" name="type" value="{one.slug}"{" checked" if chosen else ""}>'
        f"{kind(one)} {count(n)}</label></li>\n          "
        for one, n, chosen in listing.type_choices
    ]
    return mark_safe(f'<ul class="pills">\n          {"".join(pills)}\n        </ul>')


def date_fields(listing) -> SafeString:
    return mark_safe("".join(_date_field(listing, name) for name in ("from", "to")))


def _date_field(listing, name: str) -> str:
    field, errors = listing.form[name], listing.form.errors.get(name, [])
    example = "2016" if name == "from" else _("14 Oct 2016")
    wrong = f' aria-invalid="true" aria-describedby="e-{name}"' if errors else ""
    sentences = "".join(f'<p class="error" id="e-{name}">{escape(str(error))}</p>' for error in errors)
    return (
        f'<div class="field"><label for="f-{name}">{escape(str(field.label))}</label>'
        f'<input id="f-{name}" name="{name}" size="14" value="{escape(listing.date_as_typed(name))}" '
        f'placeholder="{escape(example)}" autocomplete="off"{wrong}>{sentences}</div>\n'
    )


def sort_field(listing) -> SafeString:
    options = [
        f'<option value="{"" if value == listing.default_sort else value}"{" selected" if value == listing.sort else ""}>'
        f"{escape(str(name))}</option>"
        for value, name in listing.sort_choices
    ]
    return mark_safe(
        f'<div class="field"><label for="f-sort">{_("Order")}</label>'
        f'<select id="f-sort" name="sort">{"".join(options)}</select></div>\n'
    )


def filters_in_use(listing, collecting, collecting_url: str, heading="h3") -> SafeString:
    """What stands between the filters and the rows: what is wrong, what is chosen, what is shown."""
    parts, page = [], listing.page
    errors = listing.errors
    if errors:
        parts.append(_faults(errors))
    parts.append('<div class="results" id="results">')
    if collecting:
        parts.append(render_to_string(COLLECTING, {"listing": listing, "collecting": collecting}))
    elif listing.chips and (page.rows or errors):
        parts.append(_chips(listing, heading))
    if page.rows:
        parts.append(f"<p>{_what_is_shown(listing)}{'' if collecting else _collect(collecting_url)}</p>")
    return mark_safe("\n".join([*parts, "</div>"]))


def _faults(errors) -> str:
    sentences = "".join(f"<li>{escape(str(one))}</li>" for messages in errors.values() for one in messages)
    words = _("Nothing is listed, because a filter could not be understood.")
    return f'<div class="notice" role="alert"><p><strong>{words}</strong></p>\n  <ul>{sentences}</ul></div>'


def _chips(listing, heading: str) -> str:
    sentence = _('<span class="vh">Remove filter: </span>%(words)s')
    chips = [
        f'<li><a href="{escape(url)}#results">{sentence % {"words": escape(str(words))}} {CROSS}</a></li>'
        for words, url in listing.chips
    ]
    chips.append(f'<li><a class="all" href="{listing.path}#results">{_("Clear all")}</a></li>')
    title = f'<{heading} class="vh">{_("Filters in use")}</{heading}>'
    return f'{title}\n  <ul class="chips">\n    {"\n    ".join(chips)}\n  </ul>'


def _collect(address: str) -> str:
    return f' <a rel="nofollow" href="{escape(address)}#results">{_("Collect items")}</a>'


def ways_to_take(listing) -> SafeString:
    """The list in other forms, for reference managers and tables."""
    links = [
        f'<a rel="nofollow" href="{listing.path}export.{form}{escape(listing.query)}">{name}</a>'
        for form, name in (("csv", "CSV"), ("bib", "BibTeX"), ("ris", "RIS"), ("json", "CSL JSON"))
    ]
    return mark_safe(f'<p class="hint">{_("Take this list with you:")} {_(", ").join(links)}</p>')


def _what_is_shown(listing) -> str:
    """“1–20 of 9,000, newest first”."""
    if listing.sort == "oldest":
        words = _("%(first)s–%(last)s of %(total)s, oldest first")
    elif listing.sort == "relevance":
        words = _("%(first)s–%(last)s of %(total)s, best match first")
    else:
        words = _("%(first)s–%(last)s of %(total)s, newest first")
    page, total = listing.page, escape(listing.total_in_words)
    return words % {"first": number(page.first_row), "last": number(page.last_row), "total": total}


def page_links(listing, page, anchor: str) -> SafeString:
    """The items of the list of page numbers, as links."""
    items = []
    if listing.previous_url:
        words = f"{BACK} {_('Previous<span class="vh"> page</span>')}"
        items.append(
            f'<li class="prev"><a rel="prev" href="{escape(listing.previous_url)}{anchor}">{words}</a></li>'
        )
    items += [_page_link(n, url, page, anchor) for n, url in listing.numbers]
    if listing.next_url:
        words = f"{_('Next<span class="vh"> page</span>')} {ON}"
        items.append(
            f'<li class="next"><a rel="next" href="{escape(listing.next_url)}{anchor}">{words}</a></li>'
        )
    return mark_safe("\n    ".join(items))


def _page_link(n: int | None, url: str, page, anchor: str) -> str:
    if not n:
        return '<li class="gap"><span aria-hidden="true">…</span></li>'
    edge = ' class="edge"' if page.pages > MANY and n in {1, page.pages} and n != page.number else ""
    current = ' aria-current="page"' if n == page.number else ""
    words = (_("Page %(number)s, last page") if n == page.pages else _("Page %(number)s")) % {"number": n}
    return f'<li{edge}><a href="{escape(url)}{anchor}"{current} aria-label="{words}">{n}</a></li>'
