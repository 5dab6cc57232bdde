# Where this machine's Chromium is and how the browser tests start it. Knows nothing of Django.
import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium():
    """The path of a Chromium, or None. TOPICHUB_CHROMIUM goes first."""
    named = os.environ.get("TOPICHUB_CHROMIUM", "").strip()
    if named:
        return shutil.which(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or (str(ON_A_MAC) if ON_A_MAC.exists() else None)


def launch_options():
    """What playwright's `launch` needs. Chromium's sandbox does not work for root, as in containers."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {"executable_path": find_chromium(), "args": [*QUIET, *(["--no-sandbox"] if is_root else [])]}
