# Tells the network in front of the site (a CDN or a proxy) that pages changed, by the command the operator names.
# Only what changes unexpectedly needs it: what is planned ends the time that pages may be kept anywhere.
import logging
import shlex
import subprocess
from threading import Lock, Thread

from django.conf import settings

from publications.listing.generation import read_generation

logger = logging.getLogger(__name__)
SAFE = {"GET", "HEAD", "OPTIONS"}
SECONDS = 20  # for the command; longer than any network of its kind takes
_lock = Lock()
_told = ""  # the generation of which the network has been told by this process


class PurgeMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if settings.TOPICHUB_PURGE_COMMAND and request.method not in SAFE and _is_news(read_generation()):
            Thread(target=purge, daemon=True).start()  # whoever saved does not wait for the network
        return response


def purge() -> bool:
    """Run the command now. Whether it succeeded; the log says why not."""
    command = shlex.split(settings.TOPICHUB_PURGE_COMMAND)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        logger.error("The command of TOPICHUB_PURGE_COMMAND failed: %s", error)
        return False
    if done.returncode:
        logger.error("TOPICHUB_PURGE_COMMAND ended with %s: %s", done.returncode, done.stderr.strip()[-500:])
    return done.returncode == 0


def _is_news(generation: str) -> bool:
    global _told
    with _lock:
        is_news, _told = generation != _told, generation
    return is_news
