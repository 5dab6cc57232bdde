# The public addresses. They are for ever: a page may move, but its old address leads to the new one.
from django.urls import path
from django.views.decorators.http import require_safe

from publications.site import downloads, views

app_name = "publications"


def page(route, view, name):
    """Public pages are for reading: GET and HEAD."""
    return path(route, require_safe(view), name=name)


urlpatterns = [
    page("", views.home, "home"),
    page("topics/", views.topic_list, "topic-list"),
    page("topics/<slug:slug>/", views.topic_detail, "topic-detail"),
    page("publications/", views.publication_list, "publication-list"),
    page("publications/<slug:slug>/", views.publication_detail, "publication-detail"),
    page("publications/<slug:slug>/<str:name>", downloads.file_detail, "file-detail"),
    page("people/", views.person_list, "person-list"),
    page("people/<slug:slug>/", views.person_detail, "person-detail"),
    page("types/<slug:slug>/", views.type_detail, "type-detail"),
    page("images/<int:pk>/<str:name>", downloads.image_rendition, "image-rendition"),
    page("healthz", downloads.health, "health"),
]
