# Runs by itself, as a process that may die: reads the PDF on its input and writes one answer.
#   child.py count             the number of pages
#   child.py draw 900 1300     the first page as PNG, fitted into this many pixels
import sys

import pypdfium2

LOCKED = 3
MEMORY = 1024**3  # bytes
SECONDS = 10  # of computing
PASSWORD_NEEDED = 4  # what PDFium calls it


def main(task: str, *box: str) -> int:
    bound()
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    except pypdfium2.PdfiumError as error:
        return LOCKED if error.err_code == PASSWORD_NEEDED else 1
    if task == "count":
        sys.stdout.write(str(len(document)))
    else:
        draw(document[0], *map(int, box))
    return 0


def bound() -> None:
    try:
        import resource
    except ImportError:  # Windows: the time is bounded by who started this
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def draw(page, width: int, height: int) -> None:
    """However large the page says it is, no more pixels than these are drawn."""
    scale = min(width / page.get_width(), height / page.get_height())
    picture = page.render(scale=scale).to_pil()
    picture.save(sys.stdout.buffer, "PNG", compress_level=1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
