# The rules of who may see what, as conditions to filter by and questions about a person. Knows no models.
from django.db.models import Q

from publications import clock
from publications.roles import roles_of

NOTHING = Q(pk__in=())


def public_now(now=None, prefix: str = "") -> Q:
    """The rule itself, to be asked of the clock: published, and not before its time."""
    return listed_rule(prefix) & Q(**{f"{prefix}published_at__lte": now or clock.now()})


def listed_rule(prefix: str = "") -> Q:
    """Published by its editors: lists show it from its time on."""
    return Q(**{f"{prefix}state": "published"})


def original_rule(prefix: str = "") -> Q:
    """An item itself, and not a change to one that is being prepared beside it."""
    return Q(**{f"{prefix}working_copy_of__isnull": True})


def running(now=None, prefix: str = "") -> Q:
    """Featured items within their time, whether or not their publication is public."""
    now = now or clock.now()
    return (Q(**{f"{prefix}starts_at__isnull": True}) | Q(**{f"{prefix}starts_at__lte": now})) & (
        Q(**{f"{prefix}ends_at__isnull": True}) | Q(**{f"{prefix}ends_at__gt": now})
    )


def scheduled_at(now=None) -> Q:
    """Published by its editors, and waiting for its time."""
    return listed_rule() & Q(published_at__gt=now or clock.now())


def state_rules(now=None) -> dict[str, Q]:
    """Each state that people speak of with its rule; every publication is in exactly one. A published item
    that waits for its time is "scheduled"."""
    return {
        "draft": Q(state="draft"),
        "in_review": Q(state="in_review"),
        "scheduled": scheduled_at(now),
        "published": public_now(now),
        "withdrawn": Q(state="withdrawn"),
        "removed": Q(state="removed"),
        "merged": Q(state="merged"),
    }


def addressable_rule(now=None) -> Q:
    """What has a public page."""
    return Q(state__in=["published", "withdrawn"], published_at__lte=now or clock.now())


def may_view_hidden(user) -> bool:
    """Whether all drafts and scheduled items show to this user: staff who may view, or change, publications."""
    rights = ("publications.view_publication", "publications.change_publication")
    return bool(user and user.is_staff and any(user.has_perm(right) for right in rights))


def sees_hidden(user) -> bool:
    """Whether some of what is hidden shows to this user, be it that of their topics alone."""
    return may_view_hidden(user) or bool(roles_of(user))
