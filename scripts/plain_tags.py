# Pictures as plain Django templates write them.
from django import template
from django.templatetags.static import static

from publications.site.markup.frame import json_ld

register = template.Library()
register.filter(json_ld)


@register.inclusion_tag("publications/_picture.html")
def picture(image, sizes, alt="", eager=False):
    manifest, context = image.renditions, {"alt": alt, "sizes": sizes, "eager": eager}
    if not manifest.get("jpeg"):
        return context | {"src": static("picture-awaited.svg"), "width": 1200, "height": 800}
    sources = [
        {
            "type": f"image/{kind}",
            "srcset": ", ".join(
                f"{image.rendition_url(one['name'])} {one['width']}w" for one in manifest[kind]
            ),
        }
        for kind in ("avif", "webp")
    ]
    src = image.rendition_url(manifest["jpeg"]["name"])
    return context | {
        "sources": sources,
        "src": src,
        "width": manifest["width"],
        "height": manifest["height"],
    }
