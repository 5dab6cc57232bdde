# Rehearses a site on several servers: two of them over one PostgreSQL and one Redis, behind a balancer, all on this
# machine. One is killed while readers ask; items are published on one and looked for on the other. It reports and
# judges nothing. The site's own database is never touched.
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from http.client import HTTPConnection, HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from scripts.prepare import set_up_django, step
from scripts.run import HOST, wait_until_it_answers
from tests.forms import controls

SERVERS, READERS, SECONDS, KILLED_AFTER = 2, 8, 12, 4
ITEMS, PUBLISHED = 2000, 30
MOST_SHOWN = 10  # of failed requests
PAGES = ["/", "/publications/", "/topics/topic-1/", "/topics/topic-1/?page=3", "/publications/item-7/"]
BALANCER = """
defaults
    mode http
    timeout connect 1s
    timeout client 20s
    timeout server 20s
    retries 2
    option redispatch
    retry-on conn-failure empty-response response-timeout
frontend site
    bind {host}:{port}
    default_backend servers
backend servers
    option httpchk GET /healthz
    default-server check inter 500ms fall 2 rise 2
{servers}
"""


def free_ports(number):
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def start_server(port, database, **environment):
    """One worker, so that to kill it is to lose the server."""
    command = [sys.executable, "-m", "granian", "topichub.wsgi:application", "--interface", "wsgi"]
    command += ["--host", HOST, "--port", str(port), "--workers", "1", "--blocking-threads", "4"]
    return subprocess.Popen(
        [*command, "--log-level", "error"],
        env=os.environ | {"DATABASE_URL": database} | environment,
        start_new_session=True,  # so that it is killed with its worker, and nothing else is
    )


def start_balancer(port, servers, folder):
    lines = "\n".join(f"    server s{n} {HOST}:{each}" for n, each in enumerate(servers))
    path = folder / "haproxy.cfg"
    path.write_text(BALANCER.format(host=HOST, port=port, servers=lines))
    return subprocess.Popen(["haproxy", "-q", "-db", "-f", str(path)])


class Tally:
    def __init__(self):
        self.answered, self.failed, self.slowest = 0, [], 0.0


def read_until(done, port, pages):
    """Ask for one page after the other, as a browser with a connection that stays open."""
    seen, connection = Tally(), HTTPConnection(HOST, port, timeout=20)
    while not done.is_set():
        for page in pages:
            started = time.monotonic()
            try:
                connection.request("GET", page)
                response = connection.getresponse()
                response.read()
                if response.status == 200:
                    seen.answered += 1
                else:
                    seen.failed.append((started, response.status))
            except (OSError, HTTPException) as error:
                seen.failed.append((started, type(error).__name__))
                connection.close()
            seen.slowest = max(seen.slowest, time.monotonic() - started)
    connection.close()
    return seen


def rehearse_a_loss(balancer, server):
    done = Event()
    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read_until, done, balancer, PAGES[n % 2 :]) for n in range(READERS)]
        time.sleep(KILLED_AFTER)
        os.killpg(server.pid, signal.SIGKILL)
        killed_at = time.monotonic()
        time.sleep(SECONDS - KILLED_AFTER)
        done.set()
        tallies = [reader.result() for reader in readers]
    failed = sorted(failure for tally in tallies for failure in tally.failed)
    print(
        f"{READERS} readers for {SECONDS} s, one of {SERVERS} servers killed after {KILLED_AFTER} s: "
        f"{sum(tally.answered for tally in tallies):,} requests answered, {len(failed)} failed; "
        f"the longest took {max(tally.slowest for tally in tallies):.2f} s."
    )
    for started, reason in failed[:MOST_SHOWN]:
        print(f"  asked {started - killed_at:+.2f} s from the kill: {reason}")


class Editor:
    """Somebody who has signed in at one of the servers."""

    def __init__(self, port, name, password):
        self.site = f"http://{HOST}:{port}"
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.send("/admin/login/", username=name, password=password)

    def get(self, path):
        return self.opener.open(self.site + path, timeout=30).read()

    def send(self, path, **changes):
        """The form at this address with these changes, with each warning in it passed."""
        page = self.get(path)
        passed = re.findall(r'name="_passing" value="([^"]*)"', page.decode())
        fields = controls(SimpleNamespace(content=page)) | {"_passing": [unescape(one) for one in passed]}
        body = urlencode(fields | changes, doseq=True).encode()
        self.opener.open(Request(self.site + path, body, {"Referer": self.site + path}), timeout=30).read()


def get(port, path):
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("GET", path)
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def rehearse_publishing(editor, port, drafts):
    """Each draft is published on one server; the very next request of a reader goes to the other one."""
    missed = 0
    for pk, title in drafts:
        for page in PAGES[1:3]:
            get(port, page)  # so that it is kept there, and would be answered from what is kept
        form = f"/admin/publications/publication/{pk}/change/"
        for address in (form, f"{form}?asked=publish"):  # the second time knowing what it lacks
            editor.send(address, _step="publish")
        missed += sum(title not in get(port, page) for page in PAGES[1:3])
    print(
        f"{len(drafts)} items published on one server: {2 * len(drafts) - missed} of {2 * len(drafts)} "
        "pages on the other showed them at the next request."
    )


def make_site():
    """A database of its own with made-up items, drafts to be published and somebody to publish them."""
    from django.contrib.auth import get_user_model
    from django.db import connection, transaction

    from publications.models import ContentType, Publication
    from scripts import bench_corpus

    name = f"{connection.settings_dict['NAME']}_rehearsal"
    bench_corpus.create(name)
    bench_corpus.fill(ITEMS)
    password = secrets.token_urlsafe(12)
    get_user_model().objects.create_superuser("rehearsal", "", password)
    drafts = []
    for number in range(PUBLISHED):
        with transaction.atomic():
            draft = Publication.objects.create(
                title=f"Rehearsal {number}", summary="In short.", content_type=ContentType.objects.first()
            )
            draft.topics.set([1])
        drafts.append((draft.pk, draft.title))
    connection.close()
    return name, password, drafts


def look_for_what_is_needed():
    from django.db import connection

    if not shutil.which("haproxy"):
        sys.exit("The rehearsal needs haproxy, the balancer (Debian's package of that name).")
    if connection.vendor != "postgresql":
        sys.exit("The rehearsal needs PostgreSQL: DATABASE_URL=postgres://user@localhost/name make rehearse")
    if not os.environ.get("CACHE_URL", "").startswith("redis"):
        sys.exit("The rehearsal needs Redis: CACHE_URL=redis://127.0.0.1:6379/9 make rehearse")


def main():
    os.environ |= {"DEBUG": "off", "TOPICHUB_HTTPS": "off", "DJANGO_SETTINGS_MODULE": "topichub.settings"}
    set_up_django()
    look_for_what_is_needed()
    from scripts import bench_corpus

    with step(f"Making {ITEMS:,} items"):
        name, password, drafts = make_site()
    balancer_port, *ports = free_ports(SERVERS + 1)
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    servers = [start_server(port, database) for port in ports]
    with tempfile.TemporaryDirectory(prefix="topichub-rehearsal-") as folder:
        balancer = start_balancer(balancer_port, ports, Path(folder))
        try:
            for port, server in zip([*ports, balancer_port], [*servers, balancer], strict=True):
                wait_until_it_answers(server, port)
            rehearse_publishing(Editor(ports[0], "rehearsal", password), ports[1], drafts)
            rehearse_a_loss(balancer_port, servers[1])
        finally:
            balancer.kill()
            for server in servers:
                if server.poll() is None:
                    os.killpg(server.pid, signal.SIGKILL)
                server.wait()
            balancer.wait()
            bench_corpus.drop(name)


if __name__ == "__main__":
    main()
