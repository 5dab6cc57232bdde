# Pictures and files. Nothing in storage has an address of its own: each request asks whether a public
# item (for staff: any item) shows the picture or holds the file.
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.utils.http import http_date

from publications.addresses import get_publication
from publications.caching import private_for_staff
from publications.images import rendition_path
from publications.models import Image, Publication
from publications.site import ranges
from publications.site.previews import open_preview
from publications.site.signposting import back_link

SHOWN_IN_BROWSER = {"PDF", "TXT"}
YEAR = 365 * 24 * 3600


def image_rendition(request, pk, name):
    """A rendition listed by the picture's row. Its name depends on its content, so it may be kept."""
    image = get_object_or_404(Image.objects.visible_to(request.user, preview=open_preview(request)), pk=pk)
    if name not in image.rendition_names:
        raise Http404
    response = FileResponse(_open(image.file.storage, rendition_path(name)))
    if not request.user.is_authenticated:
        patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return private_for_staff(request, response)


def file_detail(request, slug, name):
    """A download. A withdrawn item keeps its page, but not its files."""
    downloadable = Publication.objects.downloadable_by(request.user, preview=open_preview(request))
    publication = get_publication(downloadable, slug, suffix=name)
    file = get_object_or_404(publication.files, name=name)
    response = ranges.serve(
        request,
        _open(file.file.storage, file.file.name),
        size=file.size,
        etag=f'"{file.checksum}"',
        as_attachment=file.format not in SHOWN_IN_BROWSER,
        filename=file.name,
    )
    response["Link"] = back_link(publication, request.build_absolute_uri)
    response.headers.setdefault("Last-Modified", http_date(file.changed_at.timestamp()))
    return private_for_staff(request, response)


def _open(storage, path: str):
    try:
        return storage.open(path)
    except FileNotFoundError as error:
        raise Http404 from error
