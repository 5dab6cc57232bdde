# Publications as lists and features show them.
import datetime as dt
from functools import lru_cache
from html import escape

from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from publications import languages
from publications.site.markup.numbers import how_many
from publications.site.markup.words import gettext as _
from publications.surroundings import surroundings

NOTHING = SafeString("")
STAND_IN, STAND_IN_SIZE = "picture-awaited.svg", (1200, 800)
IN_TILE = "(min-width: 62em) 24rem, (min-width: 40em) 45vw, 100vw"
IN_ENTRY = "(min-width: 62em) 13rem, (min-width: 38em) 10.5rem, 6.5rem"
FIRST_FEATURE = "(min-width: 64em) 44rem, 100vw"
OTHER_FEATURES = "(min-width: 62em) 26rem, (min-width: 44em) 50vw, 100vw"


def entry(publication, *, heading="h3", with_bylines=False, staff_view=False, collecting=None) -> SafeString:
    """One row of a list."""
    p, address, language = publication, publication.get_absolute_url(), in_language(publication.language)
    title = p.marked_title or escape(p.title)
    words = p.passage or escape(p.summary)
    meta = f"{kind(p.content_type)} {_moment(p.published_at)}{corrected(p.corrected_on)}"
    if staff_view:
        meta += _for_staff(p)
    if collecting:
        meta += _tick(p, collecting)
    summary = f'<p class="entry-summary"{language}>{words}</p>' if words else ""
    media = ""
    if image := p.picture:
        media = f'<a class="entry-media" href="{address}" tabindex="-1" aria-hidden="true">{picture(image, IN_ENTRY)}</a>'
    return SafeString(
        f'<article class="entry">\n'
        f'  <{heading} class="entry-title"{language}><a href="{address}">{title}</a></{heading}>\n'
        f'  <p class="entry-meta">{meta}</p>\n'
        f"  {summary}\n"
        f"  {_foot(p, with_bylines)}\n"
        f"  {media}\n"
        "</article>\n"
    )


def brief_entries(publications) -> SafeString:
    """Rows of a list that names its items and no more."""
    rows = [
        '<li><article class="entry">\n'
        f'  <h3 class="entry-title"{in_language(p.language)}><a href="{p.get_absolute_url()}">{escape(p.title)}</a></h3>\n'
        f'  <p class="entry-meta">{kind(p.content_type)} {_moment(p.published_at)}{corrected(p.corrected_on)}</p>\n'
        "</article>\n</li>\n        "
        for p in publications
    ]
    return SafeString("".join(rows))


def feature(publication, sizes: str, *, eager=False) -> SafeString:
    """One item at the top of a page."""
    p, language = publication, in_language(publication.language)
    words, image = p.featured_words, p.featured_picture
    summary = f'<p class="feature-summary"{language}>{escape(words)}</p>' if words else ""
    foot = _foot(p, with_bylines=False)
    media = ""
    if image:
        drawn = picture(image, sizes, alt=image.alt, eager=eager)
        media = f'<figure class="feature-media">\n    {drawn}\n    {figcaption(image)}\n  </figure>'
    return SafeString(
        '<article class="feature">\n'
        '  <div class="feature-text">\n'
        f'    <p class="kicker">{kind(p.content_type)} {_moment(p.published_at)}{corrected(p.corrected_on)}</p>\n'
        f'    <h3 class="feature-title"{language}><a href="{p.get_absolute_url()}">{escape(p.title)}</a></h3>\n'
        f"    {summary}\n"
        f"    {foot}\n"
        "  </div>\n"
        f"  {media}\n"
        "</article>\n"
    )


def features(publications) -> SafeString:
    """The first is the largest, and seen first."""
    items = [
        f"<li>{feature(one, OTHER_FEATURES if place else FIRST_FEATURE, eager=not place)}</li>\n  "
        for place, one in enumerate(publications)
    ]
    return SafeString(f'<ul class="featured" role="list">\n  {"".join(items)}\n</ul>') if items else ""


def tiles(topics) -> SafeString:
    """Topics with their pictures."""
    return SafeString("".join(map(_tile, topics)))


def _tile(topic) -> str:
    description = f'<p class="feature-summary">{escape(topic.description)}</p>' if topic.description else ""
    return (
        '<li><article class="feature tile">\n'
        f'        <div class="feature-text"><h3 class="feature-title"><a href="{topic.get_absolute_url()}">{escape(topic.name)}</a></h3>\n'
        f'        {description}<p class="count">{how_many(topic.publication_count)}</p></div>\n'
        f"        {picture(topic.picture, IN_TILE)}\n"
        "      </article></li>\n      "
    )


def kind(content_type) -> SafeString:
    return _kind(content_type.mark, content_type.name)


@lru_cache(maxsize=1_000)
def _kind(mark: int, name: str) -> SafeString:
    return SafeString(f'<span class="kind" data-mark="{mark}">{escape(name)}</span>')


def corrected(day: dt.date | None) -> SafeString:
    if not day:
        return NOTHING
    sentence = _('Corrected <time datetime="%(iso)s">%(date)s</time>')
    date = in_short(day, surroundings().language)
    words = sentence % {"iso": day.isoformat(), "date": escape(date)}
    return SafeString(f' <span class="corrected">{words}</span>')


def study(members) -> SafeString:
    links = [
        f'<a href="{one.get_absolute_url()}">{escape(one.content_type.name)}<span class="vh">: '
        f"<span{in_language(one.language)}>{escape(one.title)}</span></span></a>"
        for one in members
    ]
    return SafeString(f"{_('Also from this study:')} {_(', ').join(links)}")


def picture(image, sizes: str, alt: str = "", *, eager=False) -> SafeString:
    """A picture in the stored sizes, without a look at any file. `sizes` as in HTML; `eager` for the one
    picture a reader sees first. A picture whose file is still awaited shows a stand-in."""
    manifest = image.renditions
    if jpeg := manifest.get("jpeg"):
        root = image.rendition_root
        sources = f"{_source(root, 'avif', manifest, sizes)}{_source(root, 'webp', manifest, sizes)}"
        src, width, height = root + jpeg["name"], manifest["width"], manifest["height"]
    else:
        sources, src, (width, height) = "", escape(static(STAND_IN)), STAND_IN_SIZE
    when = ' fetchpriority="high"' if eager else ' loading="lazy" decoding="async"'
    alt = escape(alt) if alt else ""
    return SafeString(
        f'<picture>{sources}<img src="{src}" alt="{alt}" width="{width}" height="{height}"{when}></picture>'
    )


def _source(root, name, manifest, sizes) -> str:
    """Addresses of renditions need no escaping: `reverse` quotes their beginning, and their names are made in
    publications/images/renditions.py of letters, digits, hyphens and dots."""
    addresses = ", ".join([f"{root}{one['name']} {one['width']}w" for one in manifest[name]])
    return f'<source type="image/{name}" srcset="{addresses}" sizes="{sizes}">'


def in_language(code: str) -> SafeString:
    """Attributes for the element around words in another language than the page's; none without a code."""
    return SafeString(f' lang="{escape(code)}" dir="{languages.direction(code)}"') if code else NOTHING


def _moment(moment: dt.datetime | None) -> str:
    if not moment:
        return ""
    here = surroundings()
    return _day(moment.astimezone(here.zone).date(), here.language)


@lru_cache(maxsize=20_000)
def _day(day: dt.date, language: str) -> str:
    return f'<time datetime="{day.isoformat()}">{escape(in_short(day, language))}</time>'


@lru_cache(maxsize=20_000)
def in_short(day: dt.date, language: str) -> str:
    """“26 Nov 2026”, as the language writes it."""
    return date_format(day, _("j M Y"))


def _foot(publication, with_bylines: bool) -> str:
    parts = []
    if with_bylines and (authorships := publication.authorships.all()):
        parts.append(_(", ").join(escape(one.printed_name) for one in authorships))
    if members := getattr(publication, "study", ()):
        parts.append(study(members))
    return f'<p class="entry-foot">{". ".join(parts)}</p>' if parts else ""


def _for_staff(publication) -> str:
    state = "" if publication.is_public else f' <b class="state">{escape(publication.status)}</b>'
    address = reverse("admin:publications_publication_change", args=[publication.pk])
    words = _('Edit<span class="vh"> %(title)s</span>') % {"title": escape(publication.title)}
    return f'{state} <a href="{address}">{words}</a>'


def _tick(publication, collecting) -> str:
    checked = " checked" if publication.pk in collecting.ticked else ""
    words = _('Collect<span class="vh"> %(title)s</span>') % {"title": escape(publication.title)}
    box = f'<input type="checkbox" name="item" value="{publication.pk}" form="filters"{checked}>'
    return f' <label class="tick">{box}{words}</label>'


def figcaption(image) -> SafeString:
    if not (image.caption or image.credit):
        return SafeString("")
    credit = f' <span class="credit">{escape(image.credit)}</span>' if image.credit else ""
    return SafeString(f"<figcaption>{escape(image.caption)}{credit}</figcaption>")
