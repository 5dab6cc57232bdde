# Strict readers for settings that come from the environment.
# A value that cannot be understood stops the start with one sentence; nothing is guessed.
import os
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def switch(name: str, *, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is “{value}”. Write true or false.")


def number(name: str, default: int) -> int:
    """A whole number, not below nought."""
    value = text(name, str(default))
    if value.isascii() and value.isdigit():
        return int(value)
    raise ImproperlyConfigured(f"{name} is “{value}”. Write a whole number.")


def choice(name: str, choices: list[str]) -> str:
    """One of the choices; the first unless told otherwise."""
    value = text(name, choices[0]).lower()
    if value in choices:
        return value
    raise ImproperlyConfigured(f"{name} is “{value}”. Write {', '.join(choices[:-1])} or {choices[-1]}.")


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list; blanks between commas do not count."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def data_dir(project_dir: Path) -> Path:
    """Where the site keeps what changes; made when it is not there yet. Relative to the project."""
    path = project_dir / text("TOPICHUB_DATA_DIR", "var")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"TOPICHUB_DATA_DIR is {path}, which cannot be made: {error.strerror}."
        ) from error
    return path


def stylesheet(project_dir: Path, data_dir: Path) -> Path | None:
    """The site's own CSS file. Whatever lies beside it is public too, so it needs a folder of its own."""
    name = text("TOPICHUB_STYLESHEET")
    if not name:
        return None
    path = (project_dir / name).resolve()
    if path.suffix != ".css" or not path.is_file():
        raise ImproperlyConfigured(f"TOPICHUB_STYLESHEET is {path}, which is not the path of a CSS file.")
    if any(place.resolve().is_relative_to(path.parent) for place in (project_dir, data_dir)):
        raise ImproperlyConfigured(f"TOPICHUB_STYLESHEET is {path}. Put it into a folder of its own.")
    return path


def time_zone() -> str:
    name = text("TIME_ZONE", "UTC")
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise ImproperlyConfigured(f"TIME_ZONE is “{name}”. Write a zone such as Europe/London.") from error


def language(name: str, default: str) -> str:
    """The code of a language that Django has dates and numbers for, by itself or by what it belongs to."""
    code = text(name, default).lower().replace("_", "-")
    if code in LANG_INFO or code.partition("-")[0] in LANG_INFO:
        return code
    raise ImproperlyConfigured(
        f"{name} is “{code}”. Write the code of a language, such as en-gb, de, fr or ar."
    )


def secret_key(data_dir: Path, *, debug: bool) -> str:
    """The key from SECRET_KEY, else from the file `secret-key` that `make setup` writes once."""
    key_file = data_dir / "secret-key"
    if key := text("SECRET_KEY"):
        return key
    if key_file.is_file() and (key := key_file.read_text().strip()):
        return key
    if debug:
        return "only-for-development-never-for-a-public-site"
    raise ImproperlyConfigured(
        f"There is no secret key. Run `make setup`, which writes {key_file}, or set SECRET_KEY, "
        "or set DEBUG=true on a development machine."
    )


def databases(data_dir: Path, project_dir: Path) -> dict:
    """Django's settings for DATABASE_URL, a SQLite file in the data directory unless told otherwise, and for
    DATABASE_REPLICA_URL, where there is one for readers to be served from.

    A relative SQLite path is relative to the project, whatever folder a command is run from.
    """
    named = {"default": "DATABASE_URL", "replica": "DATABASE_REPLICA_URL"}
    found = {alias: database(name, project_dir) for alias, name in named.items() if text(name)}
    return {"default": sqlite(data_dir / "topichub.sqlite3", project_dir)} | found


def database(name: str, project_dir: Path) -> dict:
    url = text(name)
    if not url.startswith(("sqlite://", "postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"{name} must begin with sqlite:// or postgres://.")
    try:
        settings = environ.Env.db_url_config(url)
    except Exception as error:
        raise ImproperlyConfigured(f"{name} is not a database address.") from error
    if settings["ENGINE"].endswith("sqlite3"):
        return sqlite(settings["NAME"], project_dir)
    # With its default cost for random reads PostgreSQL scans whole tables that fit in memory.
    options = settings.get("OPTIONS", {}) | {"options": "-c jit=off -c random_page_cost=1.1"}
    if name == "DATABASE_REPLICA_URL":  # in time for the first to answer instead
        options = {"connect_timeout": 3, "tcp_user_timeout": 3000} | options
    elif switch("TOPICHUB_ONE_HOST", default=False):
        settings["ENGINE"] = "topichub.one_host"
    return settings | {"OPTIONS": options, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def sqlite(name: str | Path, project_dir: Path) -> dict:
    """Readers never wait for the writer (WAL), who need not wait for the disk at each commit: a power cut may take the
    last ones back, and breaks nothing (NORMAL). Writers queue instead of failing half-way (IMMEDIATE).

    Each thread keeps up to 32 MB of the file in its memory. Lists are as quick with the usual 2 MB, also among a
    million items; searches of phrases take a tenth longer then. To map the file into memory instead gains nothing.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name if name == ":memory:" else str(project_dir / name),
        "CONN_MAX_AGE": 60,  # to open the file takes longer than to answer from memory
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
        },
    }


def cache() -> dict:
    """Django's settings for CACHE_URL: the memory of each process unless told otherwise."""
    try:
        return environ.Env.cache_url_config(text("CACHE_URL", "locmemcache://"))
    except Exception as error:
        raise ImproperlyConfigured(
            "CACHE_URL is not a cache address, e.g. redis://localhost:6379/0."
        ) from error


def page_cache() -> dict:
    """Where whole pages are kept for all servers, apart from everything else. Unless several share a cache, each
    process has its own in its memory, and no other is needed."""
    settings = cache() | {"KEY_PREFIX": "pages"}
    if settings["BACKEND"].endswith("LocMemCache"):
        return {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    return settings


def media() -> dict:
    """Django's settings for TOPICHUB_MEDIA: the folder `media` in the data directory unless told otherwise.

    s3://bucket/folder?endpoint=https://storage.example.org&region=eu-1 is a bucket of anything that speaks S3;
    the folder and both options may be left out. Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
    """
    address = text("TOPICHUB_MEDIA")
    if not address:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.scheme != "s3" or not parts.hostname or not options.keys() <= {"endpoint", "region"}:
        raise ImproperlyConfigured(
            f"TOPICHUB_MEDIA is “{address}”. Write s3://bucket/folder?endpoint=https://…&region=…, or nothing."
        )
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": parts.hostname,
            "location": parts.path.strip("/"),
            "endpoint_url": options.get("endpoint"),
            "region_name": options.get("region"),
            "file_overwrite": False,
            "default_acl": None,  # private: readers are always served by topichub, which asks who may see what
        },
    }
