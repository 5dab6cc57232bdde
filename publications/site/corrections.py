# All that was corrected or withdrawn: the page and its feeds.
import datetime as dt

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page

from publications.listing.corrections import Amendment, get_amendments
from publications.listing.paging import Pager, read_page_number
from publications.models import Page
from publications.site.entries import Entry, correction_text, make_id, publication_id, writable
from publications.site.feeds import NOTHING_YET, Feed, FeedLinks, images_of_site, send, write_atom, write_json
from publications.site.metadata import page_head
from publications.site.pages import show
from publications.site.social_cards import picture_of_page


def correction_list(request):
    number = read_page_number(request.GET.get("page", "").strip())
    page = get_amendments(number or 1)
    if not number or number > page.pages:
        raise Http404
    pager = Pager(request.path, page)
    description = _("What %(site)s had to correct or withdraw.") % {"site": settings.TOPICHUB_SITE_NAME}
    crumbs = [(_("Corrections"), request.path)]
    context = {
        "page": page,
        "pager": pager,
        "policy": Page.objects.published().filter(role=Page.Role.CORRECTIONS).first(),
        "feeds": FeedLinks(_title(), f"{request.path}feed.atom", f"{request.path}feed.json"),
        "head": page_head(
            request,
            _("Corrections and withdrawals"),
            description,
            picture_of_page("corrections"),
            crumbs,
            pager.url(page.number),
        ),
    }
    return show(request, "publications/correction_list.html", context)


@conditional_page
def atom(request):
    return send(_make_feed(request), write_atom)


@conditional_page
def json(request):
    return send(_make_feed(request), write_json)


def _title() -> str:
    return f"{_('Corrections and withdrawals')} | {settings.TOPICHUB_SITE_NAME}"


def _make_feed(request) -> Feed:
    absolute = request.build_absolute_uri
    entries = [_make_entry(amendment, absolute) for amendment in get_amendments(1).rows]
    return Feed(
        id=make_id(f"{request.get_host()} corrections"),
        title=writable(_title()),
        address=absolute(request.path),
        page=absolute(reverse("publications:correction-list")),
        home=absolute("/"),
        updated=max((entry.updated for entry in entries), default=NOTHING_YET),
        entries=entries,
        **images_of_site(request),
    )


def _make_entry(amendment: Amendment, absolute) -> Entry:
    publication, correction = amendment.publication, amendment.correction
    address = absolute(publication.get_absolute_url())
    if correction:
        made = correction.created_at.astimezone(dt.UTC).isoformat()
        name, kind = f"correction {correction.pk} {made}", correction.get_kind_display()
        text, updated = correction_text(correction), correction.changed_at
    else:
        name, kind = f"withdrawal {publication_id(publication)}", _("Withdrawal")
        text, updated = publication.notice, publication.withdrawn_at
    published = timezone.make_aware(dt.datetime.combine(amendment.day, dt.time.min))
    return Entry(
        id=make_id(name),
        address=f"{address}#versions" if correction else address,
        title=writable(_("%(kind)s: %(title)s") % {"kind": kind, "title": publication.title}),
        summary=writable(text),
        published=published,
        updated=timezone.localtime(max(published, updated)),
        language=publication.language,
    )
