# Runs the tests on the databases named as arguments, as far as they are here, and says which ones those were.
# With CI=true a missing PostgreSQL or browser is a failure.
import os
import shlex
import sqlite3
import subprocess
import sys

import psycopg

from tests.chromium import find_chromium

# Two runs at once must not take each other's database away.
NAME = f"topichub_{os.getpid()}"
LOCAL_POSTGRESQL = (
    f"postgres://postgres@127.0.0.1:5432/{NAME}",
    f"postgres://%2Fvar%2Frun%2Fpostgresql/{NAME}",
    f"postgres://postgres@%2Fvar%2Frun%2Fpostgresql/{NAME}",
)
MAY_CREATE_DATABASES = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes", "on"}


def find_postgresql():
    """The first usable server as (address, version); (None, reason) where there is none."""
    named = os.environ.get("TEST_DATABASE_URL", "").strip()
    reason = ""
    for address in [named] if named else LOCAL_POSTGRESQL:
        # Tests make databases of their own, so the one that is named need not exist.
        server = address.rpartition("/")[0] + "/postgres"
        try:
            with psycopg.connect(server, connect_timeout=5) as connection:
                if connection.execute(MAY_CREATE_DATABASES).fetchone()[0]:
                    version = connection.info.server_version
                    return address, f"PostgreSQL {version // 10000}.{version % 10000}"
                reason = f"{connection.info.user} may not create databases"
        except psycopg.Error as error:
            reason = reason or str(error).strip().splitlines()[0]
    if named:
        sys.exit(f"TEST_DATABASE_URL does not work: {reason}.")
    return None, reason


def run_pytest(database_url, *, leave_out):
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--maxprocesses", "4"]
    if leave_out:
        command += ["-m", f"not {leave_out}"]
    command += shlex.split(os.environ.get("ARGS", ""))
    tests_only = {"TEST_DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.run(command, env=os.environ | tests_only, check=False).returncode


def databases_to_test(wanted):
    """(name with version, address for TEST_DATABASE_URL) for each, and why PostgreSQL is not among them."""
    databases, missing = [], ""
    if "sqlite" in wanted:
        databases.append((f"SQLite {sqlite3.sqlite_version}", ""))
    if "postgresql" in wanted:
        address, found = find_postgresql()
        if address:
            databases.append((found, address))
        else:
            missing = found
    return databases, missing


def main(wanted):
    databases, missing = databases_to_test(wanted)
    with_browser = find_chromium() is not None
    if missing and (IN_CI or wanted == ["postgresql"]):
        sys.exit(f"The tests need PostgreSQL, and none answers: {missing}.")
    if IN_CI and not with_browser:
        sys.exit("The tests need Chromium, and none is here; TOPICHUB_CHROMIUM can name one.")

    failed = []
    for number, (name, address) in enumerate(databases):
        print(f"Testing on {name} …", flush=True)
        # What scans the looks of pages need not be told twice.
        leave_out = "browser" if not with_browser else "looks" if number else ""
        if run_pytest(address, leave_out=leave_out):
            failed.append(name)

    print(f"Tested on {' and '.join(name for name, _ in databases)}.")
    if missing:
        print(f"PostgreSQL was not tested: {missing}.")
    if not with_browser:
        print("Browser tests were not run: there is no Chromium here; TOPICHUB_CHROMIUM can name one.")
    if failed:
        print(f"Failed on {' and '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
