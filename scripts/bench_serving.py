# Measures what a web server with one worker and one thread sends of a page that is kept, beside the same bytes from
# memory and the same list as plain Django makes it: requests per second, and the processor time of the server,
# which tells more on a machine that has other things to do. All are asked in turn.
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from threading import Thread

from scripts.run import HOST, next_port

FROM_MEMORY, PLAIN = "/bytes", "/plain"
BYTES, LISTVIEW, ON_ONE_HOST = "bytes from memory", "plain ListView, made anew", ", one host"
NOT_KEPT = {"Authorization": "none"}
CONNECTIONS, SECONDS, ROUNDS = 4, 0.6, 9
TICKS = os.sysconf("SC_CLK_TCK")
LENGTH = re.compile(r"\r\ncontent-length: (\d+)", re.IGNORECASE)
_of_no_interest = bytearray(1 << 18)


def application(environ, start_response):
    """The site; behind FROM_MEMORY the bytes of each page, which are asked for once."""
    site = _site()
    if not environ["PATH_INFO"].startswith(FROM_MEMORY):
        return site(environ, start_response)
    status, headers, body = _bytes(environ["PATH_INFO"].removeprefix(FROM_MEMORY), environ["HTTP_HOST"])
    start_response(status, headers)
    return body


@cache
def _site():
    from django.conf import settings

    settings.ROOT_URLCONF = "scripts.bench_plain"
    from topichub.wsgi import application as site

    return site


@cache
def _bytes(path: str, host: str):
    from django.test import RequestFactory

    began = []
    environ = RequestFactory(headers={"host": host}).get(path).environ
    body = b"".join(_site()(environ, lambda status, headers: began.append((status, headers))))
    return *began[0], [body]


class Server:
    def __init__(self, port: int, database: str, **environment):
        self.port = port
        command = [
            "granian",
            "scripts.bench_serving:application",
            "--interface",
            "wsgi",
            "--log-level",
            "warning",
        ]
        command += ["--workers", "1", "--blocking-threads", "1", "--workers-kill-timeout", "2"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command, "--host", HOST, "--port", str(port)],
            env=os.environ
            | {"DATABASE_URL": database, "TOPICHUB_HTTPS": "off", "TOPICHUB_PAGE_CACHE": "on"}
            | environment,
        )

    def wait_for_page(self, path: str) -> str:
        """Its tag, once the server answers and all ways are warm."""
        for _ in range(120):
            try:
                with socket.create_connection((HOST, self.port), timeout=60) as connection:
                    _ask(connection, FROM_MEMORY + path, {})
                    _ask(connection, PLAIN + path, NOT_KEPT)
                    _ask(connection, path, {})
                    head = _ask(connection, path, {})
                return next(line[6:] for line in head.split("\r\n") if line.lower().startswith("etag: "))
            except OSError:
                time.sleep(0.5)
        raise SystemExit("The server did not start.")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def measure(database: str, path: str) -> dict[str, tuple[float, float]]:
    """(requests per second, milliseconds of processor time for each). On SQLite all is on one host anyway."""
    port = next_port(8700)
    servers = {"": Server(port, database, TOPICHUB_ONE_HOST="off")}
    if not database.startswith("sqlite"):
        servers[ON_ONE_HOST] = Server(next_port(port), database, TOPICHUB_ONE_HOST="on")
    try:
        cases = {}
        for where, server in servers.items():
            etag = server.wait_for_page(path)
            cases |= {
                f"{name}{where}": (server, address, headers)
                for name, address, headers in (
                    (BYTES, FROM_MEMORY + path, {}),
                    ("kept page", path, {}),
                    ("kept page, Brotli", path, {"Accept-Encoding": "br"}),
                    ("304", path, {"If-None-Match": etag}),
                )
            }
        cases[LISTVIEW] = (servers[""], PLAIN + path, NOT_KEPT)
        found = {name: [] for name in cases}
        for _ in range(ROUNDS):
            for name, (server, address, headers) in cases.items():
                # One at a time of what may take seconds: several would wait for each other.
                connections = 1 if name == LISTVIEW else CONNECTIONS
                found[name].append(_load(server, address, headers, connections))
        return {name: tuple(map(statistics.median, zip(*all_, strict=True))) for name, all_ in found.items()}
    finally:
        for server in servers.values():
            server.stop()


def _load(server: Server, path: str, headers, connections: int) -> tuple[float, float]:
    counts, until = [0] * connections, time.monotonic() + SECONDS

    def ask_again_and_again(place):
        with socket.create_connection((HOST, server.port), timeout=60) as connection:
            while time.monotonic() < until:
                _ask(connection, path, headers)
                counts[place] += 1

    threads = [Thread(target=ask_again_and_again, args=[place]) for place in range(connections)]
    used, started = _processor_time(server.process.pid), time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, used = time.monotonic() - started, _processor_time(server.process.pid) - used
    return sum(counts) / took, used * 1000 / max(1, sum(counts))


def _ask(connection, path: str, headers) -> str:
    """The head of the answer; its body is read and left."""
    connection.sendall(_request(path, tuple(headers.items())))
    received = _more(connection)
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    head = head.decode()
    left = (0 if head.startswith("HTTP/1.1 304 ") else _length(head)) - len(body)
    while left > 0:
        left -= _leave(connection)
    return head


@cache
def _request(path: str, headers: tuple) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode()


def _more(connection) -> bytes:
    return _unless_closed(connection.recv(1 << 12))


def _leave(connection) -> int:
    """Into memory that is there already, so that the client takes little of the two cores."""
    return _unless_closed(connection.recv_into(_of_no_interest))


def _unless_closed(received):
    if not received:
        raise ConnectionError("The server closed the connection.")
    return received


def _length(head: str) -> int:
    return int(LENGTH.search(head)[1])


def _processor_time(pid: int) -> float:
    """Of the server and its worker, in seconds."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    stats = [Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in [pid, *children]]
    return sum(int(fields[11]) + int(fields[12]) for fields in stats) / TICKS


def print_table(found) -> None:
    """Shares are of the bytes from memory by the same server, by what the machine gave and by what it took."""
    plain, plain_spent = found[LISTVIEW]
    titles = ("requests/s", "share", "x plain", "processor ms", "share", "x plain")
    print(f"\n| {'served':27} | " + " | ".join(f"{title:>12}" for title in titles) + " |")
    print("|" + " --- |" * (1 + len(titles)))
    for name, (rate, spent) in found.items():
        most, least_spent = found[BYTES + ON_ONE_HOST * name.endswith(ON_ONE_HOST)]
        cells = [f"{rate:,.0f}", f"{rate / most:.2f}x", f"{rate / plain:,.0f}x"]
        cells += [f"{spent:.3f}", f"{least_spent / spent:.2f}x", f"{plain_spent / spent:,.0f}x"]
        print(f"| {name:27} | " + " | ".join(f"{cell:>12}" for cell in cells) + " |")
