# The addresses of one text in its languages, as pages and sitemaps tell search engines.
from collections.abc import Callable, Iterable
from typing import NamedTuple

from publications import languages
from publications.models import Publication


class Alternate(NamedTuple):
    language: str
    address: str


def alternates(group: Iterable[Publication], absolute: Callable[[str], str]) -> list[Alternate]:
    """Each public item of a group of translations, and for readers of any other language the original.
    None for an item that stands alone."""
    group = sorted(group, key=lambda item: (item.translation_of_id is not None, item.language, item.pk))
    if len(group) < 2:
        return []
    found = [Alternate(languages.tag(item.language), absolute(item.get_absolute_url())) for item in group]
    return found if group[0].translation_of_id else [*found, Alternate("x-default", found[0].address)]
