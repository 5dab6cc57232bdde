# Two real servers answer many readers while another process publishes, in each of the ways in which pages can be kept:
# whoever asks after a commit sees it, on every page, of either server.
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import product
from threading import Event

import pytest
from django.db import connection

from tests.factories import make_publication, make_topic
from tests.outsider import ROOT, WAYS, environment_of, outsider

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
HOST = "127.0.0.1"
KEPT = {
    "in each process": {},
    "in a cache that servers share": {"CACHE_URL": "filecache://{folder}/pages"},
    "on one host": {"TOPICHUB_ONE_HOST": "on"},
}
OF_ITEM = ["/publications/count-0/", "/publications/count-0/cite.bib"]
LISTS = ["/", "/topics/coast/", "/topics/coast/feed.atom"]
READERS_OF_EACH = 2


@pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT)
def test_whoever_asks_after_a_commit_sees_it(kept, tmp_path):
    coast = make_topic("Coast")
    item = make_publication("Count 0", topics=[coast])
    tidings = make_publication("Tidings", topics=[coast])
    environment = environment_of(
        tmp_path, **{name: value.format(folder=tmp_path) for name, value in kept.items()}
    )
    committed, done = [0], Event()
    with ExitStack() as stack:
        ports = [stack.enter_context(server(environment)) for _ in range(2)]
        writer = stack.enter_context(outsider(environment))
        pool = stack.enter_context(ThreadPoolExecutor())
        stack.callback(done.set)
        readers = [pool.submit(read_until, done, port, committed) for port in ports * READERS_OF_EACH]
        for number, way in enumerate(ways(), start=1):
            writer.do("rename", way, item.pk, f"Count {number}")
            committed[0] = number
            for port, page in product(ports, OF_ITEM + LISTS):
                assert count_in(get(port, page)) == number, (way, page)
        now = datetime.now(UTC).isoformat()
        for state in ("draft", "published", "withdrawn", "published", "draft"):
            writer.do("save", tidings.pk, {"state": state, "notice": "Wrong", "withdrawn_at": now})
            for port, page in product(ports, LISTS[:2]):
                assert ("Tidings" in get(port, page)) == (state == "published"), (state, page)
        moment = int(time.time()) + 2
        at = datetime.fromtimestamp(moment, UTC)
        writer.do("save", tidings.pk, {"state": "published", "published_at": at.isoformat()})
        seen_early, seen_late = ask_until(moment, ports)
        assert (seen_early, seen_late) == ({False}, {True})
        done.set()
        stale, asked = map(sum, zip(*(reader.result() for reader in readers), strict=True))
    assert stale == 0
    assert asked >= len(WAYS)


def ways():
    """Those that this database knows."""
    known = WAYS.keys() - (set() if connection.vendor == "postgresql" else {"common_table_that_writes"})
    return sorted(known)


def read_until(done, port, committed) -> tuple[int, int]:
    """How many pages were older than what was committed when they were asked for, and how many there were."""
    stale = asked = 0
    while not done.is_set():
        for page in OF_ITEM + LISTS:
            least = committed[0]
            stale += count_in(get(port, page)) < least
            asked += 1
    return stale, asked


def ask_until(moment, ports):
    """Whether it is there, on pages that were sent before the moment, and on pages asked for after it."""
    early, late = set(), set()
    while not late:
        for port in ports:
            asked_at, shown = time.time(), "Tidings" in get(port, LISTS[1])
            if asked_at >= moment:
                late.add(shown)
            elif time.time() < moment:
                early.add(shown)
    return early, late


def count_in(page: str) -> int:
    return int(re.search(r"Count (\d+)", page)[1])


def get(port, path) -> str:
    talk = HTTPConnection(HOST, port, timeout=60)
    talk.request("GET", path)
    response = talk.getresponse()
    text = response.read().decode()
    talk.close()
    assert response.status == 200, (path, response.status)
    return text


@contextmanager
def server(environment):
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "topichub.wsgi:application", "--interface", "wsgi"]
    command += ["--host", HOST, "--port", str(port), "--workers", "1", "--blocking-threads", "3"]
    command += ["--workers-kill-timeout", "1", "--log-level", "error"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        while process.poll() is None and not _answers(port):
            pass
        yield port
    finally:
        process.terminate()
        process.wait()


def _answers(port) -> bool:
    try:
        get(port, "/healthz")
    except OSError:
        return False
    return True
