# What joins items to other items and to topics' featured places. Done last, when all rows are in.
from collections import defaultdict

from django.core.exceptions import ValidationError

from publications.bulk import any_of
from publications.exchange.importing.report import IN_HISTORY
from publications.exchange.importing.values import quoted
from publications.history import record, recording
from publications.models import FeaturedItem, Publication, Topic

CHUNK = 500
State = Publication.State
MOST_FEATURED = 6
GONE = "somebody deleted the item meanwhile"


class Links:
    """Collects what rows say of other items and of featured places, a few dozen bytes each."""

    def __init__(self, report, catalogue, new: range):
        """`new` has the keys of what this import makes."""
        self.report, self.catalogue, self._new = report, catalogue, new
        self._leads, self._translations, self._replacements = [], [], []
        self._places, self._cleared = defaultdict(list), {}

    def remember(self, item) -> None:
        row, pk = item.row, item.publication.pk
        if "lead" in row.stated and (row.lead or not item.is_new):
            self._leads.append((row.number, pk, row.lead))
        if "translation_of" in row.stated and (row.translation_of or not item.is_new):
            self._translations.append((row.number, pk, row.translation_of))
        if "replaced_by" in row.stated and (row.replaced_by or not item.is_new):
            is_merged = row.columns.get("state") == State.MERGED
            self._replacements.append((row.number, pk, row.replaced_by, is_merged))
        for place in row.places:
            topic = self.catalogue.topic(place.topic)
            self._places[topic].append((place.position, row.number, pk))
        if "featured_in" in row.stated and not row.places and not item.is_new:
            self._cleared[pk] = row.number

    def make(self) -> set[int]:
        """Returns the numbers of the rows that changed something here."""
        changed = set()
        for field, links, problem_of in (
            ("lead", self._leads, _lead_problem),
            ("translation_of", self._translations, _translation_problem),
        ):
            for start in range(0, len(links), CHUNK):
                with recording(None, IN_HISTORY):
                    changed |= self._point(field, links[start : start + CHUNK], problem_of)
        for start in range(0, len(self._replacements), CHUNK):
            with recording(None, IN_HISTORY):
                changed |= self._set_replacements(self._replacements[start : start + CHUNK])
        with recording(None, IN_HISTORY):
            for topic, places in self._places.items():
                changed |= self._feature(topic, sorted(places))
            changed |= self._clear()
        return changed

    def _record(self, item) -> None:
        """What this import made has no history yet."""
        if item.pk not in self._new:
            record(item)

    def _point(self, field, links, problem_of) -> set[int]:
        """Let items point to others by this field, each unless something is wrong with it."""
        named = _named({name for _, _, name in links})
        items = Publication.objects.in_bulk([pk for _, pk, _ in links])
        changed = set()
        for number, pk, name in links:
            item, other = items.get(pk), named.get(name) if name else None
            if not item:
                self.report.warn(number, field, GONE)
                continue
            if getattr(item, f"{field}_id") == (other.pk if other else None) and (other or not name):
                continue
            if problem := problem_of(item, other) if other or not name else _unknown(name):
                self.report.warn(number, field, f"{problem}; the item went in without it")
                continue
            self._record(item)
            setattr(item, field, other)
            item.save(update_fields=[field, "changed_at"])
            changed.add(number)
        return changed

    def _set_replacements(self, replacements) -> set[int]:
        named = _named({name for _, _, name, _ in replacements})
        items = Publication.objects.in_bulk([pk for _, pk, _, _ in replacements])
        changed = set()
        for number, pk, name, is_merged in replacements:
            item, other = items.get(pk), named.get(name) if name else None
            if not item:
                self.report.warn(number, "replaced_by", GONE)
                continue
            if problem := _replacement_problem(item, other, name):
                self.report.warn(number, "replaced_by", f"{problem}; the item went in without it")
                continue
            state = State.MERGED if is_merged else item.state
            if (item.replaced_by_id, item.state) != (other and other.pk, state):
                self._record(item)
                item.replaced_by, item.state = other, state
                item.save(update_fields=["replaced_by", "state", "changed_at"])
                changed.add(number)
        return changed

    def _feature(self, topic_pk, places) -> set[int]:
        places, topic = self._still_there(places), Topic.objects.filter(pk=topic_pk).first()
        if not topic:
            for _, number, _ in places:
                self.report.warn(number, "featured_in", "somebody deleted the topic meanwhile")
            return set()
        record(topic)
        for _, number, _ in places[MOST_FEATURED:]:
            reason = f"{quoted(topic.name)} features {MOST_FEATURED} items of this file already; this one was left out"
            self.report.warn(number, "featured_in", reason)
        changed = set()
        for position, number, pk in places[:MOST_FEATURED]:
            place, is_new = FeaturedItem.objects.get_or_create(
                topic=topic, publication_id=pk, defaults={"position": position}
            )
            if place.position != position:
                place.position = position
                place.save(update_fields=["position"])
            elif not is_new:
                continue
            changed.add(number)
        self._make_room(topic, min(len(places), MOST_FEATURED))
        return changed

    def _still_there(self, places) -> list:
        there = set(Publication.objects.filter(pk__in=[pk for *_, pk in places]).values_list("pk", flat=True))
        for _, number, pk in places:
            if pk not in there:
                self.report.warn(number, "featured_in", GONE)
        return [place for place in places if place[-1] in there]

    def _make_room(self, topic, needed) -> None:
        if topic.slots < needed:
            self.report.notes.append(f"“{topic}” now shows {needed} featured items; it showed {topic.slots}")
            topic.slots = needed
            topic.save(update_fields=["slots"])

    def _clear(self) -> set[int]:
        numbers, pks = set(), list(self._cleared)
        for start in range(0, len(pks), CHUNK):
            gone = FeaturedItem.objects.filter(publication__in=pks[start : start + CHUNK])
            for topic in Topic.objects.filter(pk__in=gone.values("topic")):
                record(topic)
            numbers |= {self._cleared[pk] for pk in gone.values_list("publication_id", flat=True)}
            gone.delete()
        return numbers


def _named(names: set[str]) -> dict[str, Publication]:
    """The items with these ids or DOIs, by both."""
    names, found = any_of(names - {""}), {}
    for field in ("doi", "import_id"):  # each by its own index, which has no blank ones
        items = Publication.objects.filter(**{f"{field}__in": names}).exclude(**{field: ""})
        found |= {getattr(item, field): item for item in items}
    return found


def _unknown(name) -> str:
    return f"there is no item with the id or DOI {quoted(name)}"


def _lead_problem(item, lead) -> str:
    if not lead:
        return ""
    if lead.pk == item.pk:
        return "an item cannot be the main item of itself"
    if Publication.objects.filter(pk=lead.pk, lead__isnull=False).exists():
        return f"{quoted(lead.title)} belongs to a study itself; name that study's main item"
    if item.companions.exists():
        return "this item is the main item of its study, so it cannot belong to another"
    return ""


def _translation_problem(item, original) -> str:
    """By the model's own rules, asked of the original as it is by now."""
    if original:
        original.refresh_from_db(fields=["translation_of"])
    before, item.translation_of = item.translation_of, original
    problem = " ".join(ValidationError(item.translation_errors()).messages).rstrip(".")
    item.translation_of = before
    return problem


def _replacement_problem(item, other, name) -> str:
    if name and not other:
        return _unknown(name)
    if not name and item.is_merged:
        return "a merged item needs one"
    if other and other.pk == item.pk:
        return "an item cannot stand in for itself"
    if other and Publication.objects.filter(pk=other.pk, state=State.MERGED).exists():
        return f"{quoted(other.title)} was merged itself; name what it was merged into"
    return ""
