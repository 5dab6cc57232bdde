# People with what their lists hold.
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from publications.models import Authorship
from publications.visibility import public_now


def with_counts(people, now=None):
    """Adds `publication_count`. Reads all works of each, so it is for the rows of one page."""
    works = Authorship.objects.filter(
        public_now(now, prefix="publication__"), person=OuterRef("pk")
    ).order_by()
    works = works.values("person").annotate(n=Count("pk"))
    return people.annotate(publication_count=Coalesce(Subquery(works.values("n")), 0))
