# Atom 1.0 with all that it can say of a publication: several authors, the whole text, categories with names, files
# with titles. Written line by line, since a generator of events takes twenty times as long.
from xml.sax.saxutils import escape, quoteattr

from django.utils.feedgenerator import rfc3339_date

from publications.site.entries import Entry

MEDIA_TYPE = "application/atom+xml; charset=utf-8"


def write(feed, author: str, language: str) -> str:
    """A Feed (publications/site/feeds.py) whose author is the site."""
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n',
        f'<feed xml:lang={quoteattr(language)} xmlns="http://www.w3.org/2005/Atom">',
        _element("title", feed.title),
        _link("alternate", feed.page),
        _link("self", feed.address),
        _element("id", feed.id),
        _element("updated", rfc3339_date(feed.updated)),
        _person(author, feed.home),
        _element("icon", feed.icon) if feed.icon else "",
        _element("logo", feed.logo) if feed.logo else "",
        *map(_entry, feed.entries),
        "</feed>",
    ]
    return "".join(parts)


def _entry(entry: Entry) -> str:
    language = f" xml:lang={quoteattr(entry.language)}" if entry.language else ""
    content = f'<content type="html">{escape(entry.content)}</content>' if entry.content else ""
    return (
        f"<entry{language}>"
        f"{_element('title', entry.title)}"
        f"{_link('alternate', entry.address)}"
        f"{_element('published', rfc3339_date(entry.published))}"
        f"{_element('updated', rfc3339_date(entry.updated))}"
        f"{_element('id', entry.id)}"
        f"{''.join([_person(name, address) for name, address in entry.authors])}"
        f"{''.join([_category(category) for category in entry.categories])}"
        f"{_element('summary', entry.summary) if entry.summary else ''}"
        f"{content}"
        f"{''.join([_file(file) for file in entry.files])}"
        # No length: pages never open a file.
        f"{_link('enclosure', entry.picture, ' type="image/jpeg"') if entry.picture else ''}"
        f"{_link('related', entry.elsewhere) if entry.elsewhere else ''}"
        "</entry>"
    )


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else f"<{name}/>"


def _link(relation: str, address: str, more: str = "") -> str:
    return f'<link href={quoteattr(address)} rel="{relation}"{more}/>'


def _person(name: str, address: str) -> str:
    return f"<author>{_element('name', name)}{_element('uri', address)}</author>"


def _category(category) -> str:
    term, scheme, name = map(quoteattr, (category.term, category.scheme, category.name))
    return f"<category label={name} scheme={scheme} term={term}/>"


def _file(file) -> str:
    title, media_type = quoteattr(file.title), quoteattr(file.media_type)
    return (
        f'<link href={quoteattr(file.address)} length="{file.size}" rel="enclosure" '
        f"title={title} type={media_type}/>"
    )
