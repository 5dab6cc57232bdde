# The arrangement of a topic's top as it is stored, as it is typed, and how one becomes the other.
import hashlib
import json
from datetime import timedelta
from functools import cached_property

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.utils import timezone

from publications.admin.board.forms import OWN, PickFormSet, PlacesForm, read_key
from publications.admin.choices import UNNAMED, VIEW
from publications.history import recording
from publications.listing.arrangement import Arrangement
from publications.listing.cards import newest_for
from publications.models import FeaturedItem, Image, Publication
from publications.roles import may_somewhere
from publications.visibility import may_view_hidden

LOOKED_AHEAD = timedelta(weeks=8)
CONTENT = ("publication_id", "starts_at", "ends_at", "image_id", "words")


class Board:
    """A topic's board for one person: `stored` is what readers have, the forms are what this person typed. A
    handful of queries, however many items are featured."""

    def __init__(self, topic, user, data=None):
        self.topic, self.user, self.now = topic, user, timezone.now()
        self.end = self.now + LOOKED_AHEAD
        self.stored = stored_picks(topic)
        self._unname_hidden()
        if data is None:
            self.places = PlacesForm(
                initial={"slots": topic.slots, "tops_up": topic.tops_up}, label_suffix=""
            )
        else:
            self.places = PlacesForm(data, label_suffix="")
        self.data = data

    def _unname_hidden(self):
        """In memory alone: what stands in other topics, and is hidden from this person, keeps its place."""
        if may_view_hidden(self.user):
            return
        items = [pick.publication for pick in self.stored]
        prefetch_related_objects(items, "topics")
        for item in items:
            if not self.user.has_perm(VIEW, item):
                item.title, item.summary, item.image = UNNAMED, "", None

    @cached_property
    def formset(self):
        given = {
            "topic": self.topic,
            "publications": self._publications,
            "pictures": self._pictures,
            "may_add_pictures": may_somewhere(self.user, "publications.add_image"),
        }
        initial = [
            {"publication": pick.publication_id, "position": number}
            | {name: getattr(pick, name) for name in OWN}
            for number, pick in enumerate(self.stored, start=1)
        ]
        return PickFormSet(self.data, initial=initial, prefix="picks", form_kwargs=given)

    @cached_property
    def _publications(self) -> dict[int, Publication]:
        """Those featured already and those added, out of what this person may see of the topic."""
        known = {pick.publication_id: pick.publication for pick in self.stored}
        added = self._typed_keys("publication") - set(known)
        if added:
            rows = self.choosable().filter(pk__in=added).for_cards()
            known |= {item.pk: item for item in rows}
        return known

    @cached_property
    def _pictures(self) -> dict[int, Image]:
        known = {pick.image_id: pick.image for pick in self.stored if pick.image_id}
        chosen = self._typed_keys("image") - set(known)
        return known | (Image.objects.visible_to(self.user).in_bulk(chosen) if chosen else {})

    def _typed_keys(self, name) -> set[int]:
        given = self.data or {}
        texts = (given[key] for key in given if key.startswith("picks-") and key.endswith(f"-{name}"))
        return set(map(read_key, texts)) - {None}

    def choosable(self):
        """What may be put at the top: the publications of the topic and of all topics within it."""
        return Publication.objects.visible_to(self.user).in_topic(self.topic)

    @cached_property
    def outside(self) -> set[int]:
        """The keys of those items on the board that do not stand in the topic, or no longer."""
        return {pick.publication_id for pick in self.stored if not pick.is_of_topic}

    @property
    def is_valid(self) -> bool:
        return self.places.is_valid() and self.formset.is_valid()

    @cached_property
    def arrangement(self) -> Arrangement:
        """As typed, or as stored where nothing was."""
        slots, tops_up, picks = self.topic.slots, self.topic.tops_up, self.stored
        if self.data is not None:
            self.places.is_valid()
            slots = self.places.cleaned_data.get("slots", slots)
            tops_up, picks = self.places.cleaned_data.get("tops_up", tops_up), self.formset.picks
        newest = newest_for(self.topic, slots, self.now, self.end) if tops_up else []
        return Arrangement(slots, tops_up, picks, newest)

    @property
    def as_stored(self) -> str:
        return mark_of(self.topic.slots, self.topic.tops_up, self.stored)

    @property
    def as_typed(self) -> str:
        return mark_of(self.arrangement.slots, self.arrangement.tops_up, self.arrangement.picks)

    def save(self) -> None:
        """Within the transaction that locked the topic."""
        with recording(self.user, "", self.topic):
            self.topic.slots, self.topic.tops_up = self.arrangement.slots, self.arrangement.tops_up
            self.topic.save(update_fields=["slots", "tops_up"])
            left = {pick.publication_id: pick for pick in self.stored}
            for position, pick in enumerate(self.arrangement.picks):
                _write(left.pop(pick.publication_id, None), pick, position)
            for pick in left.values():
                pick.delete()


def stored_picks(topic) -> list[FeaturedItem]:
    """With `is_of_topic`, which says whether the item stands in the topic, or still does."""
    of_topic = Publication.objects.filter(pk=OuterRef("publication")).in_topic(topic)
    rows = topic.featured_items.annotate(is_of_topic=Exists(of_topic))
    rows = rows.select_related("publication__content_type", "publication__image", "image")
    return list(rows.defer("publication__body", "publication__key_findings", "publication__notice"))


def mark_of(slots, tops_up, picks) -> str:
    """A mark that two arrangements share when they are the same."""
    rows = [[getattr(pick, name) for name in CONTENT] for pick in picks]
    text = json.dumps([slots, tops_up, rows], cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _write(row, pick, position) -> None:
    """As it was typed, over the row that is stored of it, if there is one."""
    is_new, row = row is None, row or pick
    values = {name: getattr(pick, name) for name in CONTENT} | {"position": position}
    if is_new or any(getattr(row, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
