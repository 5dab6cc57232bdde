# What will be, for those who look ahead: changes are applied in a transaction that is rolled back once the page is
# made, so that every page, list and file is what readers will get, and nothing of it was ever stored.
from contextlib import contextmanager, suppress

from django.db import transaction

from publications import clock
from publications.changes.due import EXPECTED, apply
from publications.changes.steps import lock_both, put_live
from publications.listing.locks import brief_transaction
from publications.models import Change


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
