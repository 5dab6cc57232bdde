# Sentences in the language of the page, remembered: Django looks each up in several catalogues every time.
from functools import lru_cache

from django.utils import translation

from publications.surroundings import surroundings


def gettext(message: str) -> str:
    return _single(message, surroundings().language)


def pgettext(context: str, message: str) -> str:
    return _in_context(context, message, surroundings().language)


def ngettext(singular: str, plural: str, n: int) -> str:
    return _numbered(singular, plural, n, surroundings().language)


@lru_cache(maxsize=2_000)
def _single(message: str, language: str) -> str:
    return translation.gettext(message)


@lru_cache(maxsize=2_000)
def _in_context(context: str, message: str, language: str) -> str:
    return translation.pgettext(context, message)


@lru_cache(maxsize=20_000)
def _numbered(singular: str, plural: str, n: int, language: str) -> str:
    return translation.ngettext(singular, plural, n)
