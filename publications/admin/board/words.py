# The board in words: what becomes of each featured item, and what changes next at the top of the topic.
from typing import NamedTuple

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.text import Truncator, slugify

from publications.admin.display import moment_in_words
from publications.clock import write_moment
from publications.listing.arrangement import Arrangement, Stretch, Top, is_live, is_running

MOST_CHANGES = 12
NOW = "now"
NUMBERS = ("no", "one", "two", "three", "four", "five", "six")
IN_ORDER = ("first", "second", "third", "fourth", "fifth", "sixth")


class Standing(NamedTuple):
    """What becomes of one featured item: a mark, and why or until when."""

    mark: str
    words: str

    @property
    def slug(self) -> str:
        return slugify(self.mark)


LEAVES = Standing("Removed", "It leaves when you save.")


class Change(NamedTuple):
    """A moment from which the top of the topic is another."""

    value: str
    moment: str
    events: str
    state: str
    conflict: str
    places: list[str]
    waiting: str


def standing(pick, arrangement: Arrangement, now) -> Standing:
    if pick.ends_at and pick.ends_at <= now:
        return Standing("Ended", f"It ended on {moment_in_words(pick.ends_at)}. You may remove it.")
    top = arrangement.at(now)
    if pick in top.waiting:
        return Standing("Waiting", f"{_too_many(top)} It moves up when one of those above it leaves.")
    if pick in top.picks:
        place = f"It stands {IN_ORDER[top.picks.index(pick)]} now."
        return Standing("Showing", _joined(place, _ending(pick, arrangement), _picture(pick, now)))
    words = _joined(_beginning(pick, now), _ending(pick, arrangement), _picture(pick, now))
    return Standing("Not showing", words)


def _joined(*sentences) -> str:
    return " ".join(filter(None, sentences))


def _picture(pick, now) -> str:
    """Whether its own picture may not be used the whole time."""
    until = pick.image and pick.image.usable_until
    if not until or (pick.ends_at and timezone.localdate(pick.ends_at) <= until):
        return ""
    may = "may be" if pick.image.is_usable(now) else "could be"
    return f"Its own picture {may} used until {format_date(until, 'j M Y')}; after that its usual one shows."


def _beginning(pick, now) -> str:
    item = pick.publication
    is_to_come = bool(item.published_at and item.state == item.State.PUBLISHED and item.published_at > now)
    if is_to_come and is_running(pick, item.published_at):
        return f"It appears on {moment_in_words(item.published_at)}, when it is published."
    if not is_running(pick, now):
        begins = f"It begins on {moment_in_words(pick.starts_at)}."
        if is_to_come or is_live(pick, pick.starts_at):
            return begins
        return f"{begins} It is {_state(item)} now, and shows only once it is published."
    if is_to_come:
        return f"It is published on {moment_in_words(item.published_at)}, after it ends here: it never shows."
    return f"It is {_state(item)}: it appears here once it is published."


def _state(item) -> str:
    status = str(item.status)
    return "a draft" if item.state == item.State.DRAFT else status[:1].lower() + status[1:]


def _ending(pick, arrangement) -> str:
    """What is left when it ends; nothing for what never ends or would not show then."""
    if not pick.ends_at:
        return ""
    ends = f"It ends on {moment_in_words(pick.ends_at)}"
    if not pick.publication.published_at or pick.publication.published_at > pick.ends_at:
        return f"{ends}."
    return f"{ends}; after that {_filled(arrangement.at(pick.ends_at), arrangement.tops_up)}."


def _filled(top: Top, tops_up: bool) -> str:
    left = top.slots - len(top.picks)
    if not left:
        return f"{_all_places(top.slots)} filled"
    filled = f"{len(top.picks)} of {_places(top.slots)} {'is' if top.slots == 1 else 'are'} filled"
    if tops_up:
        return f"{filled}; the newest {'item fills' if left == 1 else 'items fill'} in"
    return f"{filled}; {'one place stays' if left == 1 else f'{NUMBERS[left]} places stay'} empty"


def _places(number) -> str:
    return "1 place" if number == 1 else f"{number} places"


def _all_places(number) -> str:
    return {1: "the one place is", 2: "both places are"}.get(number, f"all {number} places are")


def _too_many(top: Top) -> str:
    return f"{len(top.picks) + len(top.waiting)} items are chosen for {_places(top.slots)}."


def named(items) -> str:
    """“A”, “B” and “C”."""
    names = [f"“{Truncator(getattr(item, 'publication', item)).chars(70)}”" for item in items]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def changes(stretches: list[Stretch]) -> list[Change]:
    """The first is now."""
    found, before = [], None
    for one in stretches[: MOST_CHANGES + 1]:
        found.append(
            Change(
                write_moment(one.start) if before else NOW,
                moment_in_words(one.start) if before else "Now",
                " ".join(_events(before, one)) if before else "",
                _state_of(one.top),
                _conflict(one.top),
                _in_places(one.top),
                named(one.top.waiting),
            )
        )
        before = one.top
    return found


def _events(before: Top, one: Stretch):
    top, at = one.top, one.start
    chosen, were = [*top.picks, *top.waiting], [*before.picks, *before.waiting]
    groups = [
        ([pick for pick in before.picks if pick not in chosen], "ends", "end"),
        ([pick for pick in top.picks if pick not in were and pick.starts_at == at], "begins", "begin"),
        ([pick for pick in top.picks if pick not in were and pick.starts_at != at], "appears", "appear"),
        ([pick for pick in top.picks if pick in before.waiting], "moves up", "move up"),
        ([pick for pick in top.waiting if pick in before.picks], "gives way and waits", "give way and wait"),
    ]
    for items, one_does, several_do in groups:
        if items:
            yield f"{named(items)} {one_does if len(items) == 1 else several_do}."


def _in_places(top: Top) -> list[str]:
    picked = [str(pick.publication) for pick in top.picks]
    return [*picked, *(f"{item} (newest)" for item in top.filling), *["Empty"] * top.empty]


def _state_of(top: Top) -> str:
    sentence = f"{len(top.picks)} of {_places(top.slots)} {'is' if top.slots == 1 else 'are'} filled"
    if not top.slots - len(top.picks):
        sentence = _all_places(top.slots) + " filled"
    parts = [sentence[:1].upper() + sentence[1:]]
    if top.filling:
        parts.append(f"{named(top.filling)} {'fills' if len(top.filling) == 1 else 'fill'} in, as the newest")
    if top.empty:
        parts.append("one place stays empty" if top.empty == 1 else f"{NUMBERS[top.empty]} places stay empty")
    return "; ".join(parts) + "."


def _conflict(top: Top) -> str:
    if not top.waiting:
        return ""
    return f"{_too_many(top)} {named(top.waiting)} {'waits' if len(top.waiting) == 1 else 'wait'}."
