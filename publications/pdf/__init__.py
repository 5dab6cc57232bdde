# What a PDF says of itself: how many pages it has, and a picture of the first one. Knows no models.
# PDFs come from anywhere and their reader is a large program in C, so each is read in a process of its own
# with bounds on time and memory: whatever happens there, the site goes on.
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

from PIL import Image

MAX_BYTES = 200 * 1024 * 1024
SECONDS = 10
CHILD = Path(__file__).with_name("child.py")
LOCKED = 3  # the exit status by which the child says that a password is needed


class Problem(Exception):
    """Why nothing can be said of this PDF, in one word: locked, broken or large."""


def count_pages(file) -> int | None:
    """The pages of a Django file; None where they cannot be counted."""
    try:
        return int(_ask(file, "count").decode())
    except (Problem, ValueError):
        return None


def draw_first_page(file, width: int, height: int) -> Image.Image:
    """The first page, fitted into a box of pixels. Raises Problem."""
    data = _ask(file, "draw", str(width), str(height))
    try:
        picture = Image.open(BytesIO(data), formats=["PNG"])
        picture.load()
    except Exception:  # whatever a child that went wrong has written
        raise Problem("broken") from None
    return picture.convert("RGB")


def _ask(file, *question: str) -> bytes:
    with TemporaryFile() as copy:
        _copy(file, copy)
        try:
            answer = subprocess.run(
                [sys.executable, "-I", str(CHILD), *question],
                stdin=copy,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
            )
        except (subprocess.TimeoutExpired, OSError):
            raise Problem("broken") from None
    if answer.returncode:
        raise Problem("locked" if answer.returncode == LOCKED else "broken")
    return answer.stdout


def _copy(file, copy) -> None:
    try:
        if file.size > MAX_BYTES:
            raise Problem("large")
        for chunk in file.chunks():
            copy.write(chunk)
        file.seek(0)
    except FileNotFoundError:  # lost from the storage
        raise Problem("broken") from None
    copy.seek(0)
