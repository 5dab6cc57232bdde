# Rehearses a site whose readers are served from a replica: a PostgreSQL of its own with a real standby that follows
# it, both in a folder that goes when it ends, and one server over them. The standby is held back while an editor
# publishes, and stopped while readers ask. It reports and judges nothing.
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

from scripts.prepare import set_up_django, step
from scripts.rehearse import (
    HOST,
    MOST_SHOWN,
    PAGES,
    READERS,
    Editor,
    free_ports,
    get,
    make_site,
    read_until,
    start_server,
)
from scripts.run import wait_until_it_answers

SECONDS, STOPPED_AFTER, ITEMS_HELD_BACK = 10, 3, 10
LISTS = PAGES[1:3]
IN_MEMORY = "-c fsync=off -c shared_buffers=64MB"


def find_programs() -> Path | None:
    """Where the server's own programs lie, which Debian keeps off the path."""
    for folder in (*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), shutil.which("initdb")):
        if folder and shutil.which("pg_basebackup", path=str(folder)):
            return Path(folder)
    return None


class Cluster:
    """PostgreSQL in a folder of its own, which does not run as root."""

    def __init__(self, programs: Path, folder: Path, port: int):
        self.programs, self.folder, self.port = programs, folder, port

    def call(self, program, *arguments) -> None:
        user = "postgres" if os.geteuid() == 0 else None
        command = [self.programs / program, *map(str, arguments)]
        done = subprocess.run(command, user=user, cwd=self.folder.parent, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{program} failed: {done.stderr.strip()}")

    def make(self) -> None:
        self.call(
            "initdb", "-D", self.folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"
        )

    def follow(self, other) -> None:
        self.call("pg_basebackup", "-D", self.folder, "-R", "-h", HOST, "-p", other.port, "-U", "postgres")

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses={HOST} -c unix_socket_directories= {IN_MEMORY}"
        log = self.folder.parent / f"{self.folder.name}.log"  # else it would hold on to our pipe
        self.call("pg_ctl", "-D", self.folder, "-w", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        self.call("pg_ctl", "-D", self.folder, "-w", "-m", "immediate", "stop")

    def address_of(self, database: str) -> str:
        return f"postgres://postgres@{HOST}:{self.port}/{database}"

    def ask(self, sql: str):
        import psycopg

        with psycopg.connect(self.address_of("postgres"), autocommit=True) as session:
            return session.execute(sql).fetchone()[0]


@contextmanager
def running(cluster: Cluster):
    cluster.start()
    try:
        yield cluster
    finally:
        if (cluster.folder / "postmaster.pid").exists():
            cluster.stop()


@contextmanager
def held_back(standby: Cluster):
    standby.ask("SELECT pg_wal_replay_pause()::text")
    while standby.ask("SELECT pg_get_wal_replay_pause_state()") != "paused":
        pass
    try:
        yield
    finally:
        standby.ask("SELECT pg_wal_replay_resume()::text")


def wait_until_it_has_all(standby: Cluster, primary: Cluster) -> None:
    written = primary.ask("SELECT pg_current_wal_lsn()")
    while not standby.ask(f"SELECT pg_last_wal_replay_lsn() >= '{written}'"):
        pass


def publish(editor: Editor, pk: int) -> None:
    form = f"/admin/publications/publication/{pk}/change/"
    for address in (form, f"{form}?asked=publish"):  # the second time knowing what it lacks
        editor.send(address, _step="publish")


def rehearse_lag(primary, standby, editor, port, drafts) -> None:
    seen_by_editor = seen_early = seen_after = 0
    for pk, title in drafts:
        wait_until_it_has_all(standby, primary)
        with held_back(standby):
            before = [get(port, page) for page in LISTS]
            publish(editor, pk)
            seen_by_editor += title in editor.get(PAGES[2]).decode()  # others show staff all drafts first
            seen_early += sum(get(port, page) != former for page, former in zip(LISTS, before, strict=True))
        wait_until_it_has_all(standby, primary)
        seen_after += sum(title in get(port, page) for page in LISTS)
    pages = len(LISTS) * len(drafts)
    print(
        f"{len(drafts)} items published while the replica was held back: their editor saw them at once on "
        f"{seen_by_editor} of {len(drafts)} pages. Readers got the former page {pages - seen_early} of {pages} times, and "
        f"saw the items on {seen_after} of {pages} pages at the first request after the replica had them."
    )


def rehearse_loss_while_behind(primary, standby, editor, port, draft) -> None:
    """Pages were kept from a replica that was behind; now the first database answers, which is not."""
    pk, title = draft
    wait_until_it_has_all(standby, primary)
    standby.ask("SELECT pg_wal_replay_pause()::text")
    publish(editor, pk)
    for page in LISTS:
        get(port, page)
    standby.stop()
    seen = sum(title in get(port, page) for page in LISTS)
    standby.start()
    print(
        f"Stopped while it was behind, with pages kept from it: {seen} of {len(LISTS)} pages showed at the next request "
        "what the first database had."
    )


def rehearse_stop(standby, port) -> None:
    done = Event()
    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read_until, done, port, PAGES[n % 2 :]) for n in range(READERS)]
        makes_pages_anew = pool.submit(ask_for_what_is_not_kept, done, port)
        time.sleep(STOPPED_AFTER)
        standby.stop()
        stopped_at = time.monotonic()
        time.sleep(SECONDS - STOPPED_AFTER)
        done.set()
        tallies = [reader.result() for reader in (*readers, makes_pages_anew)]
    failed = sorted(failure for tally in tallies for failure in tally.failed)
    print(
        f"{READERS + 1} readers for {SECONDS} s, the replica stopped after {STOPPED_AFTER} s: "
        f"{sum(tally.answered for tally in tallies):,} requests answered, {len(failed)} failed; "
        f"the longest took {max(tally.slowest for tally in tallies):.2f} s."
    )
    for started, reason in failed[:MOST_SHOWN]:
        print(f"  asked {started - stopped_at:+.2f} s from the stop: {reason}")


def ask_for_what_is_not_kept(done, port):
    """Lists under filters that nobody asked for yet, so that the replica goes while it is asked."""
    pages = (f"/topics/topic-1/?page={page}&type=report&type=tool" for page in range(1, 100_000))
    return read_until(done, port, pages)


def main():
    programs = find_programs()
    if not programs:
        print("The replica is not rehearsed: PostgreSQL's server programs are not here.")
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="topichub-replica-")))
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        ports = free_ports(3)
        primary = Cluster(programs, folder / "primary", ports[0])
        standby = Cluster(programs, folder / "standby", ports[1])
        with step("Starting PostgreSQL and a standby that follows it"):
            primary.make()
            stack.enter_context(running(primary))
            standby.follow(primary)
            stack.enter_context(running(standby))
        os.environ |= {
            "DATABASE_URL": primary.address_of("postgres"),
            "DEBUG": "off",
            "DJANGO_SETTINGS_MODULE": "topichub.settings",
            "TOPICHUB_HTTPS": "off",
        }
        set_up_django()
        with step("Making a site"):
            name, password, drafts = make_site()
        wait_until_it_has_all(standby, primary)
        server = start_server(
            ports[2], primary.address_of(name), DATABASE_REPLICA_URL=standby.address_of(name)
        )
        try:
            wait_until_it_answers(server, ports[2])
            editor = Editor(ports[2], "rehearsal", password)
            rehearse_lag(primary, standby, editor, ports[2], drafts[:ITEMS_HELD_BACK])
            rehearse_loss_while_behind(primary, standby, editor, ports[2], drafts[-1])
            wait_until_it_has_all(standby, primary)
            time.sleep(reading_pause())
            rehearse_stop(standby, ports[2])
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def reading_pause() -> float:
    """Until the server asks the replica again."""
    from publications.reading import PAUSE

    return PAUSE + 1


if __name__ == "__main__":
    main()
