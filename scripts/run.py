# Serves the site on this machine with a sample collection to look at: what `make run` does.
# A public site is set up with prepare.py and a proxy instead; docs/operators.md says how.
import os
import signal
import socket
import subprocess
import sys
import time
from io import StringIO

from scripts.prepare import prepare, step

HOST = "127.0.0.1"
DEMONSTRATION = {
    "TOPICHUB_HTTPS": "off",  # plain HTTP, which never leaves this machine
    "TOPICHUB_SITE_NAME": "Skerry Institute",
}
IN_ENGLISH = {  # elsewhere the site's own words speak its language
    "TOPICHUB_TAGLINE": "Research where land, water and people meet",
    "TOPICHUB_DESCRIPTION": "The Skerry Institute studies coasts, cities and shared security. "
    "It publishes what it finds, free to read and reuse.",
}


def free_port():
    """PORT, when nothing listens there yet; otherwise one sentence and the end."""
    value = os.environ.get("PORT", "").strip() or "8000"
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        sys.exit(f"PORT is “{value}”. Write a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(value)))
        except PermissionError:
            sys.exit(f"Port {value} is reserved for the system. Try: make run PORT=8001")
        except OSError:
            sys.exit(f"Port {value} is in use. Try: make run PORT={next_port(int(value))}")
    return value


def next_port(port):
    return port + 1 if port < 65535 else 8000


def load_sample_into_empty_database():
    from django.core.management import CommandError, call_command

    from publications.models import Publication

    if Publication.objects.exists():
        return
    print("Loading the sample collection, which takes a minute or so …", flush=True)
    try:
        call_command("load_sample", with_demo_users=True, no_color=True, stdout=StringIO())
    except CommandError as error:
        sys.exit(str(error))


def demo_sign_in():
    """The user names with the password that everybody knows, while somebody still has it."""
    from django.contrib.auth import authenticate

    from publications.sample.loading import DEMO_PASSWORD

    names = [
        name
        for name in ("author", "editor", "coast", "admin")
        if authenticate(username=name, password=DEMO_PASSWORD)
    ]
    return f"{' or '.join(names)}, with the password {DEMO_PASSWORD}" if names else ""


def start_server(port):
    command = [sys.executable, "-m", "granian", "topichub.wsgi:application", "--interface", "wsgi"]
    command += ["--host", HOST, "--port", port, "--workers", "2", "--blocking-threads", "4"]
    # A worker that is told to stop while it still starts does not hear it.
    command += ["--workers-kill-timeout", "2", "--log-level", "warning"]
    return subprocess.Popen(command)


def serve(port, sign_in):
    """Run the server until it ends by itself; return its exit status. Ctrl-C is no failure."""
    server = start_server(port)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        with step("Starting the server"):
            wait_until_it_answers(server, port)
        if server.poll() is None:
            announce(port, sign_in)
        return server.wait()
    except KeyboardInterrupt:
        server.terminate()
        server.wait()
        return 0


def wait_until_it_answers(server, port):
    while server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, int(port))) == 0:
                return
        time.sleep(0.1)


def announce(port, sign_in):
    site = f"http://{HOST}:{port}/"
    print(f"\nThe site:  {site}\nThe admin: {site}admin/")
    if sign_in:
        print(f"Sign in:   {sign_in}")
    print("\nCtrl-C ends it.", flush=True)


def run():
    language = os.environ.get("LANGUAGE_CODE", "").strip() or "en"
    for name, value in (DEMONSTRATION | (IN_ENGLISH if language.lower().startswith("en") else {})).items():
        os.environ[name] = os.environ.get(name, "").strip() or value
    port = free_port()
    prepare()
    load_sample_into_empty_database()
    sys.exit(serve(port, demo_sign_in()))


if __name__ == "__main__":
    try:
        run()
    except KeyboardInterrupt:
        sys.exit(130)
