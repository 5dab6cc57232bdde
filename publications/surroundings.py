# What all words, dates and addresses of a page depend on, and what stays the same while it is made. Django looks each
# of them up in several places whenever it is asked, which is some four hundred times for a page of a list: here it is
# looked up once. Knows no models.
import datetime as dt
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import NamedTuple

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language


class Surroundings(NamedTuple):
    language: str
    prefix: str  # what addresses begin with
    urlconf: str
    zone: dt.tzinfo


_known: ContextVar[Surroundings | None] = ContextVar("surroundings", default=None)


def surroundings() -> Surroundings:
    return _known.get() or _look_up()


def looked_up_once(view: Callable) -> Callable:
    """For a view that changes none of them."""

    @wraps(view)
    def viewed(*args, **kwargs):
        token = _known.set(_look_up())
        try:
            return view(*args, **kwargs)
        finally:
            _known.reset(token)

    return viewed


def _look_up() -> Surroundings:
    urlconf = get_urlconf() or settings.ROOT_URLCONF
    return Surroundings(get_language(), get_script_prefix(), urlconf, get_current_timezone())
