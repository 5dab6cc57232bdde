# What the make commands say and do before a site runs.
import os
import re
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.prepare import write_secret_key

PROJECT_DIR = Path(__file__).resolve().parent.parent


def call(*command, timeout=60, **variables):
    return subprocess.run(
        command, cwd=PROJECT_DIR, env=os.environ | variables, capture_output=True, text=True, timeout=timeout
    )


def write_program(folder, name, script):
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_secret_key_is_written_once_and_for_its_owner_only(monkeypatch, tmp_path):
    monkeypatch.setenv("TOPICHUB_DATA_DIR", str(tmp_path / "data"))
    write_secret_key()
    key_file = tmp_path / "data" / "secret-key"
    key = key_file.read_text()
    write_secret_key()
    assert key_file.read_text() == key
    assert len(key.strip()) >= 50
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_port_in_use_is_answered_with_one_sentence_and_another_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = call(sys.executable, "-m", "scripts.run", PORT=str(port))
    assert result.returncode != 0
    assert re.fullmatch(rf"Port {port} is in use\. Try: make run PORT=\d+\n", result.stderr)


@pytest.mark.parametrize("port", ["web", "0", "65536", "80.5"])
def test_what_is_no_port_is_refused_with_one_sentence(port):
    result = call(sys.executable, "-m", "scripts.run", PORT=port)
    assert result.returncode != 0
    assert result.stderr == f"PORT is “{port}”. Write a number from 1 to 65535.\n"


def test_too_old_python_is_refused_with_one_sentence(tmp_path):
    write_program(tmp_path, "uv", '[ "$1" = --version ]')  # knows of no other Python
    write_program(tmp_path, "python3", "echo 3.10.2")
    result = call("sh", "scripts/environment.sh", PATH=f"{tmp_path}:/usr/bin:/bin")
    assert result.returncode != 0
    assert result.stderr == "topichub needs Python 3.12 or newer; found 3.10.2.\n"
    assert result.stdout == ""


def test_help_lists_every_command():
    phony = re.search(r"^\.PHONY: (.+)$", (PROJECT_DIR / "Makefile").read_text(), re.MULTILINE)[1]
    result = call("make", "help")
    assert re.findall(r"^  make (\S+) +\w", result.stdout, re.MULTILINE) == phony.split()


def test_measuring_reports_every_kind_of_page_and_leaves_no_database_behind(tmp_path):
    """On SQLite, with the static files where they are written, as the tests have them."""
    done = call(
        sys.executable,
        "-m",
        "scripts.bench",
        "600",
        "once",
        timeout=400,
        DJANGO_SETTINGS_MODULE="topichub.settings",
        DATABASE_URL=f"sqlite:///{tmp_path}/site.sqlite3",
        DEBUG="on",
        TMPDIR=str(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    rows = [line.split("|")[1].strip() for line in done.stdout.splitlines() if line.startswith("| ")]
    expected = {"topic, first page", "topic, months that are cut", "item", "step"}
    assert expected | {"kept page", "csv"} <= set(rows)
    assert list(tmp_path.iterdir()) == []
