# The public pages. Each view chooses, asks a FilteredList or a queryset verb, and renders; what the
# public may see is decided in querysets.py alone.
from functools import partial

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect
from django.template.defaultfilters import linebreaks

from publications import clock, richtext
from publications.addresses import get_page_or_moved, get_publication, open_list
from publications.citing.reference import make_reference
from publications.citing.styles import format_all
from publications.listing import people
from publications.listing.attached import attach_bylines, attach_corrections, attach_files, attach_topics
from publications.listing.cards import (
    attach_companions,
    attach_translations,
    featured_in,
    newest_in,
)
from publications.listing.counts import count_years_by_topic
from publications.listing.histogram import spark
from publications.listing.paging import Pager, get_page, read_page_number
from publications.listing.prepared import Prepared, a_moment, a_text
from publications.listing.topics import family_of, with_counts, with_latest
from publications.models import Page, Person, Publication, Topic
from publications.models.slugs import address_root
from publications.site import signposting
from publications.site.feeds import feed_links
from publications.site.finder import item_of_number
from publications.site.markup.cards import FIRST_FEATURE, brief_entries, feature, features, tiles
from publications.site.markup.drawing import small_bars
from publications.site.markup.finder import finder
from publications.site.markup.frame import crumbs
from publications.site.markup.lists import ledger, numbered_title, topic_links
from publications.site.markup.numbers import how_many
from publications.site.markup.words import gettext as _
from publications.site.metadata import list_head, page_head, publication_head, text_head
from publications.site.pages import show, show_filled, show_list
from publications.site.previews import open_preview
from publications.site.social_cards import (
    picture_of_page,
    picture_of_person,
    picture_of_topic,
    picture_of_type,
)
from publications.visibility import may_view_hidden, sees_hidden

LATEST = 7
RELATED = 3
FOCUS_TOPICS = 9
PEOPLE_PER_PAGE = 200


_latest = Prepared(
    lambda now: Publication.objects.published(now).for_cards().newest_first()[:LATEST], now=a_moment
)
_in_focus = Prepared(
    lambda now: (
        with_counts(Topic.objects.topmost(), now)
        .select_related("picture")
        .order_by("-publication_count", "pk")[:FOCUS_TOPICS]
    ),
    now=a_moment,
)

_all_topics = Prepared(
    lambda now: with_latest(with_counts(Topic.objects.defer("introduction"), now), now).in_order(),
    now=a_moment,
)


def home(request):
    now = clock.now()
    latest = attach_companions(_latest(now=now), now)
    lead = next((item for item in latest if item.picture), latest[0] if latest else None)
    topics = [topic for topic in _in_focus(now=now) if topic.publication_count]
    pictured = [topic for topic in topics if topic.picture][:3]
    others = [topic for topic in topics if topic not in pictured]
    parts = {
        "lead": feature(lead, FIRST_FEATURE, eager=True) if lead else "",
        "latest": brief_entries(item for item in latest if item is not lead),
        "tiles": tiles(pictured),
        "topics": topic_links(others) if others else "",
    }
    description, picture = _(settings.TOPICHUB_DESCRIPTION), picture_of_page("home")
    head = page_head(request, settings.TOPICHUB_SITE_NAME, description, picture)
    return show_filled(request, "publications/home.html", head, feed_links(), parts)


def topic_list(request):
    """All topics in their tree: the topmost as areas, those below them with their own subtopics."""
    now = clock.now()
    topics = _all_topics(now=now)
    years = count_years_by_topic(clock.today().year - 11, now)
    below: dict[int | None, list[Topic]] = {}
    for topic in topics:
        topic.spark = small_bars(spark(years.get(topic.pk, {}), clock.today().year))
        below.setdefault(topic.parent_id, []).append(topic)
    for topic in topics:
        topic.subtopics = below.get(topic.pk, [])
    roots = below.get(None, [])
    return show(
        request,
        "publications/topic_list.html",
        {
            "areas": [topic for topic in roots if topic.subtopics],
            "single_topics": [topic for topic in roots if not topic.subtopics],
            "topic_count": len(topics),
            "since_year": clock.today().year - 11,
            "head": page_head(
                request,
                _("Topics"),
                _("All research topics of %(site)s, with counts and newest dates.") % _site(),
                picture_of_page("topics"),
                crumbs=[(_("Topics"), request.path)],
            ),
        },
    )


def topic_detail(request, slug):
    now = clock.now()
    family = {member.pk: member for member in family_of(slug, now)}
    topic = next((member for member in family.values() if member.slug == slug), None)
    listing, topic = open_list(request.GET, now, "topic", slug, subject=topic)
    featured = featured_in(topic, now) if listing.page_number == 1 else []
    attach_companions([*featured, *listing.page.rows], now)
    path = topic.path_within(family)
    above = [(_("Topics"), address_root("publications:topic-list"))]
    above += [(member.name, member.get_absolute_url()) for member in (*path, topic)]
    description, picture = topic.description or topic.name, picture_of_topic(topic)
    head = list_head(request, listing, topic.name, description, picture, above)
    head = head._replace(twin=f"{topic.get_absolute_url()}index.md")
    parts = {
        "title": numbered_title(topic.name, listing.page),
        "crumbs": crumbs(above[:-1], topic.name),
        "topic": topic.name,
        "how_many": how_many(topic.publication_count, listing.first_year),
        "introduction": "",
        "subtopics": "",
        "featured": features(featured),
    }
    if listing.page_number == 1:
        below = [member for member in family.values() if member.parent_id == topic.pk]
        parts["introduction"] = richtext.show(topic.introduction)
        parts["subtopics"] = topic_links(below) if below else ""
    feeds = feed_links(listing, topic)
    return show_list(request, "publications/topic_detail.html", listing, head, feeds, parts, topic)


def publication_list(request):
    """The finder: every publication, by words, type, topic and date; for staff the hidden ones too."""
    now = clock.now()
    is_staff = sees_hidden(request.user)
    if item := item_of_number(request.GET, request.user, now):
        return redirect(item)
    listing, subject = open_list(request.GET, now, user=request.user)
    attach_companions(attach_bylines(listing.page.rows), now)
    description = _("All publications of %(site)s.") % _site()
    head = list_head(request, listing, _("Publications"), description, picture_of_page("publications"))
    searched = listing.values.get("q")
    title = _("%(words)s: search results") % {"words": searched} if searched else _("Publications")
    parts = {"title": numbered_title(title, listing.page)} | finder(listing, is_staff)
    rows = partial(ledger, css="ledger hitlist", with_bylines=True, staff_view=is_staff)
    template = "publications/publication_list.html"
    return show_list(request, template, listing, head, feed_links(listing), parts, rows=rows)


def _readable(user, now, preview=None):
    rows = Publication.objects.readable_by(user, now, preview)
    return rows.select_related("content_type", "image", "lead", "replaced_by")


_for_readers = Prepared(lambda slug, now: _readable(None, now).filter(slug=slug), slug=a_text, now=a_moment)


def _find_publication(request, slug: str, now) -> Publication:
    """For nearly everybody by a statement that is prepared."""
    preview = open_preview(request)
    is_readers = not (preview or request.user.is_authenticated)
    found = _for_readers(slug=slug, now=now) if is_readers else ()
    return found[0] if found else get_publication(_readable(request.user, now, preview), slug)


def publication_detail(request, slug):
    now = clock.now()
    publication = _find_publication(request, slug, now)
    attach_companions(attach_bylines([publication]), now)
    attach_translations(publication, now)
    attach_files(attach_topics([publication]))
    topics = list(publication.topics.all())
    shown = [publication, *publication.study, *publication.in_other_languages]
    related = newest_in(topics, now, RELATED, leaving_out={item.pk for item in shown})
    attach_corrections([publication])
    corrections = publication.known_corrections
    files = [] if publication.is_withdrawn else list(publication.files.all())
    reference = make_reference(publication, request.build_absolute_uri)
    above = [(_("Topics"), address_root("publications:topic-list"))]
    above += [(topic.name, topic.get_absolute_url()) for topic in topics[:1]]
    context = {
        "publication": publication,
        "authorships": publication.authorships.all(),
        "contents": richtext.headings(publication.body),
        "topics": topics,
        "above": above,
        "corrections": corrections,
        "notices": [one for one in corrections if one.changes_conclusions or one == corrections[0]],
        "files": files,
        "references": format_all(reference),
        "related": attach_companions(related, now),
        "may_edit": sees_hidden(request.user),
        "head": publication_head(request, publication, reference, files, topics, above),
    }
    response = show(request, "publications/publication_detail.html", context)
    response["Link"] = signposting.header(publication, reference, files, request.build_absolute_uri)
    return response


def person_list(request):
    keys = Person.objects.published().by_name().values_list("pk", flat=True)
    number = read_page_number(request.GET.get("page", "").strip())
    page = get_page(keys, number or 1, keys.count(), PEOPLE_PER_PAGE)
    if not number or number > page.pages:
        raise Http404
    page = page._replace(rows=people.with_counts(Person.objects.filter(pk__in=page.rows)).by_name())
    description = _("The authors of %(site)s.") % _site()
    pager = Pager(request.path, page)
    crumbs = [(_("People"), request.path)]
    head = page_head(
        request, _("People"), description, picture_of_page("people"), crumbs, pager.url(page.number)
    )
    context = {"page": page, "pager": pager, "head": head}
    return show(request, "publications/person_list.html", context)


def person_detail(request, slug):
    now = clock.now()
    listing, person = open_list(request.GET, now, "person", slug)
    attach_companions(listing.page.rows, now)
    above = [(_("People"), address_root("publications:person-list"))]
    description = _("Publications by %(person)s.") % {"person": person.name}
    steps = [*above, (person.name, listing.path)]
    head = list_head(request, listing, person.name, description, picture_of_person(person), steps, person)
    parts = {
        "title": numbered_title(person.name, listing.page),
        "crumbs": crumbs(above, person.name),
        "person": person.name,
        "biography": linebreaks(person.biography, autoescape=True) if person.biography else "",
        "orcid": person.orcid,
        "how_many": how_many(listing.source.whole_total),
    }
    feeds = feed_links(listing, person)
    return show_list(request, "publications/person_detail.html", listing, head, feeds, parts)


def type_detail(request, slug):
    now = clock.now()
    listing, content_type = open_list(request.GET, now, "type", slug)
    attach_companions(listing.page.rows, now)
    above = [(_("Publications"), address_root("publications:publication-list"))]
    steps = [*above, (content_type.plural, listing.path)]
    description = _("%(types)s of %(site)s, newest first.") % (_site() | {"types": content_type.plural})
    picture = picture_of_type(content_type)
    head = list_head(request, listing, content_type.plural, description, picture, steps)
    parts = {
        "title": numbered_title(content_type.plural, listing.page),
        "crumbs": crumbs(above, content_type.plural),
        "types": content_type.plural,
    }
    feeds = feed_links(listing, content_type)
    template = "publications/type_detail.html"
    return show_list(request, template, listing, head, feeds, parts, with_types=False)


def page_detail(request, slug):
    page = get_page_or_moved(Page.objects.readable_by(request.user), slug)
    context = {
        "page": page,
        "contents": richtext.headings(page.body),
        "may_edit": may_view_hidden(request.user),
        "head": text_head(request, page),
    }
    return show(request, "publications/page_detail.html", context)


def _site() -> dict[str, str]:
    """The site's name as sentences take it."""
    return {"site": settings.TOPICHUB_SITE_NAME}
