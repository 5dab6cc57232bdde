# Text as search compares it: case and accents do not count. The same on both databases, whose own
# case folding differs.
import unicodedata


def fold(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    if not letters.isascii():  # long English texts skip the slow part
        letters = "".join(c for c in letters if not unicodedata.combining(c))
    return " ".join(letters.split())
