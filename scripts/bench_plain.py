# What topichub is measured against: the same lists as plain Django makes them, with the same cards in the same
# frame, but without counts beside filters and without the years.
from functools import cache

from django.conf import settings
from django.http import HttpResponse
from django.template.backends.django import DjangoTemplates
from django.urls import include, path
from django.views.generic import ListView
from django_filters import FilterSet

from publications import clock
from publications.filters import PublicationFilter
from publications.models import FeaturedItem, Publication, Topic
from publications.site.context import get_menu

TEMPLATE = """{% extends "base.html" %}{% block content %}<h1>{{ topic }}</h1>
{% for item in featured %}{% include "publications/_feature.html" with publication=item.publication only %}{% endfor %}
<ol>{% for publication in page_obj %}<li>{% include "publications/_entry.html" with publication=publication only %}</li>{% endfor %}</ol>
<p>{{ paginator.count }} {% if page_obj.has_next %}<a href="?page={{ page_obj.next_page_number }}">next</a>{% endif %}</p>
{% endblock content %}"""


class PlainFilter(PublicationFilter):
    """The same filters with a form for each request, as they are used most."""

    now = None
    __init__, is_valid = FilterSet.__init__, FilterSet.is_valid
    filter_queryset = FilterSet.filter_queryset


PlainFilter.base_filters = PublicationFilter.base_filters  # with those whose names Python does not allow


class PlainList(ListView):
    paginate_by = 20

    def get_queryset(self):
        rows = Publication.objects.published(clock.now())
        if slug := self.kwargs.get("slug"):
            self.topic = Topic.objects.get(slug=slug)
            rows = rows.in_topic(self.topic)
        filters = PlainFilter(self.request.GET, Publication.objects)
        assert filters.is_valid()
        rows = filters.filter_queryset(rows).select_related("content_type", "image")
        return rows.defer("body", "key_findings", "notice").newest_first()

    def render_to_response(self, context):
        topic = getattr(self, "topic", None)
        featured = FeaturedItem.objects.live().filter(topic=topic).select_related("publication__image")
        context |= {"topic": topic, "featured": list(featured)}
        context |= {f"{place}_menu": _menu(self.request, place) for place in ("main", "footer")}
        return HttpResponse(_template().render(context, self.request))


def _menu(request, place: str) -> list[dict[str, str]]:
    path = request.path
    return [
        {
            "name": name,
            "url": url,
            "rel": rel,
            "current": "page" if path == url else "true" if path.startswith(url) else "",
        }
        for name, url, rel in get_menu(request, place)
    ]


@cache
def _template():
    """Out of templates alone: the cards as publications/site/markup/ has them, but as Django's templates."""
    ours = settings.TEMPLATES[0]
    options = ours["OPTIONS"] | {"libraries": {"plain": "scripts.plain_tags"}}
    dirs = [settings.BASE_DIR / "scripts" / "plain", *ours["DIRS"]]
    engine = DjangoTemplates({"NAME": "plain", "DIRS": dirs, "APP_DIRS": True, "OPTIONS": options})
    return engine.from_string(TEMPLATE)


urlpatterns = [
    path("plain/topics/<slug:slug>/", PlainList.as_view()),
    path("plain/publications/", PlainList.as_view()),
    path("", include("topichub.urls")),
]
