# What stands around the rows of a list: its filters, the line that says what is shown, the rows, the page numbers.
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from publications.search.query import within_quotes
from publications.site.markup.cards import entry, kind
from publications.site.markup.drawing import histogram
from publications.site.markup.numbers import count, number
from publications.site.markup.words import gettext as _, pgettext

BACK = '<svg class="arrow" aria-hidden="true" width="16" height="16" viewBox="0 0 16 16"><path d="M14 8H2.5M7 3 2 8l5 5"/></svg>'
ON = '<svg class="arrow" aria-hidden="true" width="16" height="16" viewBox="0 0 16 16"><path d="M2 8h11.5M9 3l5 5-5 5"/></svg>'
CROSS = '<svg class="icon" aria-hidden="true" width="20" height="20" viewBox="0 0 20 20"><path d="M5 5l10 10M15 5 5 15"/></svg>'
COLLECTING, COLLECTED = "publications/_collecting.html", "publications/_collected.html"
PAGER_COLLECTING, NOTHING_FOUND = "publications/_pager_collecting.html", "publications/_nothing_found.html"
MANY = 7  # pages; from here on both ends are marked
VERY_MANY = 9  # pages; from here on there is a field for the number


def ledger(page, collecting=None, *, css="ledger", **options) -> SafeString:
    """The rows; each tells reference managers what it is."""
    rows = [
        f'<li><abbr class="unapi-id" title="{one.slug}" hidden></abbr>{entry(one, collecting=collecting, **options)}</li>\n  '
        for one in page.rows
    ]
    start = f' start="{page.first_row}"' if page.first_row > 1 else ""
    return SafeString(f'<ol class="{css}" role="list"{start}>\n  {"".join(rows)}\n</ol>')


def type_pills(listing) -> SafeString:
    pills = [
        f'<li><label class="pill"><input type="checkbox" name="type" value="{one.slug}"{" checked" if chosen else ""}>'
        f"{kind(one)} {count(n)}</label></li>\n          "
        for one, n, chosen in listing.type_choices
    ]
    return SafeString(f'<ul class="pills">\n          {"".join(pills)}\n        </ul>')


def date_fields(listing) -> SafeString:
    return SafeString("".join(_date_field(listing, name) for name in ("from", "to")))


def _date_field(listing, name: str) -> str:
    errors = listing.filterset.errors.get(name, [])
    label, example = (
        (pgettext("date", "From"), "2016") if name == "from" else (pgettext("date", "To"), _("14 Oct 2016"))
    )
    wrong = f' aria-invalid="true" aria-describedby="e-{name}"' if errors else ""
    sentences = "".join(f'<p class="error" id="e-{name}">{escape(str(error))}</p>' for error in errors)
    return (
        f'<div class="field"><label for="f-{name}">{label}</label>'
        f'<input id="f-{name}" name="{name}" size="14" value="{escape(listing.filterset.as_typed(name))}" '
        f'placeholder="{escape(example)}" autocomplete="off"{wrong}>{sentences}</div>\n'
    )


def sort_field(listing) -> SafeString:
    options = [
        f'<option value="{"" if value == listing.default_sort else value}"{" selected" if value == listing.sort else ""}>'
        f"{_(name)}</option>"
        for value, name in listing.sort_choices
    ]
    return SafeString(
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
    return SafeString("\n".join([*parts, "</div>"]))


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
    return SafeString(f'<p class="hint">{_("Take this list with you:")} {_(", ").join(links)}</p>')


def _what_is_shown(listing) -> str:
    """“1–20 of 9,000, newest first”."""
    if listing.sort == "oldest":
        words = _("%(first)s–%(last)s of %(total)s, oldest first")
    elif listing.sort == "relevance":
        words = _("%(first)s–%(last)s of %(total)s, best match first")
    else:
        words = _("%(first)s–%(last)s of %(total)s, newest first")
    page, total = listing.page, number(listing.total)
    if listing.is_cut:
        total = _("over %(n)s") % {"n": total}
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
    return SafeString("\n    ".join(items))


def _page_link(n: int | None, url: str, page, anchor: str) -> str:
    if not n:
        return '<li class="gap"><span aria-hidden="true">…</span></li>'
    edge = ' class="edge"' if page.pages > MANY and n in {1, page.pages} and n != page.number else ""
    current = ' aria-current="page"' if n == page.number else ""
    words = (_("Page %(number)s, last page") if n == page.pages else _("Page %(number)s")) % {"number": n}
    return f'<li{edge}><a href="{escape(url)}{anchor}"{current} aria-label="{words}">{n}</a></li>'


def pager(listing, page, anchor: str = "", collecting=None) -> SafeString:
    """Links, and a field for a number; or, where ticks are to stay, buttons of the form that has them."""
    if page.pages <= 1:
        return SafeString("\n")
    if collecting:
        items = render_to_string(PAGER_COLLECTING, {"listing": listing, "page": page})
    else:
        items = page_links(listing, page, anchor)
    jump = _jump(listing, page, anchor) if page.pages > VERY_MANY and not collecting else ""
    return SafeString(
        f'<nav class="pager" aria-label="{_("Pages of results")}">\n'
        f"  <ul>\n    {items}\n  </ul>\n"
        f"  {jump}\n"
        "</nav>\n"
    )


def _jump(listing, page, anchor: str) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in listing.parameters
    )
    words = _("of %(pages)s") % {"pages": number(page.pages)}
    return (
        f'<form method="get" action="{listing.path}{anchor}">\n'
        f"    {hidden}\n"
        f'    <label for="p-jump">{_("Go to page")}</label>\n'
        f'    <input id="p-jump" name="page" type="number" inputmode="numeric" min="1" max="{page.pages}" required '
        f'placeholder="{page.number}"> <span>{words}</span>\n'
        f'    <button class="button quiet" type="submit">{_("Go")}</button>\n'
        "  </form>"
    )


def topic_links(topics) -> SafeString:
    links = [
        f'<li><a href="{one.get_absolute_url()}"><span>{escape(one.name)}</span> {count(one.publication_count)}</a></li>\n'
        for one in topics
    ]
    return SafeString("".join(links) + "\n")


def numbered_title(title: str, page) -> str:
    if page.number <= 1:
        return title
    words = _("%(title)s – page %(number)s of %(pages)s")
    return words % {"title": title, "number": page.number, "pages": page.pages}


def around(
    listing, collecting, collecting_url: str, ways_on, rows=ledger, *, with_types: bool
) -> dict[str, str]:
    """The parts of a list's page that templates/publications/_explore.html and _results.html name."""
    page = listing.page
    drawn = listing.histogram if rows is ledger and not collecting else None
    parts = {
        "path": listing.path,
        "collected": render_to_string(COLLECTED, {"collecting": collecting}) if collecting else "",
        "histogram": histogram(drawn, "#results", "f-first") if drawn else "",
        "type_pills": type_pills(listing) if with_types and listing.type_choices else "",
        "date_fields": date_fields(listing),
        "sort_field": sort_field(listing),
        "filters_in_use": filters_in_use(listing, collecting, collecting_url),
        "rows": rows(page, collecting) if page.rows else "",
    }
    if not page.rows:
        words = within_quotes(listing.values.get("q", ""))
        context = {"listing": listing, "words_looked_for": words, "ways_on": ways_on}
        return parts | {"nothing_found": render_to_string(NOTHING_FOUND, context)}
    return parts | {
        "pager": pager(listing, page, "#results", collecting),
        "collecting": render_to_string(COLLECTING, {"collecting": collecting, "listing": listing})
        if collecting
        else "",
        "ways_to_take": ways_to_take(listing),
    }
