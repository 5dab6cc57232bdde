# The list of several topics at once, out of the entries of each: what stands in more than one of them shows, and
# counts, once. The fullest topic is counted by its tallies, the others by those of their entries that stand in none
# before them.
from collections import Counter
from functools import cached_property

from publications.listing.counts import ENTRIES, Counts, month_start, stored
from publications.listing.entries import FEW, NEWEST_FIRST, EntryList, descend, entries_sql
from publications.listing.prepared import SQL
from publications.models import Entry, Publication
from publications.reading import connection

MOST_TOPICS = 8  # beyond, one question of the written tables costs less than one of each topic


def list_of_topics(now, topics: list[int], **scope) -> EntryList:
    """With none, the list that the scope says."""
    if len(topics) > 1:
        return SeveralTopics(now, topics, **scope)
    return EntryList(now, **scope | ({"topic": topics[0]} if topics else {}))


class SeveralTopics(EntryList):
    def __init__(self, now, topics: list[int], **scope):
        super().__init__(now, **scope)
        self.topics = topics

    @cached_property
    def counts(self) -> "UnionCounts":
        return UnionCounts(self.topics, self.types, self.now, self.start, self.end)

    def rows(self, *, oldest_first: bool = False):
        entries = Entry.objects.filter(topic__in=self.topics, published_at__lt=self.end)
        if self.types:
            entries = entries.filter(type__in=self.types)
        if self.start:
            entries = entries.filter(published_at__gte=self.start)
        rows = Publication.objects.filter(pk__in=entries.values("publication"))
        return rows.oldest_first() if oldest_first else rows.newest_first()

    def newest_keys(self, skipped: int, length: int) -> SQL:
        """The newest of each topic, without repetition."""
        end, skipped = self._enter(skipped)
        parts, values = [], []
        for topic in self.topics:
            sql, given = entries_sql(topic, self.types, self.start, end, skipped + length)
            parts.append(f"SELECT * FROM (SELECT * FROM ({sql}) entries {NEWEST_FIRST} LIMIT %s) of_topic")
            values += [*given, skipped + length]
        sql = f"SELECT publication_id FROM ({' UNION '.join(parts)}) page {NEWEST_FIRST} LIMIT {length:d} OFFSET %s"
        return SQL(sql, [*values, skipped])

    def _enter(self, skipped: int):
        """At the end of the year in which the page begins."""
        if skipped <= FEW:
            return self.end, skipped
        year, left = descend(self.counts.by_year(self.end), skipped)
        return min(self.end, month_start(year + 1, 1)), left


class UnionCounts:
    """As ListCounts, of several topics. One query for each topic, and one for each span between two moments."""

    def __init__(self, topics: list[int], types, now, start, end):
        self.chosen, self.start, self.end = types, start, end
        moments = list(filter(None, [now, start, end]))
        counts = {topic: Counts(topic, moments) for topic in topics}
        self.fullest, *self.others = sorted(topics, key=lambda topic: -sum(counts[topic].years.values()))
        self.counts, self._between = counts, {}

    def by_type(self) -> dict[int, int]:
        counts: dict[int, int] = {}
        for (kind, _), n in self.between(self.start, self.end).items():
            counts[kind] = counts.get(kind, 0) + n
        return counts

    def by_year(self, end) -> dict[int, int]:
        counts: dict[int, int] = {}
        for (kind, year), n in self.between(None, end).items():
            if not self.chosen or kind in self.chosen:
                counts[year] = counts.get(year, 0) + n
        return dict(sorted(counts.items()))

    def between(self, start, end) -> dict[tuple[int, int], int]:
        if (start, end) not in self._between:
            self._between[start, end] = self._count(start, end)
        return self._between[start, end]

    def _count(self, start, end) -> dict[tuple[int, int], int]:
        counts = Counter(self.counts[self.fullest].between(start, end))
        parts, values, before = [], [], [self.fullest]
        for topic in self.others:
            if years := {year for _, year in self.counts[topic].between(start, end)}:
                sql, given = _of_no_other(topic, before, _spans(years, start, end))
                parts.append(sql)
                values += given
            before.append(topic)
        if parts:
            with connection.cursor() as cursor:
                cursor.execute(" UNION ALL ".join(parts), values)
                for kind, year, n in cursor.fetchall():
                    counts[kind, year] += n
        return counts


def _spans(years, start, end):
    """(year, its first moment, the first after it), cut to what lies between the two."""
    for year in sorted(years):
        first = month_start(year, 1)
        yield year, max(first, start) if start else first, min(month_start(year + 1, 1), end)


def _of_no_other(topic: int, others: list[int], spans) -> tuple[str, list]:
    """SQL of (type, year, how many) of a topic's entries whose publications have none in the others."""
    rows, values = [], []
    for year, first, end in spans:
        rows.append("SELECT %s AS year, %s AS first, %s AS until")
        values += [year, stored(first), stored(end)]
    sql = (
        f"SELECT entry.type, years.year, COUNT(*) FROM ({' UNION ALL '.join(rows)}) years "
        f"JOIN {ENTRIES} entry ON entry.topic = %s "
        "AND entry.published_at >= years.first AND entry.published_at < years.until "
        f"WHERE NOT EXISTS (SELECT 1 FROM {ENTRIES} other WHERE other.publication_id = entry.publication_id "
        f"AND other.topic IN ({', '.join(['%s'] * len(others))})) GROUP BY entry.type, years.year"
    )
    return sql, [*values, topic, *others]
