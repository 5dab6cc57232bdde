# Answers readers before Django does: with the page that this process keeps, where it is still right. It looks at
# the request as the server hands it over, asks the database for its generation and sends what lies ready.
# Whatever is not plainly the request of a reader for a page kept goes on to Django, as it came.
from time import time

from django.conf import settings

from publications.listing.glance import glance_at_generation
from publications.reading import SIGNED_IN, choose_database
from publications.site.kept_pages import recall

# What is weighed by Django's own rules, or is no reader's.
LEFT_TO_DJANGO = {"HTTP_AUTHORIZATION", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE"}
READING = {"GET", "HEAD"}
# Read once: settings cost more than all else that an address takes.
SECURE_BY = settings.SECURE_PROXY_SSL_HEADER


class Front:
    """A WSGI application around another."""

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        return _answer(environ, start_response) or self.application(environ, start_response)


def _answer(environ, start_response) -> list[bytes] | None:
    page = recall(address_of(environ)) if _is_plain(environ) else None
    if not page:
        return None
    choose_database(environ)
    generation, now = glance_at_generation(), time()
    if not page.is_current(generation, now):
        return None
    form = page.form(environ.get("HTTP_ACCEPT_ENCODING", ""))
    if _has_it(environ.get("HTTP_IF_NONE_MATCH"), page.etag):
        start_response("304 Not Modified", form.unchanged + page.how_long(now))
        return [b""]
    start_response("200 OK", form.headers + page.how_long(now))
    return [form.body if environ["REQUEST_METHOD"] == "GET" else b""]


def _is_plain(environ) -> bool:
    if environ["REQUEST_METHOD"] not in READING or not environ.keys().isdisjoint(LEFT_TO_DJANGO):
        return False
    if "HTTP_IF_MODIFIED_SINCE" in environ and "HTTP_IF_NONE_MATCH" not in environ:
        return False
    cookies = environ.get("HTTP_COOKIE")
    return not (cookies and any(name in cookies for name in SIGNED_IN))


def address_of(environ) -> str:
    """As Django reads it; nothing is kept under an address that Django has not accepted."""
    scheme = environ["wsgi.url_scheme"]
    if SECURE_BY and SECURE_BY[0] in environ:
        scheme = "https" if environ[SECURE_BY[0]].split(",", 1)[0].strip() == SECURE_BY[1] else "http"
    path = environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"]
    return f"{scheme}://{environ.get('HTTP_HOST', '')}{path}?{environ.get('QUERY_STRING', '')}"


def _has_it(tags: str | None, etag: str) -> bool:
    """Whether the browser has the page under this tag; a weak tag and a strong one mean the same page."""
    return bool(tags) and (
        tags.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
    )
