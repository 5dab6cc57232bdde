# What a search box offers while somebody types: topics, people and titles, as any reader may see them.
from django.db.models import Exists, OuterRef
from django.http import JsonResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _, ngettext

from publications.models import Authorship, Person, Publication, Topic
from publications.querysets import public_now
from publications.search.finding import titles_like
from publications.search.spelling import begins_with
from publications.search.words import words

SHORTEST = 2  # letters
MOST_TOPICS, MOST_PEOPLE, MOST_TITLES = 3, 3, 6
MOST_NAMES = 50  # looked through
KEPT_FOR = 300  # seconds


def suggestions(request):
    """The same for everybody, so that browsers and proxies may keep it for some minutes."""
    text = request.GET.get("q", "")[:200]
    now = timezone.now()
    found = []
    if typed := words(text):
        *whole, beginning = typed
        if len("".join(typed)) >= SHORTEST:
            found = [*_topics(whole, beginning), *_people(whole, beginning, now), *_titles(text, now)]
    number = len(found)
    said = ngettext("%(n)s suggestion", "%(n)s suggestions", number) % {"n": number}
    response = JsonResponse(
        {"suggestions": found, "announcement": said}, json_dumps_params={"ensure_ascii": False}
    )
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, public=True, max_age=KEPT_FOR)
    return response


def _suggestion(kind: str, row, language: str = "") -> dict[str, str]:
    return {"kind": kind, "text": str(row), "url": row.get_absolute_url(), "language": language}


def _topics(whole, beginning):
    """Topics count in hundreds, so their names are compared here."""
    topics = [topic for topic in Topic.objects.in_order() if _fits(words(topic.name), whole, beginning)]
    return [_suggestion(_("Topic"), topic) for topic in topics[:MOST_TOPICS]]


def _people(whole, beginning, now):
    """By the beginning of the name as filed."""
    works = Authorship.objects.filter(public_now(now, prefix="publication__"), person=OuterRef("pk"))
    people = Person.objects.filter(begins_with("search_name", beginning)).filter(Exists(works)).by_name()
    people = [one for one in people[:MOST_NAMES] if _fits(words(one.search_name), whole, beginning)]
    return [_suggestion(_("Author"), one) for one in people[:MOST_PEOPLE]]


def _titles(text, now):
    publications = Publication.objects.published(now).select_related("content_type")
    pks = titles_like(text, now)
    found = publications.in_bulk(pks)
    best = [found[pk] for pk in pks if pk in found]
    return [_suggestion(one.content_type.name, one, one.language) for one in best[:MOST_TITLES]]


def _fits(name: list[str], whole: list[str], beginning: str) -> bool:
    return set(whole) <= set(name) and any(word.startswith(beginning) for word in name)
