# The moment a page is made for: this one, or another that a member of staff wants to look at. What the
# public may see is a question asked of this clock. Knows no models.
import datetime as dt
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

_moment: ContextVar[dt.datetime | None] = ContextVar("moment", default=None)


def now() -> dt.datetime:
    return _moment.get() or timezone.now()


def today() -> dt.date:
    """In the site's time zone."""
    return timezone.localdate(now())


def other_moment() -> dt.datetime | None:
    """The moment looked at, where it is not this one."""
    return _moment.get()


@contextmanager
def looking_at(moment: dt.datetime):
    """Within it the clock stands at this moment."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


def read_moment(text: str) -> dt.datetime:
    """“2026-12-24T09:00” or “2026-12-24”, in the site's time zone where it names none.

    Raises ValueError with a sentence when it is no moment, or one that clocks leave out in spring.
    """
    text = text.strip()
    try:
        moment = parse_datetime(text) or _midnight(parse_date(text))
    except ValueError:
        moment = None
    if not moment:
        raise ValueError(_("“%(text)s” is not a date and time, such as 2026-12-24T09:00.") % {"text": text})
    if timezone.is_aware(moment):
        return moment
    aware = timezone.make_aware(moment)
    if timezone.make_naive(aware.astimezone(dt.UTC)) != moment:
        raise ValueError(
            _("%(text)s does not exist in %(zone)s: the clocks go forward then.")
            % {"text": text, "zone": timezone.get_current_timezone_name()}
        )
    return aware


def write_moment(moment: dt.datetime) -> str:
    """As addresses name it; read back by `read_moment` as the same moment."""
    local = timezone.localtime(moment)
    plain = local.replace(tzinfo=None)
    is_plain = timezone.make_aware(plain) == moment  # an hour that comes twice in autumn needs its offset
    return (plain if is_plain else local).isoformat(timespec="seconds" if local.second else "minutes")


def moment_in_words(moment: dt.datetime) -> str:
    """With the zone, so that nobody has to guess whose nine o'clock it is; and with its offset in the hour
    that comes twice in autumn."""
    local = timezone.localtime(moment)
    words = format_date(local, "j M Y, H:i") + f" {local:%z}" * comes_twice(moment)
    return f"{words} {zone()}"


def comes_twice(moment: dt.datetime) -> bool:
    """Whether clocks show its time twice that night."""
    local = timezone.localtime(moment)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def zone() -> str:
    return timezone.get_current_timezone_name()


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return day and dt.datetime.combine(day, dt.time.min)
