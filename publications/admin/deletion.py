# What goes with a row that is deleted, and what stands in its way, told before anybody deletes it.
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.contrib.admin.utils import NestedObjects
from django.db import DEFAULT_DB_ALIAS
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from publications.admin import counting
from publications.admin.choices import UNNAMED, name_for
from publications.admin.counting import has_more, in_words
from publications.models import Authorship

MOST_NAMED = 20


class _Beginning(NestedObjects):
    """Looks no further than is counted: a topic may hold half a million items. The first by their keys."""

    def related_objects(self, related_model, related_fields, objs):
        rows = super().related_objects(related_model, related_fields, objs).order_by("pk")
        return rows[: counting.MOST_COUNTED + 1]


class Deletion:
    def get_deleted_objects(self, objs, request):
        """Named are those chosen; what goes with them is counted, without the tables that only we know, and without
        asking for names that nobody is shown."""
        found = _Beginning(using=DEFAULT_DB_ALIAS, origin=objs)
        found.collect(objs)
        known = {model._meta.verbose_name_plural for model in self.admin_site._registry}
        known |= {
            inline.verbose_name_plural or inline.model._meta.verbose_name_plural for inline in self.inlines
        }
        counts = {model._meta.verbose_name_plural: len(rows) for model, rows in found.model_objs.items()}
        counts = {name: in_words(number) for name, number in counts.items() if name in known}
        refused = {
            model._meta.verbose_name
            for model, rows in found.model_objs.items()
            if not self._may_delete_all(request, model, rows)
        }
        in_the_way = self._first_of(found.protected, request.user)
        return [self._linked(obj, request.user) for obj in objs], counts, refused, in_the_way

    def _may_delete_all(self, request, model, rows) -> bool:
        """Of more rows than were looked at, whether any such row may be deleted is asked, too."""
        if model not in self.admin_site._registry:
            return True
        asked = [*rows, None] if has_more(len(rows)) else rows
        return all(self.admin_site._registry[model].has_delete_permission(request, row) for row in asked)

    def _first_of(self, rows, user) -> list[str]:
        first = sorted(rows, key=lambda row: (row._meta.label, row.pk))[:MOST_NAMED]
        others = len(rows) - len(first)
        words = f"over {others - 1:,} more" if has_more(len(rows)) else f"{others:,} more"
        prefetch_related_objects([row for row in first if isinstance(row, Authorship)], "publication")
        return [*(self._linked(row, user) for row in first), *([words] if others else [])]

    def _linked(self, row, user) -> str:
        """Where somebody is an author stands in the publication."""
        row = row.publication if isinstance(row, Authorship) else row
        kind, name = capfirst(row._meta.verbose_name), name_for(user, row)
        if type(row) not in self.admin_site._registry or name == UNNAMED:
            return f"{kind}: {name}"
        address = reverse(admin_urlname(row._meta, "change"), args=[row.pk], current_app=self.admin_site.name)
        return format_html('{}: <a href="{}">{}</a>', kind, address, name)
