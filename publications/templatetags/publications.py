# The few things templates need beyond Django's own: pictures, safe text, data blocks.
from django import template
from django.templatetags.static import static
from django.utils.html import json_script
from django.utils.safestring import mark_safe

from publications import richtext

register = template.Library()
STAND_IN = {"src": "picture-awaited.svg", "width": 1200, "height": 800}


@register.filter
def prose(text):
    """Stored rich text as a page shows it. It was made safe when it was saved."""
    return richtext.show(text)


@register.filter
def json_ld(data):
    """A block of linked data, which browsers neither run nor show. Its words cannot end the block."""
    return mark_safe(json_script(data).replace("application/json", "application/ld+json", 1))


@register.inclusion_tag("publications/_picture.html")
def picture(image, sizes, alt="", eager=False):
    """A picture in the stored sizes, without a look at any file. `sizes` as in HTML; `eager` for the one
    picture a reader sees first. A picture whose file is still awaited shows a stand-in."""
    context = {"alt": alt, "sizes": sizes, "eager": eager}
    manifest = image.renditions
    if not manifest.get("jpeg"):
        return context | STAND_IN | {"src": static(STAND_IN["src"])}
    sources = [
        {"type": f"image/{kind}", "srcset": _srcset(image, manifest[kind])} for kind in ("avif", "webp")
    ]
    return context | {
        "sources": sources,
        "src": image.rendition_url(manifest["jpeg"]["name"]),
        "width": manifest["width"],
        "height": manifest["height"],
    }


def _srcset(image, renditions) -> str:
    return ", ".join(f"{image.rendition_url(r['name'])} {r['width']}w" for r in renditions)
