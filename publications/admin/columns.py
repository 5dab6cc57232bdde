# The columns of the list of publications: what each shows, and what has to be read for it.
from django.contrib import admin
from django.db.models import F, Prefetch
from django.utils.dateformat import format as format_date

from publications.admin.autocomplete import words_for
from publications.admin.display import day, day_and_time, kind, quiet, status_mark, thumbnail
from publications.languages import native_name
from publications.models import Authorship

TITLE = "headline"  # leads to the form, so it always shows
USUAL = ["picture", TITLE, "status", "type", "topic_names", "published", "changed"]
OTHERS = "byline language_name number doi_shown corrected changer made maker".split()
JOINED = {"changer": "changed_by", "maker": "created_by", "picture": "image"}


class Columns:
    """For the list of publications."""

    list_display = USUAL
    list_display_links = [TITLE]
    all_columns = [*USUAL, *OTHERS]

    def for_list(self, rows):
        return rows.defer("body", "key_findings", "notice")

    def reading(self, rows, columns):
        """Whatever these columns show, in one query or two more. Types are joined by nobody: there are few."""
        if joined := [JOINED[name] for name in columns if name in JOINED]:
            rows = rows.select_related(*joined)
        if "topic_names" in columns:
            rows = rows.prefetch_related("topics")
        if "byline" in columns:
            names = Authorship.objects.select_related("person")
            rows = rows.prefetch_related(Prefetch("authorships", names))
        return rows

    def column_words(self, name) -> str:
        return getattr(self, name).short_description

    @admin.display(description="picture")
    def picture(self, publication):
        return thumbnail(publication.image)

    @admin.display(description="title", ordering="title")
    def headline(self, publication):
        return publication.title

    @admin.display(description="state")
    def status(self, publication):
        return status_mark(publication)

    @admin.display(description="type")
    def type(self, publication):
        return kind(publication.content_type)

    @admin.display(description="topics")
    def topic_names(self, publication):
        return ", ".join(topic.name for topic in publication.topics.all()) or quiet("No topic")

    @admin.display(description="date", ordering=F("published_at").asc(nulls_last=True))
    def published(self, publication):
        if not publication.published_at:
            return quiet("No date")
        show = day_and_time if publication.is_scheduled else day
        return show(publication.published_at)

    @admin.display(description="last changed", ordering="changed_at")
    def changed(self, publication):
        return day(publication.changed_at)

    @admin.display(description="authors")
    def byline(self, publication):
        return ", ".join(one.printed_name for one in publication.authorships.all()) or quiet("No author")

    @admin.display(description="language")
    def language_name(self, publication):
        return native_name(publication.language) if publication.language else quiet("The site’s")

    @admin.display(description="report number")
    def number(self, publication):
        return publication.report_number

    @admin.display(description="DOI")
    def doi_shown(self, publication):
        return publication.doi

    @admin.display(description="corrected")
    def corrected(self, publication):
        return format_date(publication.corrected_on, "j M Y") if publication.corrected_on else ""

    @admin.display(description="changed last by")
    def changer(self, publication):
        return words_for(publication.changed_by) if publication.changed_by else ""

    @admin.display(description="made", ordering="pk")
    def made(self, publication):
        return day(publication.created_at)

    @admin.display(description="made by")
    def maker(self, publication):
        return words_for(publication.created_by) if publication.created_by else ""
