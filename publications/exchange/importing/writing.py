# Takes rows in batches: matches, applies, writes. A batch is one transaction and a fixed number of queries
# beside the new pictures and changed items.
from pathlib import Path

from django.core.exceptions import ObjectNotUpdated
from django.db import DataError, IntegrityError, reset_queries, transaction
from django.utils import timezone

from publications import bulk
from publications.exchange.importing import corrections
from publications.exchange.importing.catalogue import Catalogue
from publications.exchange.importing.csv_reading import Malformed
from publications.exchange.importing.items import Item, batches, blank
from publications.exchange.importing.links import Links
from publications.exchange.importing.matching import Matches, Seen
from publications.exchange.importing.pictures import Pictures
from publications.exchange.importing.report import IN_HISTORY, RowRefused
from publications.exchange.importing.rows import read_row
from publications.exchange.importing.slugs import Slugs
from publications.exchange.importing.values import quoted
from publications.history import recording
from publications.models import (
    Authorship,
    Entry,
    Image,
    Person,
    Publication,
    Tally,
    Topic,
    TopicAncestry,
    index,
    index_new,
    syncing_once,
)
from publications.models.standing import UNPUBLISHED

BATCH = 1_000  # rows
ANALYZED_AFTER = {1, 10, 100, 1_000}  # batches
GROWING = (
    Publication,
    Publication.topics.through,
    Authorship,
    Person,
    Image,
    Topic,
    TopicAncestry,
    Entry,
    Tally,
)
State = Publication.State


class Importer:
    def __init__(self, source, report, images_dir: Path, *, dry_run: bool):
        self.source, self.report = source, report
        self.catalogue = Catalogue(report)
        self.pictures = Pictures(images_dir, report, dry_run=dry_run)
        self.seen, self.slugs = Seen(), Slugs(Publication)
        # The site shows the higher number first among items of one moment. Numbers are given downwards, so
        # such items stand in the file's order however far apart their rows are.
        self.last_pk = bulk.reserve(Publication, source.total) + source.total + 1
        self.links = Links(report, self.catalogue, range(self.last_pk - source.total, self.last_pk))
        self.unchanged = bytearray(source.total + 1)  # by the numbers of rows

    def run(self, progress) -> None:
        self.catalogue.take_topics(self.source.topics)
        for number, batch in enumerate(batches(self._clean_rows(progress), BATCH), 1):
            self._take(batch)
            if number in ANALYZED_AFTER:
                bulk.analyze(*GROWING)
            reset_queries()  # with DEBUG on, Django would keep the text of thousands of them
        for number in self.links.make():
            if self.unchanged[number]:
                self.report.unchanged -= 1
                self.report.updated += 1
        progress(self.source.total, self.source.total)

    def _clean_rows(self, progress):
        for number, raw in self.source.rows():
            progress(number - 1, self.source.total)
            try:
                if isinstance(raw, Malformed):
                    raise RowRefused(("", raw.reason))
                row = read_row(number, raw, self.report)
                self.seen.claim(row)
            except RowRefused as refusal:
                self.report.reject(number, refusal.reasons)
            else:
                yield row

    def _take(self, rows, *, again=False) -> None:
        items = self._match(rows)
        self._give_slugs(items)
        items = [item for item in items if self._is_complete(item)]
        for item in items:
            self._join(item)
        self._join_authors(items)
        self.pictures.place(items)
        try:
            changed = [item.publication for item in items if item.outcome == "updated"]
            with transaction.atomic(), syncing_once(), recording(None, IN_HISTORY, *changed):
                self._write(items)
        except (IntegrityError, DataError, ObjectNotUpdated) as error:
            rows = [item.row for item in items]
            # By halves and from the start, since nothing was written, to find the one refused.
            if len(rows) > 1:
                self._take(rows[: len(rows) // 2])
                self._take(rows[len(rows) // 2 :])
            elif not isinstance(error, ObjectNotUpdated):
                self._reject(rows[0], ("", f"the database refuses it: {str(error).splitlines()[0]}"))
            elif again:
                self._reject(
                    rows[0], ("", "others deleted its item twice while it was changed; import it again")
                )
            else:  # deleted meanwhile: found no more, and made anew
                self._take(rows, again=True)
            return
        self.pictures.count(items)
        for item in items:
            self.links.remember(item)
            self.report.count(item.outcome)
            self.unchanged[item.row.number] = item.outcome == "unchanged"

    def _reject(self, row, *reasons):
        self.report.reject(row.number, reasons)

    def _match(self, rows) -> list[Item]:
        matches, items = Matches(rows, self.catalogue), []
        for row in rows:
            try:
                publication = matches.of(row)
                if publication:
                    self.seen.claim_item(publication, row)
            except RowRefused as refusal:
                self._reject(row, *refusal.reasons)
                continue
            is_new = publication is None
            if is_new:
                publication = blank(self.last_pk - row.number)
            item = Item(row, publication, is_new)
            self._apply(item)
            items.append(item)
        return items

    def _apply(self, item) -> None:
        row, publication = item.row, item.publication
        stated = dict(row.columns)
        if "date" in row.stated and not self._is_same_day(row, publication):
            stated["published_at"] = row.date.at if row.date else None
        if stated.get("state") == State.MERGED and not publication.replaced_by_id:
            stated["state"] = State.REMOVED  # until the item it was merged into is in, too
        for name, value in stated.items():
            if getattr(publication, name) != value:
                setattr(publication, name, value)
                item.changed.add(name)
        if "image" in row.stated and not row.picture and publication.image_id:
            publication.image = None
            item.changed.add("image")

    def _is_same_day(self, row, publication) -> bool:
        """A bare day says nothing of the time, so a time that an editor chose on that day stays."""
        at = publication.published_at
        return bool(row.date and row.date.is_day and at and timezone.localdate(at) == row.day)

    def _give_slugs(self, items) -> None:
        """Check the slugs that rows state, and make the others from titles."""
        given = {}
        for item in items:
            if "slug" in item.changed:
                given.setdefault(item.publication.slug, item)
        owners = self.slugs.owners(given)
        for item in list(items):
            slug = item.publication.slug
            if "slug" in item.changed and (
                given[slug] is not item or owners.get(slug, item.publication.pk) != item.publication.pk
            ):
                self._reject(item.row, ("slug", f"{quoted(slug)} belongs, or once belonged, to another item"))
                items.remove(item)
        unnamed = [item for item in items if not item.publication.slug]
        slugs = self.slugs.free([item.publication.title for item in unnamed], reserved=given)
        for item, slug in zip(unnamed, slugs, strict=True):
            item.publication.slug = slug

    def _is_complete(self, item) -> bool:
        """Whether it may be published, if it is; rejects it if not."""
        publication, picture, problems = item.publication, item.row.picture, []
        if publication.state not in UNPUBLISHED and not publication.published_at:
            problems.append(("date", "is missing; what is published or withdrawn needs one"))
        is_merged = item.row.columns.get("state") == State.MERGED
        if is_merged and not (item.row.replaced_by or publication.replaced_by_id):
            problems.append(("replaced_by", "is missing; name the item it was merged into"))
        if publication.state == State.PUBLISHED and (picture or publication.image):
            words = picture.words if picture else {}
            image = publication.image
            decorative = words.get("is_decorative", image.is_decorative if image else False)
            if not decorative and not words.get("alternative_text", image.alternative_text if image else ""):
                reason = "is missing; say what the picture shows, or write “decorative”: true"
                problems.append(("image.alt", reason))
        if problems:
            self._reject(item.row, *problems)
        return not problems

    def _join(self, item) -> None:
        row, publication = item.row, item.publication
        content_type = self.catalogue.type(row.type_name)
        if publication.content_type_id != content_type:
            publication.content_type_id = content_type
            item.changed.add("content_type")
        if "topics" in row.stated:
            wanted = list(dict.fromkeys(map(self.catalogue.topic, row.topics)))
            present = () if item.is_new else [topic.pk for topic in publication.topics.all()]
            item.topics = wanted if set(wanted) != set(present) else None
        if "corrections" in row.stated:
            self._join_corrections(item)

    def _join_corrections(self, item) -> None:
        wanted = item.row.corrections
        present = [] if item.is_new else corrections.of(item.publication)
        if sorted(wanted) != sorted(present):
            item.corrections = wanted
            item.publication.corrected_on = corrections.latest(wanted)
            item.changed.add("corrected_on")

    def _join_authors(self, items) -> None:
        anew = [item for item in items if "authors" in item.row.stated and not self._has_authors(item)]
        people = self.catalogue.people(name for item in anew for name in item.row.authors)
        for item in anew:
            item.authors = [people[name] for name in item.row.authors]

    def _has_authors(self, item) -> bool:
        if item.is_new:
            return not item.row.authors
        return [one.printed_name for one in item.publication.authorships.all()] == item.row.authors

    def _write(self, items) -> None:
        self._create([item.publication for item in items if item.is_new])
        for item in items:
            if item.outcome == "updated":
                item.publication.save(update_fields={*item.changed, "changed_at"})
        old = [item for item in items if not item.is_new]
        Through = Publication.topics.through
        Through.objects.filter(
            publication__in=[i.publication.pk for i in old if i.topics is not None]
        ).delete()
        Authorship.objects.filter(
            publication__in=[i.publication.pk for i in old if i.authors is not None]
        ).delete()
        joined = [(item.publication.pk, topic) for item in items for topic in item.topics or ()]
        bulk.insert(Through, ("publication", "topic"), joined)
        authored = [
            (item.publication.pk, person, position)
            for item in items
            for position, person in enumerate(item.authors or ())
        ]
        bulk.insert(Authorship, ("publication", "person", "position"), authored)
        Publication.relist(item.publication.pk for item in items if item.outcome != "unchanged")

        if all(item.outcome in ("created", "unchanged") for item in items):
            index_new((item.publication, item.topics or ()) for item in items if item.is_new)
        else:  # all at once, so that the words of a batch are noted in one order
            index(item.publication.pk for item in items if item.is_new or item.joins_changed)
        corrections.write(items)

    def _create(self, publications) -> None:
        if not publications:
            return
        now = timezone.now()
        for publication in publications:
            publication.date_withdrawal()
            publication.created_at = publication.changed_at = now
        bulk.insert_objects(publications[::-1])  # their texts were cleaned when the row was read
