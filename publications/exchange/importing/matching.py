# Which item on the site a row speaks of: by id, else by DOI, else by title, date and type together.
import sqlite3
from collections import defaultdict
from hashlib import blake2b

from django.db.models import Prefetch
from django.utils import timezone

from publications.bulk import any_of
from publications.exchange.importing.report import RowRefused
from publications.exchange.importing.values import quoted
from publications.folding import fold
from publications.models import Authorship, Publication, Topic


class Seen:
    """What the rows so far spoke of, so that one file cannot say two things of one item. Kept in a file that goes
    with it, so that long imports take no more memory than short ones."""

    def __init__(self):
        self._run = sqlite3.connect(
            "", isolation_level=None
        ).execute  # without a name: a file of SQLite's own
        for statement in (
            "PRAGMA journal_mode = OFF",
            "CREATE TABLE names (name TEXT PRIMARY KEY, row INTEGER) WITHOUT ROWID",
            "CREATE TABLE titles (digest BLOB, row INTEGER, import_id TEXT, doi TEXT, PRIMARY KEY (digest, row)) "
            "WITHOUT ROWID",
            "BEGIN",
        ):
            self._run(statement)

    def claim(self, row) -> None:
        """Raises RowRefused when an earlier row has the same id, DOI, or title, date and type."""
        named = [(field, value) for field, value in (("id", row.import_id), ("doi", row.doi)) if value]
        for field, value in named:
            if earlier := self._earlier(f"{field} {value}"):
                raise RowRefused((field, f"{quoted(value)} stands in row {earlier} already"))
        digest = _digest(row)
        alike = self._run("SELECT row, import_id, doi FROM titles WHERE digest = ? ORDER BY row", [digest])
        for earlier, import_id, doi in alike:
            if not _told_apart(row, import_id, doi):
                raise RowRefused(("title", f"row {earlier} has the same title, date and type already"))
        self._run("INSERT INTO titles VALUES (?, ?, ?, ?)", [digest, row.number, row.import_id, row.doi])
        for field, value in named:
            self._note(f"{field} {value}", row)

    def claim_item(self, publication, row) -> None:
        name = f"item {publication.pk}"
        earlier = self._earlier(name)
        if not earlier:
            self._note(name, row)
        elif earlier != row.number:
            raise RowRefused(("", f"speaks of the same item as row {earlier}: “{publication}”"))

    def _earlier(self, name: str) -> int | None:
        found = self._run("SELECT row FROM names WHERE name = ?", [name]).fetchone()
        return found and found[0]

    def _note(self, name: str, row) -> None:
        self._run("INSERT INTO names VALUES (?, ?)", [name, row.number])


class Matches:
    """The items on the site that the rows of one batch may speak of. Three queries, and two more for
    their topics and authors."""

    def __init__(self, rows, catalogue):
        self.catalogue = catalogue
        self._by_id = {item.import_id: item for item in _found("import_id", [row.import_id for row in rows])}
        self._by_doi = {item.doi: item for item in _found("doi", [row.doi for row in rows])}
        self._by_title = defaultdict(list)
        unknown = [row.title for row in rows if not (row.import_id in self._by_id or row.doi in self._by_doi)]
        for item in _found("title", unknown):
            day = timezone.localdate(item.published_at) if item.published_at else None
            self._by_title[item.title, day, item.content_type_id].append(item)

    def of(self, row) -> Publication | None:
        """Raises RowRefused when the row could mean two items, or claims another item's DOI."""
        by_id, by_doi = self._by_id.get(row.import_id), self._by_doi.get(row.doi)
        if by_doi and ((by_id and by_id != by_doi) or _other_id(row, by_doi)):
            raise RowRefused(("doi", f"{quoted(row.doi)} belongs to another item: {quoted(by_doi.title)}"))
        return by_id or by_doi or self._of_title(row)

    def _of_title(self, row):
        alike = self._by_title.get((row.title, row.day, self.catalogue.types.get(fold(row.type_name))), [])
        alike = [item for item in alike if not _told_apart(row, item.import_id, item.doi)]
        if len(alike) > 1:
            raise RowRefused(
                (
                    "title",
                    f"{len(alike)} items have this title, date and type; say by “id” or “doi” which is meant",
                )
            )
        return alike[0] if alike else None


def _told_apart(row, import_id, doi) -> bool:
    """Whether ids or DOIs show that two items alike in title, date and type are two."""
    ids, dois = {row.import_id, import_id} - {""}, {row.doi, doi} - {""}
    return len(ids) > 1 or len(dois) > 1


def _other_id(row, item) -> bool:
    return bool(row.import_id and item.import_id and row.import_id != item.import_id)


def _found(field, values):
    """None has a blank one: the indexes of ids and DOIs leave those out, and are used where this is said."""
    values = any_of({value for value in values if value})
    found = Publication.objects.filter(**{f"{field}__in": values}).exclude(**{field: ""}).order_by("pk")
    return found.select_related("image").prefetch_related(
        "corrections",
        Prefetch("topics", Topic.objects.only("pk")),
        Prefetch("authorships", Authorship.objects.select_related("person")),
    )


def _digest(row) -> bytes:
    return blake2b(f"{row.title}\0{row.day}\0{fold(row.type_name)}".encode(), digest_size=16).digest()
