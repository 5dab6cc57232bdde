# Text as search and sorting compare it: case and accents do not count. The same on both databases, whose
# own case folding and collations differ.
import unicodedata

# Letters that readers type without their stroke or ligature, and Unicode does not take apart.
UNDIVIDED = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"}
)


def fold(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    if not letters.isascii():  # long English texts skip the slow part
        letters = "".join(c for c in letters if not unicodedata.combining(c)).translate(UNDIVIDED)
    return " ".join(letters.split())
