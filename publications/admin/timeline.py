# The history of an item in one line of time: its versions, the steps of the workflow, and what was noted of it
# before there were versions.
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import F, Value
from django.utils.html import format_html_join
from reversion.models import Version

from publications.admin.log import step_mark, words_of
from publications.history import label, said_of, versions_of
from publications.models import LoggedStep

ON_A_PAGE = 50
UNNAMED_PARTS = "The top of the page was arranged anew."
STEPS = set(LoggedStep.Step.labels)
SET_BY_STEPS = {"published_at", "notice", "replaced_by", "withdrawn_at"}


class Event(NamedTuple):
    """A line of an item's history: a change of its words, or a step."""

    at: datetime
    by: str
    what: str
    words: str = ""
    version: int | None = None
    is_first: bool = False  # no version stands before it
    follows: str = ""  # the step that made this version, where that is all there is to say


def timeline(item, number, names_parts=True):
    """A page of events, the newest first. Costs a handful of queries whatever there is. For whom the names of its
    parts are not, it tells of versions alone, and without them."""
    page = Paginator(_moments(item, names_parts), ON_A_PAGE).get_page(number)
    page.object_list = _joined(_events(page.object_list, names_parts))
    return page


def _moments(item, with_notes):
    """(moment, kind, key) of everything there is to tell, so that only what a page shows is read in full."""
    versions = versions_of(item).order_by()
    oldest = versions.order_by("revision_id").values_list("revision__date_created", flat=True).first()
    logged = LogEntry.objects.filter(
        object_id=str(item.pk), content_type=ContentType.objects.get_for_model(item)
    )
    if oldest:  # from then on, versions say the same and more
        logged = logged.filter(action_time__lt=oldest)
    moments = [_named(versions, "version", F("revision__date_created"))]
    if with_notes:
        moments.append(_named(logged, "entry", F("action_time")))
    if hasattr(item, "steps"):
        moments.append(_named(item.steps, "step", F("at")))
    first, *others = moments
    return first.union(*others, all=True).order_by("-moment", "-kind", "-key")


def _named(rows, kind, moment):
    rows = rows.order_by().annotate(moment=moment, kind=Value(kind), key=F("pk"))
    return rows.values_list("moment", "kind", "key")


def _events(moments, names_parts) -> list[Event]:
    read = {
        "version": partial(_of_versions, names_parts=names_parts),
        "entry": _of_log_entries,
        "step": _of_steps,
    }
    found = {}
    for kind, events_of in read.items():
        if keys := [key for _, its_kind, key in moments if its_kind == kind]:
            found |= {(kind, key): event for key, event in events_of(keys)}
    return [found[kind, key] for _, kind, key in moments if (kind, key) in found]


def _of_versions(keys, names_parts):
    for version in Version.objects.filter(pk__in=keys).select_related("revision").defer("serialized_data"):
        said = said_of(version)
        steps = [comment for comment in said["comments"] if comment in STEPS]
        first, *others = lines_of(version, names_parts)
        says_no_more = steps and not said["parts"] and SET_BY_STEPS.issuperset(said["fields"] or [])
        yield (
            version.pk,
            Event(
                version.revision.date_created,
                said["by"],
                first,
                _paragraphs(others),
                version.pk,
                said["fields"] is None,
                steps[-1] if says_no_more else "",
            ),
        )


def lines_of(version, names_parts=True) -> list[str]:
    """What there is to say of it, the most important first."""
    said = said_of(version)
    parts = said["parts"] if names_parts else [UNNAMED_PARTS] * bool(said["parts"])
    lines = [f"{comment}." for comment in said["comments"] if comment not in STEPS]
    if said["fields"]:
        labels = [label(version._model, name) for name in said["fields"]]
        lines.append(f"Changed: {', '.join(labels)}.")
    return [*lines, *parts] or ["Made." if said["fields"] is None else "Changed in a detail."]


def _of_steps(keys):
    for row in LoggedStep.objects.filter(pk__in=keys):
        yield (
            row.pk,
            Event(row.at, row.by_name, step_mark(row), words_of(row), follows=row.get_step_display()),
        )


def _of_log_entries(keys):
    for entry in LogEntry.objects.filter(pk__in=keys).select_related("user"):
        name = entry.user.get_full_name() or entry.user.get_username()
        yield entry.pk, Event(entry.action_time, name, entry.get_change_message())


def _joined(events) -> list[Event]:
    """A step that set the date made a version of it, which needs no line of its own."""
    joined = []
    for event in events:
        is_of_step = event.version and event.follows
        if is_of_step and joined and joined[-1].follows == event.follows and not joined[-1].version:
            joined[-1] = joined[-1]._replace(version=event.version)
        else:
            joined.append(event)
    return joined


def _paragraphs(lines):
    return format_html_join("", "<p>{}</p>", ([line] for line in lines))
