# Checks entries and tallies against their definition, and makes them anew.
from collections.abc import Iterator

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, IntegerField, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils import timezone

from publications.models import Entry, ListingState, Publication, Tally, Topic
from publications.models.entry import ALWAYS, EVERYTHING, NOWHERE, wanted_entries

PER_PART = 10_000  # publications
BEYOND = 2**63 - 1  # all keys

ENTRY_COLUMNS = "publication_id, topic, type, published_at"
TALLY_COLUMNS = "topic, type, period, n"


def rebuild() -> None:
    """Part by part, each in a transaction of its own, so that editors who save meanwhile wait for one part at most.
    Entries that are right stay so for readers throughout, and so do the counts of a topic."""
    for start, end in _parts():
        with transaction.atomic():
            ListingState.lock()
            _rebuild_entries(start, end)
    counted = Tally.objects.order_by("topic").values_list("topic", flat=True).distinct()
    for topic in sorted({NOWHERE, EVERYTHING, *Topic.objects.values_list("pk", flat=True), *counted}):
        with transaction.atomic():
            ListingState.lock()
            _rebuild_tallies(topic)
    with transaction.atomic():
        state = ListingState.lock()
        state.time_zone = settings.TIME_ZONE
        state.save()


def _parts() -> Iterator[tuple[int, int]]:
    """The first key and the first beyond it of so many publications at a time. All keys are in a part, those of what
    was deleted, too."""
    start = 0
    while start < BEYOND:
        keys = Publication.with_copies.filter(pk__gte=start).order_by("pk").values_list("pk", flat=True)
        [end] = keys[PER_PART : PER_PART + 1] or [BEYOND]
        yield start, end
        start = end


def _rebuild_entries(start: int, end: int) -> None:
    keys = f"SELECT id FROM {Publication._meta.db_table} WHERE id >= %s AND id < %s"
    sql, params = wanted_entries(RawSQL(keys, [start, end])).query.sql_with_params()
    entries = Entry._meta.db_table
    _run(f"DELETE FROM {entries} WHERE publication_id >= %s AND publication_id < %s", [start, end])
    _run(f"INSERT INTO {entries} ({ENTRY_COLUMNS}) SELECT * FROM ({sql}) wanted ORDER BY 2, 4, 1", params)


def _rebuild_tallies(topic: int) -> None:
    tallies = Tally._meta.db_table
    _run(f"DELETE FROM {tallies} WHERE topic = %s", [topic])
    for rows in wanted_tallies(topic=topic):
        sql, params = rows.query.sql_with_params()
        _run(f"INSERT INTO {tallies} ({TALLY_COLUMNS}) {sql}", params)


def wanted_tallies(**of) -> list[QuerySet]:
    """The definition: querysets of (topic, type, period, how many entries), one for each length of period; of all
    entries, or of those."""
    zone = timezone.get_default_timezone()
    year, month = ExtractYear("published_at", tzinfo=zone), ExtractMonth("published_at", tzinfo=zone)
    periods = [Value(ALWAYS, IntegerField()), year, year * 100 + month]
    return [
        Entry.objects.filter(**of)
        .order_by()
        .values_list("topic", "type", period)
        .annotate(n=Count("*"))
        .order_by("topic", "type")
        for period in periods
    ]


def differences() -> Iterator[str]:
    """A sentence for each entry and tally that is not as it should be, and for a change of the time zone."""
    with transaction.atomic():
        zone = ListingState.lock().time_zone
        if zone != settings.TIME_ZONE:
            yield f"Months are counted in {zone}, and the site is in {settings.TIME_ZONE} now."
        present = Entry.objects.order_by().values_list("publication_id", "topic", "type", "published_at")
        yield from _compare("entry", ENTRY_COLUMNS, [wanted_entries()], present)
        present = Tally.objects.order_by().values_list("topic", "type", "period", "n")
        yield from _compare("tally", TALLY_COLUMNS, wanted_tallies(), present)


def _compare(name, columns, wanted, present) -> Iterator[str]:
    wanted = [rows.order_by() for rows in wanted]
    everything = wanted[0] if len(wanted) == 1 else wanted[0].union(*wanted[1:], all=True)
    for verdict, rows, others in (("missing", everything, present), ("too many", present, everything)):
        (sql, params), (other_sql, other_params) = (query.query.sql_with_params() for query in (rows, others))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT * FROM ({sql}) a EXCEPT SELECT * FROM ({other_sql}) b", [*params, *other_params]
            )
            for row in cursor:
                facts = ", ".join(
                    f"{column} {value}" for column, value in zip(columns.split(", "), row, strict=True)
                )
                yield f"{name} {verdict}: {facts}"


def _run(sql, params=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
