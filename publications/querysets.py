# Every question asked of the models more than once, as chainable verbs. Imports no models.
# `published` is the one rule of what the public may see in lists; whatever shows lists starts from it, or from
# `visible_to` for people who are signed in.
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from publications import clock
from publications.dates import midnight
from publications.roles import roles_of
from publications.visibility import (
    NOTHING,
    addressable_rule,
    listed_rule,
    may_view_hidden,
    original_rule,
    public_now,
    running,
    scheduled_at,
    state_rules,
)

# The date and the type of a publication where rows are read in another order: asked for the column itself, SQLite
# would rather read and sort all that are dated, or of the type.
DATE, TYPE = Coalesce("published_at", None), Coalesce("content_type", None)


class PublicationQuerySet(QuerySet):
    def under_any(self, *rules: Q):
        """Those under one of these rules at least, each looked up by its own index: joined by OR they could make
        a database read all rows."""
        first, *others = (self.model.with_copies.filter(rule).order_by().values("pk") for rule in rules)
        return self.filter(pk__in=first.union(*others, all=True))

    def originals(self):
        """The items themselves. `Publication.objects` has no others; `Publication.with_copies` has."""
        return self.filter(original_rule())

    def copies(self):
        """The changes to items that are being prepared beside them: in the words that SQLite finds their index by."""
        return self.filter(working_copy_of__isnull=False)

    def published(self, now=None):
        """What the public finds in lists, feeds, counts and searches."""
        return self.filter(public_now(now))

    def listed(self):
        """What lists show, now or once its time has come."""
        return self.filter(listed_rule())

    def addressable(self, now=None):
        """What has a public page: the published, and the withdrawn with their notice."""
        return self.filter(addressable_rule(now))

    def withdrawn(self, now=None):
        """What keeps its page, with a notice."""
        return self.filter(state="withdrawn", published_at__lte=now or clock.now())

    def taken_away(self, now=None):
        """What had a public page: the removed, where an explanation stays, and the merged, which lead on."""
        return self.filter(state__in=["removed", "merged"], published_at__lte=now or clock.now())

    def merged_into(self, publications, now=None):
        """Whose address leads to one of these."""
        return self.taken_away(now).filter(state="merged", replaced_by__in=publications)

    def visible_to(self, user, now=None):
        """What this user may find in lists: all for staff who may view it; else what is public, and theirs."""
        return self if may_view_hidden(user) else self.filter(public_now(now) | self._theirs(user))

    def readable_by(self, user, now=None, preview=None):
        """What this user may open by its address, with a preview link or without."""
        if may_view_hidden(user):
            return self
        return self.filter(addressable_rule(now) | self._opened(user, preview))

    def downloadable_by(self, user, now=None, preview=None):
        """The items whose files this user may have. The withdrawn keep their page, but not their files."""
        return self if may_view_hidden(user) else self.filter(public_now(now) | self._opened(user, preview))

    def theirs(self, user):
        """What stands in the topics of this user's roles, and what they made; everything for those who may view all."""
        return self if may_view_hidden(user) else self.filter(self._theirs(user))

    def planned_and_hidden_from(self, user):
        """What waits for its time and neither stands in the topics of this user's roles nor was made by them."""
        return self.filter(scheduled_at()).exclude(self._theirs(user))

    def _theirs(self, user) -> Q:
        roles = roles_of(user)
        if not roles:
            return NOTHING
        # A change that is being prepared is where the item itself is.
        item = Coalesce(OuterRef("working_copy_of"), OuterRef("pk"))
        through = self.model.topics.through.objects.filter(publication=item, topic__in=roles)
        return Q(Exists(through)) | Q(created_by=user)

    def _opened(self, user, preview) -> Q:
        """What roles and a preview link open, whatever its state."""
        return self._theirs(user) | (Q(pk__in=preview.publications.values("pk")) if preview else NOTHING)

    def in_topic(self, topic):
        """Of this topic or of any topic within it."""
        through = self.model.topics.through.objects.filter(
            publication=OuterRef("pk"), topic__ancestor_paths__ancestor=topic
        )
        return self.filter(Exists(through))

    def in_any_topic(self, topics):
        """Of any of these topics or of any topic within them."""
        through = self.model.topics.through.objects.filter(
            publication=OuterRef("pk"), topic__ancestor_paths__ancestor__in=topics
        )
        return self.filter(Exists(through))

    def in_states(self, states, now=None):
        """In any of these states, as `state_rules` names them."""
        return self.filter(reduce(or_, map(state_rules(now).get, states)))

    def of_types(self, content_types):
        return self.filter(content_type__in=content_types)

    def written_by(self, person):
        return self.filter(authorships__person=person)

    def from_day(self, day):
        """Dated on this day or later, in the site's time zone."""
        return self.filter(published_at__gte=midnight(day))

    def until_day(self, day):
        """Dated on this day or earlier, in the site's time zone."""
        return self.filter(published_at__lt=midnight(day, days=1))

    def in_group(self, original: int, leaving_out: int):
        """An item and its translations but for one of them, by their keys."""
        rows = self.under_any(Q(pk=original), Q(translation_of=original)).exclude(pk=leaving_out)
        return rows.order_by(F("translation_of").asc(nulls_first=True), "language", "pk")

    def newest_first(self):
        """A total order: many items share a date, so the later-made row comes first among them."""
        return self.order_by("-published_at", "-pk")

    def oldest_first(self):
        return self.order_by("published_at", "pk")

    def last_change(self, now=None):
        """When anything that readers see, or once saw, was last saved; None where there is nothing."""
        return self.last_changed(now).values_list("changed_at", flat=True).first()

    def last_changed(self, now=None):
        """The row of which `last_change` tells, if there is any."""
        dated = self.alias(date=DATE).filter(date__lte=now or clock.now())
        return dated.order_by("-changed_at", "-pk").only("changed_at")[:1]

    def lock(self):
        """Until the end of the transaction: before what belongs to them is deleted, in the order of their keys."""
        return list(self.select_for_update().order_by("pk").values_list("pk"))

    def for_cards(self, *besides):
        """All that a card shows, and these fields besides, in one query."""
        return self.select_related("content_type", "image").only(*self.model.ON_CARDS, *besides)

    def delete(self):
        with transaction.atomic():
            publications = list(self.values_list("pk", flat=True))
            self.model.objects.filter(pk__in=publications).lock()
            deleted = super().delete()
            self.model.relist(publications)
        return deleted

    delete.alters_data = delete.queryset_only = True


class CorrectionQuerySet(QuerySet):
    def public(self, now=None):
        """Those of what has a public page, which is looked up for each."""
        publications = self.model.publication.field.related_model.objects.addressable(now)
        return self.filter(Exists(publications.filter(pk=OuterRef("publication"))))


class TopicQuerySet(QuerySet):
    def delete(self):
        with transaction.atomic(), self.model.relisting(self.values("pk")):
            return super().delete()

    delete.alters_data = delete.queryset_only = True

    def lock_tree(self):
        """Whoever moves or deletes topics holds all of them, so that one comes after the other."""
        return list(self.select_for_update(no_key=True).order_by("pk").values_list("pk"))

    def topmost(self):
        return self.filter(parent__isnull=True)

    def in_order(self):
        """As editors placed them. Said aloud, because a query that counts forgets the model's order."""
        return self.order_by("position", "name", "pk")

    def around(self, slug):
        """The topic with this slug, all topics above it and those directly below it."""
        paths = self.model.ancestor_paths.rel.related_model.objects.filter(topic__slug=slug).order_by()
        below = self.model.objects.filter(parent__slug=slug).order_by()
        return self.filter(pk__in=paths.values("ancestor").union(below.values("pk"), all=True))


class PersonQuerySet(QuerySet):
    def published(self, now=None):
        """Those with at least one public publication."""
        works = self.model.authorships.field.model.objects.filter(person=OuterRef("pk"))
        return self.filter(Exists(works.filter(public_now(now, prefix="publication__"))))

    def by_name(self):
        return self.order_by("search_name", "pk")


class FeaturedItemQuerySet(QuerySet):
    def live(self, now=None):
        """Those that readers see now: within their time, and of a public publication."""
        return self.filter(running(now), public_now(now, prefix="publication__"))


class PageQuerySet(QuerySet):
    def published(self):
        return self.filter(state="published")

    def readable_by(self, user):
        """What this user may open by its address: drafts too for staff."""
        return self if may_view_hidden(user) else self.published()


class OfPublicationsQuerySet(QuerySet):
    """Rows that staff keep about items."""

    def visible_to(self, user):
        """Those of the items in this user's topics; all, be the item deleted, for staff who may view all."""
        return self if may_view_hidden(user) else self.filter(self._theirs(user))

    def _theirs(self, user) -> Q:
        return Q(publication__in=self.model.publication.field.related_model.objects.theirs(user))


class MenuEntryQuerySet(QuerySet):
    def for_menus(self):
        """All that the menus show, and the frame they are in, in one query and without the long texts."""
        rows = self.select_related("frame", "page", "topic", "content_type")
        return rows.defer("page__body", "topic__introduction")


class PreviewLinkQuerySet(OfPublicationsQuerySet):
    def _theirs(self, user) -> Q:
        """And the links to lists that they made themselves."""
        return super()._theirs(user) | Q(publication=None, created_by=user)

    def open(self):
        """Those that work. What was removed is gone for all; nobody shows what they may not see themselves."""
        links = self.filter(created_by__is_active=True, created_by__is_staff=True)
        links = links.filter(is_ended=False, expires_at__gt=timezone.now())
        return links.exclude(publication__state__in=["removed", "merged"])


class ImageQuerySet(QuerySet):
    def lacking_renditions(self, version):
        """Those with a file whose renditions were made before this version of the set."""
        return self.exclude(file="").filter(
            Q(renditions__version__isnull=True) | Q(renditions__version__lt=version)
        )

    def visible_to(self, user, now=None, preview=None):
        """Pictures of a publication with a public page, of a topic or of what it features now, and of the items
        a preview link opens, while they may be used; for staff with roles those of their items and their own;
        all for other staff."""
        if may_view_hidden(user):
            return self
        now = now or clock.now()
        publications = self.model.publications.rel.related_model.with_copies
        topics = self.model.topics.rel.related_model.objects
        featured = self.model.featured_items.rel.related_model.objects.live(now)
        in_use = Q(
            Exists(publications.addressable(now).filter(image=OuterRef("pk")))
            | Exists(topics.filter(picture=OuterRef("pk")))
            | Exists(featured.filter(image=OuterRef("pk")))
        )
        if preview:
            for shown in (preview.publications, preview.featured):
                in_use |= Exists(shown.filter(image=OuterRef("pk")))
        usable = Q(usable_until__isnull=True) | Q(usable_until__gte=timezone.localdate(now))
        return self.filter(in_use & usable | self._theirs(user, publications))

    def _theirs(self, user, publications) -> Q:
        if not roles_of(user):
            return NOTHING
        return Q(Exists(publications.theirs(user).filter(image=OuterRef("pk")))) | Q(created_by=user)
