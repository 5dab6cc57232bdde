# Texts as the search compares them: words without case and accents, and their stems. Both databases get
# them ready-made, so that they find the same.
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

import snowballstemmer
from django.conf import settings
from django.conf.locale import LANG_INFO

from publications.folding import fold

LONGEST_WORD = 60
MOST_KNOWN = 200_000  # words whose stems are kept in memory
# Vowel signs and the like, which belong to their word but are no letters to Python.
_MARKS = "".join(chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M")
# Scripts without blanks between words: each character counts as a word.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
WORD = re.compile(rf"[{_UNSPACED}]|(?:[^\W_{_UNSPACED}][{_MARKS}]*)+")
# By it words are found in texts without other letters, in a fraction of the time.
_BETWEEN_PLAIN_WORDS = {code: " " for code in range(128) if not chr(code).isalnum()}
_POSSESSIVE = re.compile(r"['’]s\b", re.IGNORECASE)
# What stands in most texts and tells none of them apart; left out of what is looked for, not of the index.
COMMON = {
    "en": "a an and are as at be by can did do does for from has have how i if in is it its of on or our "
    "should that the their there these this to was we were what when where which who why will with"
}


def _language() -> str:
    return settings.LANGUAGE_CODE.lower().partition("-")[0]


@lru_cache(maxsize=1)
def _stemmer(language: str):
    name = LANG_INFO.get(language, {}).get("name", "").lower().partition(" ")[0]
    return snowballstemmer.stemmer(name) if name in snowballstemmer.algorithms() else None


class _Known(dict):
    """What is made of each word that was asked for. A look-up of a word that is known is all it costs."""

    def __init__(self, make: Callable[[str], str]):
        self.make = make

    def __missing__(self, word: str) -> str:
        if len(self) >= MOST_KNOWN:
            self.clear()
        self[word] = found = self.make(word)
        return found


@lru_cache(maxsize=1)
def _stems_of(language: str) -> _Known:
    stemmer = _stemmer(language)
    return _Known(lambda word: (stemmer.stemWord(word) if stemmer else word)[:LONGEST_WORD])


def stem(word: str) -> str:
    """What a folded word has in common with its other forms, by the rules of the site's language. A word of
    another language may be cut oddly, but always in the same way."""
    return _stems_of(_language())[word]


@lru_cache(maxsize=50_000)
def fold_word(word: str) -> str:
    return fold(word)[:LONGEST_WORD]


def words(text: str) -> list[str]:
    """The folded words of a text, in its order."""
    if not text:
        return []
    text = text.replace("\N{SOFT HYPHEN}", "")
    if "'" in text or "’" in text:
        text = _POSSESSIVE.sub("", text)
    found = _found(text.lower() if text.isascii() else fold(text))
    if max(map(len, found), default=0) > LONGEST_WORD:
        found = [word[:LONGEST_WORD] for word in found]
    return found


def words_as_written(text: str, most: int) -> list[str]:
    """The words of a text's first letters, as they are written."""
    return _found(text[:most])


def _found(text: str) -> list[str]:
    return text.translate(_BETWEEN_PLAIN_WORDS).split() if text.isascii() else WORD.findall(text)


def stem_all(words: list[str]) -> list[str]:
    return list(map(_stems_of(_language()).__getitem__, words))


def stems(text: str) -> list[str]:
    return stem_all(words(text))


def is_common(word: str) -> bool:
    return word in _common(_language())


@lru_cache(maxsize=1)
def _common(language: str) -> frozenset[str]:
    return frozenset(COMMON.get(language, "").split())


@lru_cache(maxsize=1)
def _stems_as_written(language: str) -> _Known:
    """Of words as they stand in texts."""
    stems = _stems_of(language)
    return _Known(lambda word: stems[fold_word(word)])


def stems_as_written(words: Iterable[str]) -> list[str]:
    """Of words as they stand in a text, found there by WORD."""
    return list(map(_stems_as_written(_language()).__getitem__, words))
