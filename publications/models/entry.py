# The read side's tables, and `sync_listing`, which keeps them. They are derived from publications and topics, and
# can be made anew at any time; publications/listing/ reads them.
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from itertools import batched
from operator import itemgetter

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Value
from django.db.models.expressions import RawSQL
from django.utils import timezone

from publications import bulk
from publications.statements import ask

EVERYTHING = 0  # stands where the key of a topic stands, for the list of all topics and of none
NOWHERE = -1  # and for the list of none, in which editors find what was forgotten
ALWAYS = 0  # the period of all time
CHUNK = 1_000
COLUMNS = ("publication_id", "topic", "type", "published_at")
KEYS = object()  # stands where the keys of publications do


class Entry(models.Model):
    """A publication in a list: one row for everything, and one for each of its topics and of those above
    them, or one for being in none. What is scheduled has its entries already: a list shows those whose time has come."""

    pk = models.CompositePrimaryKey("publication_id", "topic")
    # Without a constraint, so that `sync_listing` still finds the entries of what was deleted and can count them off.
    publication = models.ForeignKey(
        "Publication",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="entries",
    )
    topic = models.IntegerField()
    type = models.IntegerField()
    published_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [
            # With the type, so that those of a part of a month are counted from the index alone.
            models.Index(fields=["topic", "-published_at", "-publication", "type"], name="entry_newest"),
            models.Index(fields=["topic", "type", "-published_at", "-publication"], name="entry_type_newest"),
        ]

    def __str__(self):
        return f"{self.publication_id} in {self.topic}"


class Tally(models.Model):
    """How many entries a topic has of a type in a period of the site's time zone: 0 for all time, 2026 for a
    year, 202611 for a month. Periods without entries have no row."""

    pk = models.CompositePrimaryKey("topic", "type", "period")
    topic = models.IntegerField()
    type = models.IntegerField()
    period = models.IntegerField()
    n = models.IntegerField()

    class Meta:
        default_permissions = ()
        verbose_name_plural = "tallies"
        indexes = [  # both hold all that is asked of them, so that the rows themselves are not read
            models.Index(fields=["topic", "period", "type", "n"], name="tally_of_topic"),
            models.Index(fields=["period", "topic", "type", "n"], name="tally_of_period"),
        ]

    def __str__(self):
        return f"{self.n} of type {self.type} in topic {self.topic}, {self.period}"


class ListingState(models.Model):
    """One row: the time zone that months were counted in. Whoever changes entries locks it, so that changes
    come one after the other."""

    time_zone = models.CharField(max_length=80)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"Listing in {self.time_zone}"

    @classmethod
    def lock(cls) -> "ListingState":
        """Until the end of the transaction."""
        at_once = " FOR UPDATE" if connection.features.has_select_for_update else ""
        rows = ask(
            f"SELECT id, time_zone FROM {cls._meta.db_table} WHERE id = %s{at_once}", [1], one_plan=True
        )
        made = {"pk": 1, "defaults": {"time_zone": settings.TIME_ZONE}}
        return cls(*rows[0]) if rows else cls.objects.select_for_update().get_or_create(**made)[0]


# What waits for the end of `syncing_once`: what is to be done, and the keys of the publications it is done for.
_put_off: ContextVar[dict[Callable, set[int]] | None] = ContextVar("put_off", default=None)


@contextmanager
def syncing_once():
    """Within it nothing is synced or indexed; all of it is at its end. For whoever changes several rows in a
    transaction: who locks the listing and then waits for a row may wait for somebody who waits for the listing."""
    if _put_off.get() is not None:
        yield
        return
    late = {}
    token = _put_off.set(late)
    try:
        yield
    finally:
        _put_off.reset(token)
    for work in sorted(late, key=lambda work: work is sync_listing):  # the listing last
        work(late[work])


def is_put_off(work: Callable, publications: Iterable[int]) -> bool:
    """Whether this work on these publications is done at the end of `syncing_once`."""
    if (late := _put_off.get()) is None:
        return False
    late.setdefault(work, set()).update(publications)
    return True


def sync_listing(publications: Iterable[int]) -> None:
    """Bring the entries and tallies of these publications in line with what is written of them, whatever
    became of them. Must stand in the transaction that changed them, after the change."""
    pks = sorted(set(publications))
    if not pks or is_put_off(sync_listing, pks):
        return
    with transaction.atomic(savepoint=False):
        ListingState.lock()
        for chunk in batched(pks, CHUNK):
            _sync(chunk)


class ListedModel(models.Model):
    """Keeps its entries when it is saved or deleted. Whoever changes its topics, or many rows at once,
    calls `relist` afterwards."""

    relist = staticmethod(sync_listing)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            self.relist([self.pk])

    def delete(self, *args, **kwargs):
        pk = self.pk
        with transaction.atomic():
            type(self).objects.filter(pk=pk).lock()
            deleted = super().delete(*args, **kwargs)
            self.relist([pk])
        return deleted


def wanted_entries(publications: RawSQL | None = None) -> models.QuerySet:
    """The definition: (publication, topic, type, published_at) of every entry there should be, of publications
    with these keys or of all."""
    listed = Entry.publication.field.related_model.objects.listed().order_by()
    if publications is not None:
        listed = listed.filter(pk__in=publications)
    facts = "content_type_id", "published_at"
    everywhere, nowhere = (Value(topic, models.BigIntegerField()) for topic in (EVERYTHING, NOWHERE))
    in_topics = listed.filter(topics__isnull=False)
    in_topics = in_topics.values_list("pk", "topics__ancestor_paths__ancestor", *facts).distinct()
    in_none = listed.filter(topics__isnull=True).values_list("pk", nowhere, *facts)
    return listed.values_list("pk", everywhere, *facts).union(in_topics, in_none, all=True).order_by()


def _sync(pks) -> None:
    new, gone = _differing(pks)
    if not new and not gone:
        return
    if gone:
        Entry.objects.filter(pk__in=[(publication, topic) for publication, topic, *_ in gone]).delete()
    in_order_of_lists = sorted(new, key=itemgetter(1, 3, 0))
    bulk.write_rows(Entry._meta.db_table, COLUMNS, in_order_of_lists)
    counts = Counter()
    for rows, sign in ((new, 1), (gone, -1)):
        periods = {moment: periods_of(_aware(moment)) for moment in {row[-1] for row in rows}}
        for _, topic, type, published_at in rows:
            for period in periods[published_at]:
                counts[topic, type, period] += sign
    _add({key: n for key, n in counts.items() if n})


def _differing(pks) -> tuple[set[tuple], set[tuple]]:
    """Entries that are missing, and entries that are too many, as the database has them."""
    keys = bulk.any_of(pks, "bigint")
    sql, params = _wanted_and_present(keys.sql)
    rows = ask(sql, [keys.params[0] if param is KEYS else param for param in params])
    wanted = {tuple(row) for is_wanted, *row in rows if is_wanted}
    present = {tuple(row) for is_wanted, *row in rows if not is_wanted}
    return wanted - present, present - wanted


@cache
def _wanted_and_present(keys: str) -> tuple[str, list]:
    """One query for both, compiled once: that takes longer than to answer it."""
    some = RawSQL(keys, [KEYS])
    present = Entry.objects.filter(publication__in=some).order_by().values_list(*COLUMNS)
    (wanted, its), (there, others) = (
        rows.query.sql_with_params() for rows in (wanted_entries(some), present)
    )
    return f"SELECT 1, wanted.* FROM ({wanted}) wanted UNION ALL SELECT 0, there.* FROM ({there}) there", [
        *its,
        *others,
    ]


def _aware(moment) -> dt.datetime:
    """SQLite knows no zones."""
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def periods_of(moment: dt.datetime) -> tuple[int, int, int]:
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return ALWAYS, local.year, local.year * 100 + local.month


def _add(counts: dict[tuple[int, int, int], int]) -> None:
    """Add to the tallies, in the order of their keys; those that come to nothing go."""
    table = Tally._meta.db_table
    rows = [(*key, n) for key, n in sorted(counts.items())]
    more = f"ON CONFLICT (topic, type, period) DO UPDATE SET n = {table}.n + excluded.n"
    bulk.write_rows(table, ("topic", "type", "period", "n"), rows, more)
    if fewer := [key for key, n in counts.items() if n < 0]:
        for keys in batched(fewer, CHUNK):
            Tally.objects.filter(pk__in=keys, n=0).delete()
