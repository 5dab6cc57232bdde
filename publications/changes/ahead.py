# What will be, for those who look ahead: changes are applied in a transaction that is rolled back once the page is
# made, so that every page, list and file is what readers will get, and nothing of it was ever stored. What somebody may
# not see is taken out in the same way, so that no page has to know who looks ahead.
from contextlib import ExitStack, contextmanager, suppress

from django.db import transaction
from django.utils import timezone

from publications import clock
from publications.changes.due import EXPECTED, apply
from publications.changes.steps import lock_both, put_live
from publications.listing.locks import brief_transaction
from publications.models import Change, FeaturedItem, Publication, SearchDocument
from publications.roles import curated_by
from publications.visibility import may_view_hidden


@contextmanager
def looking_at(moment, user):
    """Within it everything is as readers will have it then, but for what is planned and hidden from this user."""
    with ExitStack() as stack:
        if not may_view_hidden(user):
            stack.enter_context(_without_plans_hidden_from(user))
        stack.enter_context(applied_until(moment))
        stack.enter_context(clock.looking_at(moment))
        yield


@contextmanager
def _without_plans_hidden_from(user):
    """Within it they never were made."""
    with brief_transaction():
        hidden = list(Publication.objects.planned_and_hidden_from(user).values_list("pk", flat=True))
        Publication.objects.filter(pk__in=hidden).update(state=Publication.State.DRAFT)
        Publication.relist(hidden)
        SearchDocument.objects.filter(publication__in=hidden).delete()
        Change.objects.exclude(copy__in=Publication.with_copies.theirs(user)).update(goes_live_at=None)
        featured, now = FeaturedItem.objects.exclude(topic__in=curated_by(user)), timezone.now()
        featured.filter(starts_at__gt=now).delete()
        featured.filter(ends_at__gt=now).update(ends_at=None)
        yield
        transaction.set_rollback(True)


@contextmanager
def applied_until(moment):
    """Within it all changes are live that are planned for that moment or before."""
    due = list(Change.objects.due(moment).values_list("pk", "goes_live_at"))
    if not due:
        yield
        return
    with brief_transaction():
        for pk, at in due:
            with suppress(*EXPECTED), clock.looking_at(at):
                apply(pk, at)
        yield
        transaction.set_rollback(True)


@contextmanager
def applied(copy):
    """Within it this change is live, if it can be; where the item was changed at the same places, as the change
    has it."""
    with brief_transaction():
        with suppress(*EXPECTED), transaction.atomic():
            put_live(*lock_both(copy), copy.changed_by, over_clashes=True)
        yield
        transaction.set_rollback(True)
