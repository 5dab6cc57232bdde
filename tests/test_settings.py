# What the environment may say, and what happens when it says something else.
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from topichub import environment

PROJECT_DIR = Path(__file__).resolve().parent.parent
LONG_KEY = "a-long-key-of-many-different-letters-0123456789-abcdefghijklmnopq"


def start(*arguments, cwd=PROJECT_DIR, **variables):
    """Call manage.py as a new process that knows nothing but these variables."""
    return subprocess.run(
        [sys.executable, PROJECT_DIR / "manage.py", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def setting(expression, **variables):
    """The value of one setting in such a process, as text."""
    result = start(
        "shell", "--no-imports", "-c", f"from django.conf import settings; print({expression})", **variables
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.mark.parametrize("value", ["1", "true", "YES", " on "])
def test_switch_understands_yes(monkeypatch, value):
    monkeypatch.setenv("DEBUG", value)
    assert environment.switch("DEBUG", default=False) is True


@pytest.mark.parametrize("value", ["0", "False", "no", "off"])
def test_switch_understands_no(monkeypatch, value):
    monkeypatch.setenv("DEBUG", value)
    assert environment.switch("DEBUG", default=True) is False


@pytest.mark.parametrize("default", [True, False])
def test_blank_switch_has_its_default(monkeypatch, default):
    monkeypatch.setenv("DEBUG", " ")
    assert environment.switch("DEBUG", default=default) is default


def test_switch_refuses_anything_else_and_says_what_to_write(monkeypatch):
    monkeypatch.setenv("DEBUG", "maybe")
    with pytest.raises(ImproperlyConfigured, match="^DEBUG is “maybe”. Write true or false.$"):
        environment.switch("DEBUG", default=False)


def test_number_is_a_whole_number_or_refused(monkeypatch):
    monkeypatch.setenv("TOPICHUB_CDN_SECONDS", "60")
    assert environment.number("TOPICHUB_CDN_SECONDS", 0) == 60
    for value in ("a minute", "-1", "1.5"):
        monkeypatch.setenv("TOPICHUB_CDN_SECONDS", value)
        with pytest.raises(ImproperlyConfigured, match="Write a whole number"):
            environment.number("TOPICHUB_CDN_SECONDS", 0)


@pytest.mark.parametrize(
    ("value", "code"), [("DE", "de"), ("de_AT", "de-at"), ("zh-Hans", "zh-hans"), ("", "en-gb")]
)
def test_language_is_known_by_itself_or_by_what_it_belongs_to(monkeypatch, value, code):
    monkeypatch.setenv("LANGUAGE_CODE", value)
    assert environment.language("LANGUAGE_CODE", "en-gb") == code


def test_unknown_language_is_refused_with_one_sentence(monkeypatch):
    monkeypatch.setenv("LANGUAGE_CODE", "german")
    with pytest.raises(
        ImproperlyConfigured, match="^LANGUAGE_CODE is “german”. Write the code of a language, "
    ):
        environment.language("LANGUAGE_CODE", "en-gb")


def test_blank_words_of_a_list_are_dropped(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", " a.example, ,,b.example,")
    assert environment.words("ALLOWED_HOSTS") == ["a.example", "b.example"]


def test_relative_sqlite_path_is_relative_to_the_project(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///var/other.sqlite3")
    monkeypatch.chdir(tmp_path)
    assert environment.databases(tmp_path, PROJECT_DIR)["default"]["NAME"] == str(
        PROJECT_DIR / "var/other.sqlite3"
    )


def test_absolute_sqlite_path_is_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "sqlite:////srv/hub.sqlite3")
    assert environment.databases(tmp_path, PROJECT_DIR)["default"]["NAME"] == "/srv/hub.sqlite3"


def test_postgresql_address_may_hold_an_encoded_password(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://hub:p%40ss@db.example:5433/hub")
    database = environment.databases(tmp_path, PROJECT_DIR)["default"]
    parts = [database[part] for part in ("USER", "PASSWORD", "HOST", "PORT", "NAME")]
    assert parts == ["hub", "p@ss", "db.example", 5433, "hub"]


def test_database_in_memory_is_not_taken_for_a_file(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "sqlite://:memory:")
    assert environment.databases(tmp_path, PROJECT_DIR)["default"]["NAME"] == ":memory:"


@pytest.mark.parametrize("address", ["mysql://user@localhost/hub", "/srv/hub.sqlite3", "nonsense"])
def test_other_databases_are_refused_by_name_of_the_variable(monkeypatch, tmp_path, address):
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        environment.databases(tmp_path, PROJECT_DIR)["default"]


def test_unknown_cache_is_refused_by_name_of_the_variable(monkeypatch):
    monkeypatch.setenv("CACHE_URL", "carrier-pigeon://loft")
    with pytest.raises(ImproperlyConfigured, match="CACHE_URL"):
        environment.cache()


def test_start_is_refused_without_a_secret_key(tmp_path):
    result = start("check", TOPICHUB_DATA_DIR=str(tmp_path))
    assert result.returncode != 0
    assert "There is no secret key." in result.stderr


def test_refused_start_is_one_sentence_and_no_traceback(tmp_path):
    result = start("check", TOPICHUB_DATA_DIR=str(tmp_path), DEBUG="maybe")
    assert result.returncode != 0
    assert result.stderr.strip() == "DEBUG is “maybe”. Write true or false."


def test_secret_key_is_read_from_the_data_directory(tmp_path):
    (tmp_path / "secret-key").write_text(LONG_KEY + "\n")
    assert setting("settings.SECRET_KEY", TOPICHUB_DATA_DIR=str(tmp_path)) == LONG_KEY


def test_debug_is_off_unless_asked_for(tmp_path):
    assert setting("settings.DEBUG", TOPICHUB_DATA_DIR=str(tmp_path), SECRET_KEY=LONG_KEY) == "False"


def test_default_database_lies_in_the_data_directory_whatever_its_name(tmp_path):
    tmp_path /= "a #1 & 100% hub?"
    name = setting(
        "settings.DATABASES['default']['NAME']", TOPICHUB_DATA_DIR=str(tmp_path), SECRET_KEY=LONG_KEY
    )
    assert name == str(tmp_path / "topichub.sqlite3")


def test_public_site_has_no_deployment_warning(tmp_path):
    result = start("check", "--deploy", TOPICHUB_DATA_DIR=str(tmp_path), SECRET_KEY=LONG_KEY)
    assert result.returncode == 0
    assert "no issues (0 silenced)" in result.stdout


def test_cookies_are_secure_on_a_public_site_only(tmp_path):
    cookies = "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT"
    variables = {"TOPICHUB_DATA_DIR": str(tmp_path), "SECRET_KEY": LONG_KEY}
    assert setting(cookies, **variables) == "True True True"
    assert setting(cookies, **variables, TOPICHUB_HTTPS="off") == "False False False"


def test_readme_lists_every_variable_that_the_settings_read():
    code = "".join(
        (PROJECT_DIR / "topichub" / name).read_text() for name in ("settings.py", "environment.py")
    )
    read = set(re.findall(r'(?:text|switch|words|number|choice|language)\("([A-Z_]+)"', code)) | set(
        re.findall(r'"(DATABASE\w*_URL)"', code)
    )
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", (PROJECT_DIR / "README.md").read_text(), re.MULTILINE))
    assert read == listed


def test_unknown_time_zone_is_refused_by_name_of_the_variable(monkeypatch):
    monkeypatch.setenv("TIME_ZONE", "Europe/Atlantis")
    with pytest.raises(ImproperlyConfigured, match="TIME_ZONE is “Europe/Atlantis”"):
        environment.time_zone()


def test_data_directory_that_cannot_be_made_is_refused_by_name_of_the_variable(monkeypatch, tmp_path):
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("TOPICHUB_DATA_DIR", str(tmp_path / "a-file" / "data"))
    with pytest.raises(
        ImproperlyConfigured, match="TOPICHUB_DATA_DIR is .*a-file/data, which cannot be made"
    ):
        environment.data_dir(PROJECT_DIR)


def test_own_stylesheet_must_be_a_css_file_in_a_folder_of_its_own(monkeypatch, tmp_path):
    data_dir, folder = tmp_path / "data", tmp_path / "brand"
    folder.mkdir()
    for path in (folder / "brand.css", folder / "brand.txt", tmp_path / "beside-the-data.css"):
        path.write_text("h1 { color: teal }")
    assert environment.stylesheet(PROJECT_DIR, data_dir) is None
    monkeypatch.setenv("TOPICHUB_STYLESHEET", str(folder / "brand.css"))
    assert environment.stylesheet(PROJECT_DIR, data_dir) == folder / "brand.css"
    for path, message in [
        (folder / "brand.txt", "is not the path of a CSS file"),
        (folder / "missing.css", "is not the path of a CSS file"),
        (tmp_path / "beside-the-data.css", "a folder of its own"),
    ]:
        monkeypatch.setenv("TOPICHUB_STYLESHEET", str(path))
        with pytest.raises(ImproperlyConfigured, match=f"TOPICHUB_STYLESHEET is .*{path.name}.*{message}"):
            environment.stylesheet(PROJECT_DIR, data_dir)


def test_own_stylesheet_is_served_with_what_lies_beside_it(tmp_path):
    folder = tmp_path / "brand"
    folder.mkdir()
    (folder / "brand.css").write_text("h1 { color: teal }")
    (folder / "letters.woff2").write_text("")
    found = (
        "[__import__('django.contrib.staticfiles.finders').contrib.staticfiles.finders.find(f'own/{name}')"
    )
    variables = {
        "TOPICHUB_STYLESHEET": str(folder / "brand.css"),
        "TOPICHUB_DATA_DIR": str(tmp_path / "data"),
        "SECRET_KEY": LONG_KEY,
    }
    assert setting("settings.TOPICHUB_STYLESHEET", **variables) == "own/brand.css"
    assert setting(f"{found} for name in ('brand.css', 'letters.woff2')]", **variables) == str(
        [str(folder / name) for name in ("brand.css", "letters.woff2")]
    )
