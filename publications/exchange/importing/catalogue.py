# Types, topics and people by the names a file uses for them; unknown ones are made and reported.
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from publications.bulk import any_of
from publications.exchange.importing import values
from publications.exchange.importing.report import IN_HISTORY, Problem
from publications.exchange.importing.slugs import Slugs
from publications.exchange.importing.values import Refused, quoted
from publications.folding import fold
from publications.history import recording
from publications.models import ContentType, Person, Topic, syncing_once
from publications.models.person import make_search_name, make_sort_name
from publications.richtext import sanitize

# Key in the file: column
TOPIC_KEYS = {
    "name": "name",
    "slug": "slug",
    "intro": "introduction",
    "description": "description",
    "parent": "parent",
}


class Catalogue:
    """Names of types and topics match whatever their case and accents, those of people to the letter."""

    def __init__(self, report):
        self.report = report
        self.types, self.topics = {}, {}
        self._made_topics, self._changed_topics = {}, set()
        for pk, name, plural, slug in ContentType.objects.order_by("pk").values_list(
            "pk", "name", "plural", "slug"
        ):
            for key in (name, plural, slug, slug.replace("-", " ")):
                self.types.setdefault(fold(key), pk)
        for pk, name in Topic.objects.order_by("pk").values_list("pk", "name"):
            self.topics.setdefault(fold(name), pk)
        self._topic_position = Topic.objects.aggregate(highest=Max("position"))["highest"] or 0
        self._person_slugs = Slugs(Person)

    def type(self, name: str) -> int:
        key = fold(name)
        if key not in self.types:
            marks = set(ContentType.objects.values_list("mark", flat=True))
            mark = min(set(range(1, 9)) - marks, default=8)
            position = (ContentType.objects.aggregate(highest=Max("position"))["highest"] or 0) + 10
            made = ContentType.objects.create(name=name, plural=name, mark=mark, position=position)
            self.types[key] = made.pk
            self.report.made(
                "new types (their plural is taken to be the same; correct it in the admin)", name
            )
        return self.types[key]

    def topic(self, name: str, slug: str = "") -> int:
        key = fold(name)
        if key not in self.topics:
            self._topic_position += 1
            made = Topic.objects.create(name=name, slug=slug, position=self._topic_position)
            self.topics[key] = made.pk
            self._made_topics[made.pk] = made
            self.report.made("new topics", name)
        return self.topics[key]

    def people(self, names) -> dict[str, int]:
        """The pk of each of these people; the first of those who share a name."""
        names = list(dict.fromkeys(names))
        found = (
            Person.objects.filter(name__in=any_of(names)).order_by("-pk") if names else Person.objects.none()
        )
        known = dict(found.values_list("name", "pk"))
        new = [name for name in names if name not in known]
        slugs = self._person_slugs.free(new)
        people = [_person(name, slug) for name, slug in zip(new, slugs, strict=True)]
        for person in Person.objects.bulk_create(people):
            known[person.name] = person.pk
            self.report.made("new people", person.name)
        return known

    def take_topics(self, entries) -> None:
        """Make or update the topics a file lists, in its order; parents once all of them are there."""
        read = [(number, self._read_topic(number, entry)) for number, entry in enumerate(entries, 1)]
        read = [(number, entry) for number, entry in read if entry]
        with transaction.atomic(), syncing_once():
            Topic.objects.lock_tree()
            topics = [self._ensure(number, entry) for number, entry in read]
            for topic, (number, entry) in zip(topics, read, strict=True):
                self._state(topic, number, entry)

    def _read_topic(self, number, raw):
        """The stated keys with clean values, or None when there is not even a name."""
        if not isinstance(raw, dict):
            return self._problem(number, "", "must be an object with “name”")
        entry = {}
        for key in raw:
            if key not in TOPIC_KEYS and key != "x":
                self.report.unknown_key(f"topic {number}", values.printable(key), TOPIC_KEYS)
            elif key != "x":
                try:
                    entry[key] = (values.text if key == "intro" else values.line)(raw[key])
                except Refused as error:
                    self._problem(number, key, str(error))
        if not entry.get("name"):
            return self._problem(number, "name", "is missing")
        if len(entry["name"]) > (longest := Topic._meta.get_field("name").max_length):
            return self._problem(number, "name", f"may have {longest} letters at most")
        return entry

    def _ensure(self, number, entry) -> Topic:
        slug = entry.pop("slug", "")
        if fold(entry["name"]) not in self.topics:
            topic = Topic(name=entry["name"])
            free = not slug or self._set(topic, number, "slug", slug)
            return self._stored(self.topic(entry["name"], slug if free else ""))
        topic = self._stored(self.topic(entry["name"]))
        if slug and self._set(topic, number, "slug", slug):
            self._save(topic)
        return topic

    def _stored(self, pk) -> Topic:
        return self._made_topics.get(pk) or Topic.objects.get(pk=pk)

    def _state(self, topic, number, entry):
        """Set what the file states, each alone, so that one mistake does not keep the rest out."""
        changed = False
        if "intro" in entry:
            changed |= self._set(topic, number, "intro", sanitize(entry["intro"]))
        if "description" in entry:
            changed |= self._set(topic, number, "description", entry["description"])
        if "parent" in entry:
            parent = entry["parent"] and self._stored(self.topic(entry["parent"]))
            changed |= self._set(topic, number, "parent", parent or None)
        if changed:
            self._save(topic)

    def _save(self, topic):
        if topic.pk in self._made_topics:  # what this import made has no history yet
            return topic.save()
        with recording(None, IN_HISTORY, topic):
            topic.save()
        if topic.pk not in self._changed_topics:
            self._changed_topics.add(topic.pk)
            self.report.made("changed topics", topic.name)

    def _set(self, topic, number, key, value) -> bool:
        """Whether the value is new and passes the model's own checks; it is reported where it does not."""
        column = TOPIC_KEYS[key]
        before = getattr(topic, column)
        if before == value:
            return False
        setattr(topic, column, value)
        try:
            topic.full_clean()
        except ValidationError as error:
            if reasons := error.message_dict.get(column):
                setattr(topic, column, before)
                self._problem(number, key, f"{' '.join(reasons)} ({quoted(str(value))} was left out)")
                return False
        return True

    def _problem(self, number, field, reason) -> None:
        self.report.problems.append(Problem(f"topic {number}", field, reason))


def _person(name, slug) -> Person:
    """With what `Person.save` would derive, since rows made in bulk pass it by."""
    sort_name = make_sort_name(name)
    return Person(name=name, slug=slug, sort_name=sort_name, search_name=make_search_name(name, sort_name))
