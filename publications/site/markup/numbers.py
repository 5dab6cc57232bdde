# Numbers as the language of the page writes them.
from functools import lru_cache
from html import escape

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.safestring import SafeString

from publications.site.markup.words import ngettext
from publications.surroundings import surroundings


def number(n: int) -> str:
    return _written(n, surroundings().language)


@lru_cache(maxsize=20_000)
def _written(n: int, language: str) -> str:
    return escape(str(intcomma(n)))


def count(n: int) -> SafeString:
    """How many publications, as it stands beside what leads to them."""
    words = ngettext(
        '%(number)s<span class="vh"> publication</span>', '%(number)s<span class="vh"> publications</span>', n
    )
    return SafeString(f'<span class="count">{words % {"number": number(n)}}</span>')


def how_many(n: int, since_year: int | None = None) -> SafeString:
    """In words."""
    if since_year:
        words = ngettext("%(number)s publication since %(year)s", "%(number)s publications since %(year)s", n)
        return SafeString(words % {"number": number(n), "year": since_year})
    words = ngettext("%(number)s publication", "%(number)s publications", n)
    return SafeString(words % {"number": number(n)})
