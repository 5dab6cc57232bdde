# The public addresses. They are for ever: a page may move, but its old address leads to the new one.
from django.urls import path

from publications.site import downloads, views

app_name = "publications"
urlpatterns = [
    path("", views.home, name="home"),
    path("topics/", views.topic_list, name="topic-list"),
    path("topics/<slug:slug>/", views.topic_detail, name="topic-detail"),
    path("publications/", views.publication_list, name="publication-list"),
    path("publications/<slug:slug>/", views.publication_detail, name="publication-detail"),
    path("publications/<slug:slug>/<str:name>", downloads.file_detail, name="file-detail"),
    path("people/", views.person_list, name="person-list"),
    path("people/<slug:slug>/", views.person_detail, name="person-detail"),
    path("types/<slug:slug>/", views.type_detail, name="type-detail"),
    path("images/<int:pk>/<str:name>", downloads.image_rendition, name="image-rendition"),
    path("healthz", downloads.health, name="health"),
]
