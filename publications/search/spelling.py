# The words of the collection: how a word that was begun may end, and what a mistyped one may have meant.
from collections.abc import Callable
from itertools import islice, product

from django.apps import apps
from django.db.models import Q
from django.db.models.functions import Length

from publications.reading import connection
from publications.search.words import WORD, fold_word, is_common
from publications.statements import ask

MOST_ENDINGS = 50
MOST_COMPARED = 300
MOST_TRIED = 8
LETTERS = "abcdefghijklmnopqrstuvwxyz"
LONGEST_CORRECTED = 25
WORDS = "publications_searchword"
LAST_LETTER = "\U0010ffff"


def _known():
    return apps.get_model("publications", "SearchWord").objects


def endings(beginning: str) -> list[str]:
    """The stems of words that begin so, the shortest words first."""
    # As patterns compare, since the index on PostgreSQL is in their order.
    from_on, before = ("~>=~", "~<~") if connection.vendor == "postgresql" else (">=", "<")
    rows = ask(
        f"SELECT stem FROM {WORDS} WHERE word {from_on} %s AND word {before} %s "
        "ORDER BY length(word), word LIMIT %s",
        [beginning, f"{beginning}{LAST_LETTER}", MOST_ENDINGS],
        one_plan=True,
    )
    return list(dict.fromkeys(stem for (stem,) in rows))


def begins_with(field: str, beginning: str) -> Q:
    """Each database's own way to read an index from one place on."""
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": beginning})
    return Q(**{f"{field}__gte": beginning, f"{field}__lt": f"{beginning}{LAST_LETTER}"})


def correct(text: str, finds: Callable[[str], bool], count: Callable[[str], int]) -> str | None:
    """The text with its mistyped words put right, when that finds something. A word that finds nothing by itself
    is taken to be mistyped."""
    places = [(match.start(), match.end()) for match in WORD.finditer(text)][:12]
    wrong = [place for place in places if not is_common(_word(text, place)) and not finds(_word(text, place))]
    choices = [_candidates(_word(text, place)) for place in wrong]
    if not wrong or not all(choices):
        return None
    best, most = None, 0
    for chosen in islice(product(*choices), MOST_TRIED):
        tried = _replaced(text, wrong, chosen)
        if (number := count(tried)) > most:
            best, most = tried, number
    return best


def _word(text: str, place: tuple[int, int]) -> str:
    return fold_word(text[slice(*place)])


def _replaced(text: str, places, words) -> str:
    for (start, end), word in reversed(list(zip(places, words, strict=True))):
        text = text[:start] + word + text[end:]
    return text


def _candidates(word: str) -> list[str]:
    """The nearest words of the collection, at most two slips away. Those that are one slip away are all
    looked at; of the others, those that begin alike."""
    if not 3 <= len(word) <= LONGEST_CORRECTED:
        return []
    alike = word[: max(2, len(word) // 2)]
    known = _known().filter(begins_with("word", alike)).annotate(letters=Length("word"))
    known = known.filter(letters__range=(len(word) - 2, len(word) + 2)).order_by("letters", "word")
    found = set(known.values_list("word", flat=True)[:MOST_COMPARED])
    found |= set(_known().filter(word__in=_one_slip_from(word)).values_list("word", flat=True))
    slips = {other: distance(word, other) for other in found - {word}}
    fewest = min(slips.values(), default=0)
    if fewest > (1 if len(word) < 5 else 2):
        return []
    nearest = [other for other in slips if slips[other] == fewest]
    return sorted(nearest, key=lambda other: (abs(len(other) - len(word)), other))[:MOST_TRIED]


def _one_slip_from(word: str) -> set[str]:
    """A letter too many, too few, another one, or two of them swapped."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    letters = dict.fromkeys(LETTERS + word)
    return {
        *(a + b[1:] for a, b in halves if b),
        *(a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1),
        *(a + letter + b[1:] for a, b in halves if b for letter in letters),
        *(a + letter + b for a, b in halves for letter in letters),
    }


def distance(one: str, other: str) -> int:
    """How many slips lead from one word to the other, two swapped neighbours counting as one."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            slips = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                slips = min(slips, before[j - 2] + 1)
            row.append(slips)
        before, above = above, row
    return above[-1]
