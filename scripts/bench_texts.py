# Made-up words and sentences for measuring: always the same ones, and as many different ones as search engines and
# compression meet in earnest.
import random

WORDS, SENTENCES = 4000, 4093  # a prime number, so that what is drawn by counting on does not repeat soon
COMMON, RARE, PHRASE = "harbour", "quorvane", "tidal barrier"
ONSETS = "b br c ch d dr f fl g gl h j k l m n p pl qu r s sh st t tr v w z".split()
VOWELS = "a e i o u ai ea io oa".split()
ENDINGS = "n r s t l m nd st rk lt ge ve".split()


def vocabulary(chance: random.Random) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < WORDS:
        syllables = "".join(
            chance.choice(ONSETS) + chance.choice(VOWELS) for _ in range(chance.randint(1, 2))
        )
        words[syllables + chance.choice(ENDINGS)] = None
    return list(words)


def texts() -> list[tuple[int, str, str, str]]:
    """(number, the beginning of a title, its end, a sentence of some eighty characters): a few words are common
    and most are rare, as in any language."""
    chance = random.Random(1)
    words = vocabulary(chance)
    weights = [1 / (rank + 10) for rank in range(WORDS)]

    def some(n):
        return " ".join(chance.choices(words, weights, k=n))

    return [(n, some(2).capitalize(), some(3), f"{some(12).capitalize()}.") for n in range(SENTENCES)]
