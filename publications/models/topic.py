# Topics and their tree.
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction

from publications import bulk
from publications.models.entry import ListingState, sync_listing
from publications.models.slugs import SluggedModel, page_address
from publications.querysets import TopicQuerySet
from publications.richtext import RichTextField


class Topic(SluggedModel):
    """A subject with a landing page. A publication of a subtopic also lists in all topics above it."""

    name = models.CharField(max_length=120)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        help_text="Items of this topic also list in the topic above it.",
    )
    description = models.CharField(
        max_length=200,
        blank=True,
        help_text="One plain sentence, shown in lists of topics and by search engines.",
    )
    introduction = RichTextField(
        blank=True, help_text="One or two paragraphs at the top of the topic's page."
    )
    picture = models.ForeignKey(
        "Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="topics",
        help_text="Shown where the topic itself is featured, such as the home page.",
    )
    slots = models.PositiveSmallIntegerField(
        "featured items",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(6)],
        help_text="How many featured items the page shows at most, 1 to 6.",
    )
    tops_up = models.BooleanField(
        "fill empty places",
        default=False,
        help_text="When fewer items are featured, fill the places with the topic's newest.",
    )
    position = models.PositiveIntegerField(
        default=100, help_text="Smaller numbers come first among the topics on the same level."
    )

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(slots__range=(1, 6)), name="topic_slots_1_to_6"),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="topic_not_below_itself"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return page_address("publications:topic-detail", self.slug)

    def remember_stored(self) -> None:
        super().remember_stored()
        self._stored_parent_id = self.__dict__.get("parent_id")

    def clean(self):
        super().clean()
        if self.parent_id and self.pk and self.parent.is_within(self):
            raise ValidationError(
                {"parent": f"“{self.parent}” is this topic or lies within it; choose another topic."}
            )

    def save(self, *args, **kwargs):
        is_new = self._state.adding
        moved = is_new or self.parent_id != getattr(self, "_stored_parent_id", None)
        with transaction.atomic():
            if moved:
                self._refuse_unless_parent_is_in(Topic.objects.lock_tree())
            super().save(*args, **kwargs)
            if is_new:
                TopicAncestry.add(self)
            elif moved:
                TopicAncestry.rebuild()
                ListingState.lock()  # so that nobody lists an item by the former tree once these are known
                sync_listing(_publications_within([self.pk]))
        self._stored_parent_id = self.parent_id

    def _refuse_unless_parent_is_in(self, tree):
        if self.parent_id and (self.parent_id,) not in tree:
            raise ValidationError({"parent": "The topic that it was to stand in is deleted. Choose another."})

    def delete(self, *args, **kwargs):
        with transaction.atomic(), self.relisting([self.pk]):
            return super().delete(*args, **kwargs)

    @staticmethod
    @contextmanager
    def relisting(topics):
        """Around the deletion of these topics: lists what was within them anew. Documents of the search keep their
        marks, which nobody asks for from then on: no topic is given the key of another."""
        Topic.objects.lock_tree()
        publications = None
        while publications is None:
            publications = _held_within(topics)
        yield
        sync_listing(publications)

    def path_within(self, topics: dict[int, "Topic"]) -> list["Topic"]:
        """The topics above this one, the topmost first, out of `topics` by key."""
        path, parent = [], topics.get(self.parent_id)
        while parent:
            path.insert(0, parent)
            parent = topics.get(parent.parent_id)
        return path

    def is_within(self, other: "Topic") -> bool:
        """Whether this topic is the other one or lies somewhere below it."""
        return TopicAncestry.objects.filter(ancestor=other, topic=self).exists()


def _publications_within(topics) -> list[int]:
    through = Topic.publications.through.objects.filter(topic__ancestor_paths__ancestor__in=topics)
    return list(through.values_list("publication", flat=True).distinct())


def _held_within(topics) -> list[int] | None:
    """The publications within these topics, all of them held with the listing and the topics until the end of the
    transaction. None where another was given one of the topics meanwhile: then nothing is held."""
    with transaction.atomic():
        # Items first, then the listing and topics: whoever saves an item with its topics locks them in this order,
        # the topics last of all, when the database checks that they are there.
        publications = _publications_within(topics)
        items = Topic.publications.rel.related_model.with_copies
        items.filter(pk__in=bulk.any_of(publications, "bigint")).lock()
        ListingState.lock()
        # From here on nobody gives these topics to an item.
        topics = list(Topic.objects.select_for_update().filter(pk__in=topics).order_by("pk"))
        if set(publications).issuperset(_publications_within(topics)):
            return publications
        transaction.set_rollback(True)
    return None


class TopicAncestry(models.Model):
    """Each topic with each topic above it, and with itself at depth 0. Derived from `Topic.parent`, so
    that "everything within a topic" is one look-up in an index."""

    ancestor = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="descendant_paths")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="ancestor_paths")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["topic", "depth", "pk"]
        constraints = [models.UniqueConstraint(fields=["ancestor", "topic"], name="topic_ancestry_unique")]

    def __str__(self):
        return f"{self.topic_id} within {self.ancestor_id}"

    @classmethod
    def add(cls, topic: Topic) -> None:
        """The rows of a new topic, below which nothing lies yet."""
        above = cls.objects.filter(topic=topic.parent_id).order_by("depth").values_list("ancestor", "depth")
        rows = [(ancestor, topic.pk, depth + 1) for ancestor, depth in above]
        bulk.insert(cls, ("ancestor", "topic", "depth"), [(topic.pk, topic.pk, 0), *rows])

    @classmethod
    def rebuild(cls) -> None:
        """Make all rows what they should be. Topics count in hundreds and seldom move, so nothing cleverer is needed."""
        parents = dict(Topic.objects.order_by().values_list("pk", "parent_id"))
        wanted = set()
        for topic in parents:
            ancestor, depth = topic, 0
            # A parent that somebody else deletes meanwhile is refused by the database, at the end.
            while ancestor in parents and depth <= len(parents):
                wanted.add((ancestor, topic, depth))
                ancestor, depth = parents[ancestor], depth + 1
            if depth > len(parents):
                raise ValidationError("A topic cannot lie within itself.")
        rows = cls.objects.order_by().values_list("pk", "ancestor", "topic", "depth")
        present = {tuple(path): pk for pk, *path in rows}
        gone = [pk for path, pk in present.items() if path not in wanted]
        cls.objects.filter(pk__in=gone).delete()
        bulk.insert(cls, ("ancestor", "topic", "depth"), sorted(wanted - present.keys()))
