# Checks entries and tallies against their definition, and makes them anew.
from collections.abc import Iterator

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, IntegerField, QuerySet, Value
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils import timezone

from publications.models import Entry, ListingState, Tally
from publications.models.entry import ALWAYS, wanted_entries

ENTRY_COLUMNS = "publication_id, topic, type, published_at"
TALLY_COLUMNS = "topic, type, period, n"


def rebuild() -> None:
    """In one transaction, so that readers see a whole list throughout, the former or the new. Editors who
    save wait for its end: at a million publications some minutes."""
    with transaction.atomic():
        state = ListingState.lock()
        _run(f"DELETE FROM {Entry._meta.db_table}")
        _run(f"DELETE FROM {Tally._meta.db_table}")
        sql, params = wanted_entries().query.sql_with_params()
        # In the order of lists, so that a page's entries lie side by side.
        _run(
            f"INSERT INTO {Entry._meta.db_table} ({ENTRY_COLUMNS}) SELECT * FROM ({sql}) wanted ORDER BY 2, 4, 1",
            params,
        )
        for rows in wanted_tallies():
            sql, params = rows.query.sql_with_params()
            _run(f"INSERT INTO {Tally._meta.db_table} ({TALLY_COLUMNS}) {sql}", params)
        state.time_zone = settings.TIME_ZONE
        state.save()


def wanted_tallies() -> list[QuerySet]:
    """The definition: querysets of (topic, type, period, how many entries), one for each length of period."""
    zone = timezone.get_default_timezone()
    year, month = ExtractYear("published_at", tzinfo=zone), ExtractMonth("published_at", tzinfo=zone)
    periods = [Value(ALWAYS, IntegerField()), year, year * 100 + month]
    return [
        Entry.objects.order_by()
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
