# What stands at the top of a page for those who see it otherwise than readers do.
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from publications import clock
from publications.listing.changes import next_change, previous_change
from publications.visibility import may_view_hidden, sees_hidden


def staff_bar(request, topic=None, item=None, listing=None) -> SafeString:
    """Nothing for readers."""
    context = _context(request, topic, item, listing)
    return render_to_string("publications/_time_travel.html", context, request) if context else mark_safe("")


def _context(request, topic, item, listing) -> dict:
    """For staff: the moment they see the page at, when it changes before and after that, a field for another.
    For who comes by a preview link: what it is that they see."""
    moment = clock.other_moment()
    if preview := getattr(request, "preview", None):
        shown = preview.link.publication
        return (
            {}
            if item and item.is_public and not (shown and shown.is_working_copy)
            else {"preview": preview.link, "moment": moment, "zone": clock.zone()}
        )
    if change := getattr(request, "shown_change", None):
        return {"shown_change": change}
    if not moment and not sees_hidden(request.user):
        return {}
    now = clock.now()
    # From people with roles alone most of what is planned is hidden, until a page is made without it.
    knows_stops = moment or may_view_hidden(request.user)
    stops = (previous_change(now, topic), next_change(now, topic)) if knows_stops else ()
    return {
        "request": request,
        "may_travel": True,
        "moment": moment,
        "now": clock.write_moment(moment or now.replace(second=0, microsecond=0)),
        "zone": clock.zone(),
        "stops": [_stop(each) for each in stops],
        "kept": [(key, value) for key, value in request.GET.items() if key not in {"at", "page"}],
        "error": request.moment_error,
        "shared": _shared(listing, moment),
    }


def _shared(listing, moment) -> str:
    """What the form for a preview link should hold. Links hold lists, but no words to search for."""
    if not moment or not listing or listing.values.get("q"):
        return ""
    return urlencode({"address": listing.url(), "moment": clock.write_moment(moment)})


def _stop(moment):
    return moment and {"at": clock.write_moment(moment), "moment": moment}
