# Puts rows of one database into another, empty one: all that an import left in the tables of the app, with entries,
# tallies and documents, by bulk_create, as one would write it. For scripts/bench_import.py.
import time
from itertools import batched
from typing import NamedTuple

from django.apps import apps
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, connections, models, transaction

from publications.models import Publication, SearchDocument
from publications.richtext import RichTextField

BATCH = 500


class Aside(NamedTuple):
    """What is no part of a measure."""

    seconds: float = 0
    spent: float = 0  # processor time


def put_in(source: str) -> Aside:
    """The rows of the database of this name. What reading them took stands aside."""
    connections.databases["source"] = connection.settings_dict | {"NAME": source}
    aside = Aside()
    with transaction.atomic():
        for model in apps.get_app_config("publications").get_models(include_auto_created=True):
            if not model._base_manager.exists():  # what migrations made is there already
                target, reading = bare(model), _read(model)
                while True:
                    began, spent = time.perf_counter(), time.process_time()
                    rows = next(reading, None)
                    aside = Aside(
                        aside.seconds + time.perf_counter() - began, aside.spent + time.process_time() - spent
                    )
                    if rows is None:
                        break
                    target._base_manager.bulk_create([target(**row) for row in rows])
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # so that nothing waits to be taken into the index
                cursor.execute("SELECT gin_clean_pending_list('publications_searchdocument_words')")
    return aside


def _read(model):
    names = [field.attname for field in model._meta.local_concrete_fields]
    rows = model._base_manager.using("source").order_by("pk")
    if _has_words(model):
        names, rows = [*names, "words"], rows.extra(select={"words": "words::text"})
    for some in batched(rows.values_list(*names).iterator(chunk_size=BATCH), BATCH):
        yield [dict(zip(names, row, strict=True)) for row in some]


def _has_words(model) -> bool:
    return model is SearchDocument and connection.vendor == "postgresql"


def bare(model):
    """The same table as a model without anything of ours, such as the cleaning of texts."""
    if model not in (Publication, SearchDocument):
        return model
    fields = {field.name: field.clone() for field in model._meta.local_fields}
    for name, field in fields.items():
        if isinstance(field, RichTextField):
            fields[name] = models.TextField(blank=True)
        elif field.is_relation:
            field.remote_field.related_name = "+"
    if _has_words(model):
        fields["words"] = SearchVectorField()
    meta = type("Meta", (), {"app_label": "plain", "managed": False, "db_table": model._meta.db_table})
    return type(f"Plain{model.__name__}", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})
