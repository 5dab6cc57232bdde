# Safe rich text: one list of what editors may write, used by the editor in the admin, by the sanitiser
# on every save and import, and (headings, tables) by the page that shows it. Knows no models.
import html
import re
from urllib.parse import urljoin

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext
from django_prose_editor.fields import ProseEditorField, create_sanitizer

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [2, 3, 4]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
}
_clean = create_sanitizer(EXTENSIONS)
MOST_PASSES = 5


def sanitize(text: str) -> str:
    """The text with every tag, attribute and address removed that editors may not write.

    A first-level heading would compete with the page's own, so then all headings move down one level.
    Text without any tag becomes paragraphs, cut at blank lines. Cleaning what is clean changes nothing.
    """
    text = (text or "").replace("\x00", "").strip()
    if "<" not in text:
        return _clean(_paragraphs(text))
    if re.search(r"<h1[\s>]", text, re.IGNORECASE):
        text = re.sub(
            r"(</?h)([1-3])(?=[\s>])", lambda m: f"{m[1]}{int(m[2]) + 1}", text, flags=re.IGNORECASE
        )
    text = re.sub(r"<(/?)b(?=[\s>])", r"<\1strong", text, flags=re.IGNORECASE)
    text = re.sub(r"<(/?)i(?=[\s>])", r"<\1em", text, flags=re.IGNORECASE)
    text = _settled(text)
    return text if "<" in text else _paragraphs(text)


def _settled(text: str) -> str:
    """Clean; and again while that still changes something, as it can with tags that were wrongly nested."""
    for _ in range(MOST_PASSES):
        before, text = text, _clean(text).strip()
        if text == before:
            break
    return text


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{part.strip()}</p>" for part in re.split(r"\n\s*\n", text) if part.strip())


def plain_text(text: str) -> str:
    """The words alone, for search and for machines: tags become blanks, entities become letters."""
    return " ".join(without_tags(text).split())


def without_tags(text: str) -> str:
    """The same with its blanks as they come."""
    words = text.replace("<p>", " ").replace("</p>", " ")
    if "<" in words or "&" in words:  # where there is more than paragraphs
        words = nh3.clean(re.sub(r"<(/?(p|h\d|li|td|th|tr|br|blockquote))\b", r" <\1", text), tags=set())
        words = html.unescape(words)
    return words


class RichTextField(ProseEditorField):
    """HTML that is safe to show as it is: cleaned in forms and again on every save."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **({"extensions": EXTENSIONS, "sanitize": sanitize} | kwargs))

    def pre_save(self, instance, add):
        text = sanitize(getattr(instance, self.attname))
        setattr(instance, self.attname, text)
        return text


def headings(text: str) -> list[tuple[str, str]]:
    """(anchor, words) of each second-level heading, in order, for the list of contents."""
    return [(anchor, words) for anchor, words, level in _anchors(text) if level == "2"]


def show(text: str) -> SafeString:
    """Sanitised text as a page shows it: headings can be linked to, wide tables scroll by themselves."""
    if "<h" in text:
        anchors = iter(_anchors(text))
        text = re.sub(r"<h([234])>", lambda m: f'<h{m[1]} id="{next(anchors)[0]}">', text)
    if "<table" in text:
        label = html.escape(gettext("Table"))
        region = f'<div class="scroll" role="region" aria-label="{label}" tabindex="0">'
        text = re.sub(
            r"<table\b.*?</table>",
            lambda m: f"{region}{m[0]}</div>",
            text,
            flags=re.DOTALL,
        )
    return mark_safe(text)  # everything stored has passed sanitize


def with_absolute_links(text: str, address: str) -> str:
    """Sanitised text for readers far from its page, whose address is `address`."""
    return re.sub(
        r'(<a\b(?:[^>"]|"[^"]*")*?\shref=")([^"]*)',
        lambda m: m[1] + html.escape(_absolute(html.unescape(m[2]), address)),
        text,
    )


def links(text: str) -> list[str]:
    """The addresses that sanitised text links to, each once, in their order."""
    found = re.findall(r'<a\b(?:[^>"]|"[^"]*")*?\shref="([^"]*)', text)
    return list(dict.fromkeys(html.unescape(link) for link in found))


def _absolute(link: str, address: str) -> str:
    try:
        return urljoin(address, link)
    except ValueError:  # not an address at all, such as http://[
        return link


def _anchors(text: str) -> list[tuple[str, str, str]]:
    found, used = [], set()
    for level, inner in re.findall(r"<h([234])>(.*?)</h\1>", text, re.DOTALL):
        words = plain_text(inner)
        base = anchor = f"s-{slugify(words)[:60] or 'section'}"
        number = 1
        while anchor in used:
            number += 1
            anchor = f"{base}-{number}"
        used.add(anchor)
        found.append((anchor, words, level))
    return found
