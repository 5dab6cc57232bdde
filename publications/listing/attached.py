# What belongs to some publications, by one query each for all of them, where Django puts what it has prefetched. It
# does not point back to them, so that rows which nobody needs any more are gone at once, without the collector of
# garbage.
from operator import attrgetter

from publications.listing.prepared import Prepared, some_keys
from publications.models import Authorship, Correction, File, Publication

_authorships = Prepared(
    lambda keys: Authorship.objects.filter(publication__in=keys).select_related("person"), keys=some_keys
)
_topics = Prepared(
    lambda keys: (
        Publication.topics.through.objects.filter(publication__in=keys)
        .select_related("topic")
        .order_by("topic__position", "topic__name", "topic__pk")
    ),
    keys=some_keys,
)
_files = Prepared(lambda keys: File.objects.filter(publication__in=keys), keys=some_keys)
_corrections = Prepared(lambda keys: Correction.objects.filter(publication__in=keys), keys=some_keys)


def attach_bylines(publications: list[Publication]) -> list[Publication]:
    """The authors in their order."""
    return _attach(publications, "authorships", _authorships)


def attach_topics(publications: list[Publication]) -> list[Publication]:
    return _attach(publications, "topics", _topics, attrgetter("topic"))


def attach_files(publications: list[Publication], *, with_addresses=True) -> list[Publication]:
    """Pointing back, unless the addresses are made by who has the publication."""
    _attach(publications, "files", _files)
    if with_addresses:
        for publication in publications:
            for file in attached(publication, "files"):
                file.publication = publication
    return publications


def attach_corrections(publications: list[Publication]) -> list[Publication]:
    """Of those that have any: most have none, which costs no query."""
    _attach([one for one in publications if one.corrected_on], "corrections", _corrections)
    return publications


def attached(publication: Publication, name: str):
    """As `.all()` gives it, without the manager, which takes longer to make than a line of a feed."""
    found = vars(publication).get("_prefetched_objects_cache", {})
    return found[name] if name in found else getattr(publication, name).all()


def _attach(publications, name: str, find: Prepared, shown=lambda row: row):
    found: dict[int, list] = {one.pk: [] for one in publications}
    for row in find(keys=set(found)) if found else ():
        found[row.publication_id].append(shown(row))
    for one in publications:
        vars(one).setdefault("_prefetched_objects_cache", {})[name] = found[one.pk]
    return publications
