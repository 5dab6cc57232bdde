# What language models read on somebody's behalf, in Markdown: the site in short, and a twin of each item and
# topic. A twin says what its page says; search engines are led to the page.
import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from publications import clock, languages, richtext
from publications.addresses import get_publication, open_list
from publications.caching import private_for_staff
from publications.citing.reference import make_reference, with_references
from publications.citing.styles import apa
from publications.listing.cards import attach_companions, attach_translations, featured_in
from publications.listing.topics import with_counts
from publications.markdown import bullets, escape, from_html, join, link
from publications.models import Page, Publication, Topic
from publications.site.entries import correction_text

TWIN = "index.md"  # within the address of the page
NEWEST = 30
KEPT_FOR = 3600  # seconds
REMEMBERED_FOR = 24 * 3600


def llms(request):
    absolute = request.build_absolute_uri
    everything = absolute(reverse("publications:publication-list"))
    topics = with_counts(Topic.objects.all()).filter(publication_count__gt=0).in_order()
    pages = Page.objects.published()
    text = join(
        [
            f"# {escape(settings.TOPICHUB_SITE_NAME)}",
            f"> {escape(_(settings.TOPICHUB_DESCRIPTION))}",
            "Every list of publications takes the parameters `q` (words), `type`, `topic`, `from`, `to` and "
            "`sort=oldest`. Behind the list's own address, before the question mark, `feed.json` and `feed.atom` "
            "give its newest with their whole text; `export.json`, `export.bib`, `export.ris` and `export.csv` "
            f"give all of it as references. Behind the address of a publication or topic, `{TWIN}` gives it in "
            "Markdown, with the reference to cite it by.",
            "## Lists",
            bullets(
                [
                    f"[All publications]({everything}): newest first",
                    f"[The newest publications with their whole text]({everything}feed.json)",
                    f"[All publications as references]({everything}export.json): CSL JSON",
                    f"[Authors]({absolute(reverse('publications:person-list'))})",
                ]
            ),
            "## Topics",
            bullets(_described(topic, absolute(topic.get_absolute_url() + TWIN)) for topic in topics),
            "## The organisation" if pages else "",
            bullets(_described(page, absolute(page.get_absolute_url())) for page in pages),
        ]
    )
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    patch_cache_control(response, public=True, max_age=KEPT_FOR)
    return response


def publication(request, slug):
    now = clock.now()
    readable = with_references(Publication.objects.readable_by(request.user, now)).defer(None)
    item = get_publication(readable.select_related("replaced_by"), slug, suffix=TWIN)
    attach_companions([item], now)
    attach_translations(item, now)
    return _answer(request, item, _publication_text(item, request.build_absolute_uri))


def topic(request, slug):
    now = clock.now()
    listing, topic = open_list({}, now, "topic", slug, suffix=TWIN)
    absolute = request.build_absolute_uri
    featured = featured_in(topic, now)
    newest = listing.ordered.for_cards()[:NEWEST]
    text = join(
        [
            f"# {escape(topic.name)}",
            escape(topic.description),
            from_html(richtext.with_absolute_links(topic.introduction, absolute(topic.get_absolute_url()))),
            bullets([f"{_('Address')}: <{absolute(topic.get_absolute_url())}>"]),
            f"## {_('Featured')}" if featured else "",
            bullets(_listed(item, absolute) for item in featured),
            f"## {_('Publications')}",
            bullets(_listed(item, absolute) for item in newest),
        ]
    )
    return _answer(request, topic, text)


def _answer(request, row, text: str) -> HttpResponse:
    page = request.build_absolute_uri(row.get_absolute_url())
    headers = {"Link": f'<{page}>; rel="canonical"; type="text/html"', "X-Robots-Tag": "noindex"}
    return private_for_staff(
        request, HttpResponse(text, content_type="text/markdown; charset=utf-8", headers=headers)
    )


def _publication_text(item: Publication, absolute) -> str:
    address = absolute(item.get_absolute_url())
    files = [] if item.is_withdrawn else item.files.all()
    return join(
        [
            f"# {escape(item.title)}",
            escape(item.subtitle),
            _withdrawal(item, absolute),
            *map(_correction, item.known_corrections),
            bullets(_facts(item, absolute)),
            escape(item.summary),
            f"## {_('Key findings')}" if item.findings else "",
            bullets(escape(finding) for finding in item.findings),
            _body(richtext.with_absolute_links(item.body, address)),
            f"## {_('Downloads')}" if files else "",
            bullets(
                f"{link(file.label, absolute(file.get_absolute_url()))}: {file.format}" for file in files
            ),
            f"## {_('Also from this study')}" if item.study else "",
            bullets(_listed(member, absolute) for member in item.study),
        ]
    )


def _body(text: str) -> str:
    """Remembered by what it is made from: a long text takes a second."""
    key = hashlib.sha256(text.encode()).hexdigest()
    return cache.get_or_set(f"markdown-{key}", lambda: from_html(text), REMEMBERED_FOR)


def _withdrawal(item: Publication, absolute) -> str:
    if not item.is_withdrawn:
        return ""
    date = f" ({_day(item.withdrawn_at)})" if item.withdrawn_at else ""
    notice = [f"> **{_('This publication was withdrawn.')}**{date} {escape(item.notice)}"]
    if instead := item.replacement:
        notice += [">", f"> {_('See instead:')} {link(instead.title, absolute(instead.get_absolute_url()))}"]
    return "\n".join(notice)


def _correction(correction) -> str:
    heading = f"{correction.get_kind_display()}{_(', ')}{date_format(correction.made_on, _('j F Y'))}."
    return f"> **{heading}** {escape(correction_text(correction))}"


def _facts(item: Publication, absolute) -> list[str]:
    """The citation on top: all that is needed to name the item, and the files that say it for programs."""
    reference = make_reference(item, absolute)
    authors = [
        authorship.printed_name + (f" ({authorship.role})" if authorship.role else "")
        for authorship in item.authorships.all()
    ]
    translations = [
        link(languages.native_name(languages.tag(other.language)), absolute(other.get_absolute_url() + TWIN))
        for other in item.in_other_languages
    ]
    files = [
        link(name, absolute(reverse("exchange:citation", args=[item.slug, form])))
        for name, form in (("BibTeX", "bib"), ("RIS", "ris"), ("CSL JSON", "json"))
    ]
    facts = {
        _("Type"): escape(f"{item.content_type.name} {item.report_number}"),
        _("Authors"): escape(_(", ").join(authors)),
        _("Published"): _day(item.published_at) if item.published_at else "",
        _("Publisher"): escape(reference.institution),
        _("Topics"): _(", ").join(
            link(topic.name, absolute(topic.get_absolute_url())) for topic in item.topics.all()
        ),
        _("Language"): languages.native_name(item.language),
        _("Other languages"): _(", ").join(translations),
        _("Address"): f"<{reference.url}>",
        "DOI": f"<{reference.doi_url}>" if reference.doi else "",
        _("Elsewhere"): f"<{item.external_url}>" if item.external_url else "",
        _("Cite as"): escape(apa(reference)),
        _("References"): _(", ").join(files),
    }
    return [f"{name}: {value}" for name, value in facts.items() if value]


def _day(moment) -> str:
    return date_format(timezone.localdate(moment), _("j F Y"))


def _listed(item: Publication, absolute) -> str:
    facts = f"{escape(item.content_type.name)}, {_day(item.published_at)}"
    words = f"{facts}. {escape(item.featured_words)}" if item.featured_words else facts
    return f"{link(item.title, absolute(item.get_absolute_url() + TWIN))}: {words}"


def _described(row: Topic | Page, address: str) -> str:
    about = f": {escape(row.description)}" if row.description else ""
    return f"{link(str(row), address)}{about}"
