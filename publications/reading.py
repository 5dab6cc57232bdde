# Which database a request reads from: the only one, or a replica for what readers ask where the site has one.
# Whoever has signed in, and whatever writes, asks the primary, so that editors always see what they have just saved.
# Knows no models.
import logging
import time
from contextvars import ContextVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections

REPLICA = "replica"
SIGNED_IN = (settings.SESSION_COOKIE_NAME, "messages")
PAUSE = 10  # seconds in which a replica that did not answer is left alone

logger = logging.getLogger(__name__)
_alias: ContextVar[str] = ContextVar("database", default=DEFAULT_DB_ALIAS)
_left_alone_until = 0.0


def database():
    """The connection to read from."""
    return connections[_alias.get()]


class _Connection:
    """The same for what is imported once and asked past the models. Outside of readers' requests it is the
    primary's, so that what writes may use it as well."""

    def __getattr__(self, name):
        return getattr(database(), name)


connection = _Connection()


class ReplicaRouter:
    def db_for_read(self, model, **hints):
        return _alias.get()

    def db_for_write(self, model, **hints):
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one, other, **hints):
        return True  # rows of a replica are those of the primary

    def allow_migrate(self, db, app_label, **hints):
        return db == DEFAULT_DB_ALIAS


class ReplicaMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        choose_database(request.META)
        if _alias.get() == REPLICA and not _answers():
            stay_with_primary()
        response = self.get_response(request)
        if response.status_code == 500 and _alias.get() == REPLICA:
            return self._ask_primary(type(request)(request.environ))
        return response

    def _ask_primary(self, request):
        """Again from the beginning, in case it was the replica: it may have gone, or have ended a question that was
        in the way of what it had to take over."""
        _answers()
        stay_with_primary()
        return self.get_response(request)


def choose_database(environ) -> None:
    """To be called first for every request; it holds until the next one, so for what is streamed too."""
    is_up = has_replica() and time.monotonic() >= _left_alone_until
    _alias.set(REPLICA if is_up and is_readers(environ) else DEFAULT_DB_ALIAS)


def is_readers(environ) -> bool:
    """Whether it is plainly the request of a reader. Previews are no reader's: what they show was just made."""
    cookies = environ.get("HTTP_COOKIE", "")
    return (
        environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        and not (cookies and any(name in cookies for name in SIGNED_IN))
        and not environ["PATH_INFO"].startswith("/preview/")
    )


def stay_with_primary() -> None:
    """For the rest of a reader's request: one that has just changed something, which a replica may not know yet,
    or whose replica has gone."""
    _alias.set(DEFAULT_DB_ALIAS)


def has_replica() -> bool:
    return REPLICA in connections.settings


def _answers() -> bool:
    """Asked once for each page that is made, and once more where that failed."""
    global _left_alone_until
    replica = connections[REPLICA]
    try:
        replica.ensure_connection()
        if not replica.is_usable():
            replica.close()
            replica.ensure_connection()
    except Error as error:
        logger.warning("The replica does not answer; readers are served by the primary. %s", error)
        _left_alone_until = time.monotonic() + PAUSE
        return False
    return True
