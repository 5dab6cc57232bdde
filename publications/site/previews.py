# Preview links: one hidden item for people without an account. What is sent for one is kept by nobody.
from django.utils.cache import patch_cache_control

from publications.models import PreviewLink

PARAMETER = "preview"


def open_preview(request) -> PreviewLink | None:
    """The link that the address asked for carries, while it works."""
    token = request.GET.get(PARAMETER, "").replace("\x00", "")
    return PreviewLink.objects.open().filter(token=token).first() if token else None


class PreviewMiddleware:
    """Whatever carries the key of a preview is not to be kept, indexed, or told to other sites."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if PARAMETER in request.GET:
            response.headers.pop("Cache-Control", None)
            patch_cache_control(response, private=True, no_store=True)
            response["X-Robots-Tag"] = "noindex"
            response["Referrer-Policy"] = "no-referrer"
        return response
