# The words that stand for a picture where it cannot be seen.
import re

from django.core.exceptions import ValidationError

PICTURE_FILE = re.compile(r"\S\.(jpe?g|jfif|png|gif|webp|avif|hei[cf]|tiff?|bmp|svg|psd|eps|raw|pdf)$", re.I)
MACHINE_MADE = re.compile(r"(?=.*\d)[0-9a-f-]{8,}|\S*_\S*", re.I)
# Words that cameras, telephones and hurried people make file names of.
FILE_NAME_WORDS = {
    *("cimg", "dcim", "dji", "dsc", "dscf", "dscn", "gopr", "img", "imgp", "mvimg", "p", "pict", "pxl"),
    *("image", "photo", "pic", "picture", "scan", "screen", "screenshot", "shot", "whatsapp"),
    *("copy", "crop", "cropped", "download", "edit", "edited", "final", "large", "scaled", "small", "v", "x"),
    *("unnamed", "untitled", "am", "at", "pm"),
}
WORD = re.compile(r"[^\W\d_]+")


def check_alternative_text(text):
    """Raise ValidationError when the text is but a file name, which tells nothing to those who cannot see."""
    text = text.strip()
    is_file = PICTURE_FILE.search(text) and len(text.split()) <= 5
    only_file_words = text and FILE_NAME_WORDS.issuperset(WORD.findall(text.lower()))
    if is_file or only_file_words or MACHINE_MADE.fullmatch(text):
        raise ValidationError(
            f"“{text}” looks like a file name. Please say in a sentence what the picture shows,"
            " for readers who cannot see it.",
            code="file_name",
        )
