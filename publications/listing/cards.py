# What cards show beyond their own row, and which cards a topic features.
from django.db.models import FilteredRelation, Q
from django.db.models.expressions import RawSQL

from publications import clock
from publications.listing.entries import EntryList
from publications.listing.prepared import SQL, Prepared, a_key, a_moment, keys_of_sql, some_keys
from publications.listing.types import PreparedRows
from publications.models import Entry, FeaturedItem, Publication
from publications.querysets import running

MOST_TO_COME = 60  # scheduled items that are looked at for empty places


_members = Prepared(
    lambda now, leads, keys: (
        Publication.objects.addressable(now)
        .under_any(Q(lead__in=leads), Q(pk__in=keys))
        .for_cards()
        .newest_first()
    ),
    now=a_moment,
    leads=some_keys,
    keys=some_keys,
)


def attach_companions(publications: list[Publication], now=None) -> list[Publication]:
    """Give each item `study`: the public items of the same study without itself, the main item first. And
    `withdrawn_study`, of which its page warns. One query for the whole list."""
    leads = {item.lead_id or item.id for item in publications}
    known_leads = {item.lead_id for item in publications if item.lead_id}
    studies: dict[int, list[Publication]] = {}
    for member in _members(now=now or clock.now(), leads=leads, keys=known_leads) if leads else []:
        studies.setdefault(member.lead_id or member.pk, []).append(member)
    for item in publications:
        item.study, item.withdrawn_study = [], []
        if members := studies.get(item.lead_id or item.id):
            for member in sorted(members, key=lambda member: bool(member.lead_id)):
                if member.id != item.id:
                    (item.withdrawn_study if member.is_withdrawn else item.study).append(member)
    return publications


_translations = Prepared(
    lambda now, original, leaving_out: (
        Publication.objects.published(now)
        .in_group(original, leaving_out)
        .only("slug", "title", "language", "translation_of")
    ),
    now=a_moment,
    original=a_key,
    leaving_out=a_key,
)


def attach_translations(publication: Publication, now=None) -> Publication:
    """Give the item `in_other_languages`: the public ones of its group without itself, in one query."""
    original = publication.translation_of_id or publication.pk
    publication.in_other_languages = _translations(
        now=now or clock.now(), original=original, leaving_out=publication.pk
    )
    return publication


def _picked_or(topic, now, newest):
    """The live picks of a topic, each with its FeaturedItem, and the items of these keys."""
    picks = FeaturedItem.objects.live(now).filter(topic=topic).order_by().values("publication")
    mine = Q(featured_in__topic=topic) & running(now, prefix="featured_in__")
    keys = RawSQL(*_union([picks.query.sql_with_params(), (newest.sql, newest.params)]))
    candidates = Publication.objects.filter(pk__in=keys).only(*Publication.ON_UNTYPED_CARDS).newest_first()
    candidates = candidates.annotate(pick=FilteredRelation("featured_in", condition=mine))
    return candidates.select_related("image", "pick__image")


_candidates = PreparedRows(_picked_or, topic=a_key, now=a_moment, newest=keys_of_sql)


def featured_in(topic, now=None) -> list[Publication]:
    """The topic's featured block: the editors' live picks in their order and, where the topic says so,
    its newest items in the places left. Each pick has its FeaturedItem as `pick`. One query."""
    now = now or clock.now()
    newest = EntryList(now, topic=topic.pk).newest_keys(0, 2 * topic.slots if topic.tops_up else 0)
    candidates = _candidates(topic=topic.pk, now=now, newest=newest)
    picked = sorted(
        (item for item in candidates if item.pick), key=lambda item: (item.pick.position, item.pick.pk)
    )
    return [*picked, *(item for item in candidates if not item.pick)][: topic.slots]


def newest_for(topic, slots: int, now, end) -> list[Publication]:
    """What can fill the topic's empty places until then: its newest items, and the first of those to come. One
    query."""
    coming = Entry.objects.filter(topic=topic.pk, published_at__gt=now, published_at__lt=end)
    coming = coming.order_by("published_at", "publication_id").values("publication_id")[:MOST_TO_COME]
    keys = [EntryList(now, topic=topic.pk).newest_keys(0, 2 * slots), coming.query.sql_with_params()]
    return list(Publication.objects.filter(pk__in=_any_of(keys)).for_cards().newest_first())


_newest = Prepared(
    lambda keys: Publication.objects.filter(pk__in=keys).for_cards().newest_first(), keys=keys_of_sql
)


def newest_in(topics, now, length: int, leaving_out: set[int]) -> list[Publication]:
    """The newest items of any of these topics, without those of some keys."""
    among = length + len(leaving_out)
    keys = [EntryList(now, topic=topic.pk).newest_keys(0, among) for topic in topics]
    rows = _newest(keys=SQL(*_union(keys))) if keys else []
    return [row for row in rows if row.pk not in leaving_out][:length]


def _any_of(keys) -> RawSQL:
    return RawSQL(*_union(keys))


def _union(keys) -> tuple[str, list]:
    """One look-up for keys out of several queries: joined by OR, they would make databases read all rows."""
    union = " UNION ALL ".join(f"SELECT * FROM ({sql}) keys" for sql, _ in keys)
    return union, [value for _, values in keys for value in values]
