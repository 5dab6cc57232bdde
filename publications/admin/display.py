# How single values look in lists and forms: marks with a shape and a word, small pictures, moments.
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.text import slugify

from publications.clock import moment_in_words

THUMBNAIL_WIDTH = 320


def status_mark(publication):
    return state_mark(publication.status)


def state_mark(word):
    return format_html('<span class="status" data-status="{}">{}</span>', slugify(word), word)


def kind(content_type):
    return format_html('<span class="kind" data-mark="{}">{}</span>', content_type.mark, content_type)


def quiet(text):
    return format_html('<span class="quiet">{}</span>', text)


def short_date(moment) -> str:
    return format_date(timezone.localtime(moment), "j M Y")


def day(moment):
    return format_html(
        '<time datetime="{}">{}</time>', timezone.localtime(moment).isoformat(), short_date(moment)
    )


def day_and_time(moment):
    local = timezone.localtime(moment)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), moment_in_words(moment))


def preview_address(image) -> str:
    """Where the smallest rendition is, or "" while the file is awaited."""
    renditions = image.renditions.get("webp") or []
    name = next((each["name"] for each in renditions if each["width"] >= THUMBNAIL_WIDTH), None)
    name = name or next((each["name"] for each in renditions[-1:]), None)
    return image.rendition_url(name) if name else ""


def thumbnail(image):
    """Decorative here: the words that stand for the picture are printed beside it."""
    if not image:
        return ""
    address = preview_address(image)
    if not address:
        return format_html('<span class="thumb awaited">{}</span>', "File awaited")
    return format_html('<img class="thumb" src="{}" width="96" height="64" alt="" loading="lazy">', address)
