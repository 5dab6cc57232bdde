# A topic as a row of the list of all topics.
from html import escape

from django.utils.safestring import SafeString

from publications.site.markup.cards import in_short
from publications.site.markup.numbers import number
from publications.site.markup.words import gettext as _, ngettext
from publications.surroundings import surroundings


def topic_row(topic) -> SafeString:
    """With its subtopics, how many publications it has, the latest of them, and its years as small bars."""
    description = f"<p>{escape(topic.description)}</p>" if topic.description else ""
    return SafeString(
        "<article>\n"
        f'        <h3><a href="{topic.get_absolute_url()}">{escape(topic.name)}</a></h3>\n'
        f'        <div class="text">{description}\n'
        f"          {_subtopics(topic.subtopics)}</div>\n"
        f'        <p class="facts">{_how_many(topic.publication_count)}{_latest(topic.latest_at)}</p>\n'
        '        <svg class="spark" aria-hidden="true" width="84" height="24" viewBox="0 0 84 24">'
        f"{topic.spark}</svg>\n"
        "      </article>"
    )


def _subtopics(topics) -> str:
    if not topics:
        return ""
    links = [f'<a href="{one.get_absolute_url()}">{escape(one.name)}</a>' for one in topics]
    return f'<p class="subs"><span class="vh">{_("Subtopics:")} </span>{_(", ").join(links)}</p>'


def _how_many(n: int) -> str:
    words = ngettext("<b>%(number)s</b> publication", "<b>%(number)s</b> publications", n)
    return words % {"number": number(n)}


def _latest(moment) -> str:
    if not moment:
        return ""
    here = surroundings()
    day = moment.astimezone(here.zone).date()
    words = _('Latest <time datetime="%(iso)s">%(date)s</time>')
    return f" <span>{words % {'iso': day.isoformat(), 'date': escape(in_short(day, here.language))}}</span>"
