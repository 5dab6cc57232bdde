# Makes a site ready to be served: secret key, database tables, collected static files.
# Safe to repeat: it keeps what is there. What runs after that is in run.py.
import hashlib
import os
import secrets
import sys
import time
from contextlib import contextmanager
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parent.parent


@contextmanager
def step(label):
    """One line of progress, with the seconds when there were any."""
    print(f"{label} … ", end="", flush=True)
    started = time.monotonic()
    yield
    seconds = round(time.monotonic() - started)
    print(f"done ({seconds} s)" if seconds else "done", flush=True)


def write_secret_key():
    """Write `secret-key` into the data directory once, readable by its owner only.

    The settings refuse to load without a key, so this reads TOPICHUB_DATA_DIR itself.
    """
    data_dir = PROJECT_DIR / (os.environ.get("TOPICHUB_DATA_DIR", "").strip() or "var")
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(data_dir / "secret-key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as key_file:
        key_file.write(secrets.token_urlsafe(50) + "\n")


def set_up_django():
    from django.core.exceptions import ImproperlyConfigured

    try:
        import django

        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(str(error))


def migrate():
    from django.core.management import call_command
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        sys.exit(f"The database does not answer: {reason}")
    with step(f"Updating the {connection.display_name} database"):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("rebuild_search", if_empty=True, verbosity=0)


def collect_static():
    """Collect, hash and compress the static files, which takes seconds, unless none has changed since."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = settings.STATIC_ROOT / "collected"
    fingerprint = static_fingerprint()
    if stamp.is_file() and stamp.read_text() == fingerprint:
        return
    with step("Collecting static files"):
        call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(fingerprint)


def static_fingerprint():
    """What would be collected and how, told by names, sizes and times of change."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = os.stat(storage.path(name))
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def prepare():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "topichub.settings")
    write_secret_key()
    set_up_django()
    migrate()
    collect_static()


if __name__ == "__main__":
    prepare()
