# Parts of a file, as PDF viewers and resumed downloads ask for them (RFC 9110, section 14).
import re

from django.http import FileResponse, HttpResponse

SINGLE_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$", re.ASCII)


def serve(request, file, size: int, etag: str, **options):
    """The file, or the part the request asks for; 304 when the reader has it, 416 for a part beyond its end.

    `etag` is quoted. `options` go to FileResponse. Several ranges at once are answered with the whole, as
    the standard allows.
    """
    if etag in request.headers.get("If-None-Match", ""):
        file.close()
        return HttpResponse(status=304, headers={"ETag": etag})
    wanted = SINGLE_RANGE.match(request.headers.get("Range", ""))
    if not wanted or not any(wanted.groups()) or request.headers.get("If-Range", etag) != etag:
        response = FileResponse(file, **options)
    else:
        response = _part(file, size, *wanted.groups(), options)
    response["ETag"], response["Accept-Ranges"] = etag, "bytes"
    return response


def _part(file, size, first, last, options):
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(start)
    response = FileResponse(Window(file, end - start + 1), status=206, **options)
    response["Content-Length"] = end - start + 1
    response["Content-Range"] = f"bytes {start}-{end}/{size}"
    return response


class Window:
    """The next `length` bytes of a file, as a file to be read and closed."""

    def __init__(self, file, length: int):
        self.file, self.left = file, length
        self.name = file.name

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(data)
        return data

    def close(self):
        self.file.close()
