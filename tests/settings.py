# The project's settings as the tests see them: nothing of the surrounding environment gets in but
# TEST_DATABASE_URL, and every process has a data directory of its own that goes when it ends.
import os
import tempfile

_data_dir = tempfile.TemporaryDirectory(prefix="topichub-tests-")
for _name in ("ALLOWED_HOSTS", "CACHE_URL", "CSRF_TRUSTED_ORIGINS", "LANGUAGE_CODE", "TIME_ZONE"):
    os.environ.pop(_name, None)
for _name in [name for name in os.environ if name.startswith("TOPICHUB_") and name != "TOPICHUB_CHROMIUM"]:
    del os.environ[_name]
os.environ |= {
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""),
    "DEBUG": "off",
    "SECRET_KEY": "tests-only-and-long-enough-to-satisfy-the-deployment-check-of-django",
    "TOPICHUB_DATA_DIR": _data_dir.name,
    "TOPICHUB_HTTPS": "off",
}

from topichub.settings import *  # noqa: E402, F403
from topichub.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, and of no use elsewhere
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True  # served from where they are written; nothing has to be collected first
(DATA_DIR / "static").mkdir()
DATABASES["default"]["CONN_MAX_AGE"] = None  # a test holds its connection, however long all tests take
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in real life: a database in memory would be one connection shared by all threads.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "tests.sqlite3")}
