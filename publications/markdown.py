# Markdown, as programs read texts: from our safe HTML and from plain words. Knows no models.
import re

from markdownify import MarkdownConverter

_converter = MarkdownConverter(
    heading_style="ATX",
    bullets="-",
    escape_misc=True,
    autolinks=False,
    sub_symbol="<sub>",  # Markdown has no signs of its own for these two
    sup_symbol="<sup>",
    table_infer_header=True,  # a table without one would not be read as a table
)


def from_html(text: str) -> str:
    """Sanitised rich text, with the links it has."""
    return _converter.convert(text).strip()


def escape(text: str) -> str:
    """The words on one line, without a meaning in Markdown."""
    words = re.sub(r"([\\`*_\[\]<>#|~]|&(?=#?\w+;))", r"\\\1", " ".join(text.split()))
    return re.sub(r"^([-+]|\d+(?=[.)]))", lambda m: f"{m[1]}\\" if m[1].isdigit() else f"\\{m[1]}", words)


def link(words: str, address: str) -> str:
    return f"[{escape(words)}]({address})"


def bullets(lines) -> str:
    return "\n".join(f"- {line}" for line in lines)


def join(blocks) -> str:
    """A document of these blocks; what is empty is left out."""
    return "\n\n".join(block for block in blocks if block) + "\n"
