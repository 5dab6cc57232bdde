# The editors' side: Django's own admin in the project's theme, one module per model.
# Nothing imports this package but the admin itself; the public site works without it.
from publications.admin import (
    accounts,
    content_type,
    frame,
    image,
    log,
    page,
    person,
    preview_link,
    publication,
    redirect,
    topic,
)

__all__ = [
    "accounts",
    "content_type",
    "frame",
    "image",
    "log",
    "page",
    "person",
    "preview_link",
    "publication",
    "redirect",
    "topic",
]
