# One publication as a file for reference managers.
from django.http import HttpResponse

from publications.addresses import get_publication
from publications.caching import private_for_staff
from publications.citing.reference import with_references
from publications.exchange.formats import CITATIONS
from publications.models import Publication
from publications.models.slugs import make_slug


def citation(request, slug, form):
    """What is withdrawn can still be cited, and says that it was withdrawn."""
    readable = with_references(Publication.objects.readable_by(request.user))
    publication = get_publication(readable, slug, suffix=f"cite.{form}")
    absolute = request.build_absolute_uri
    name = make_slug(publication.report_number, fallback=publication.slug)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{form}"',
        "Link": f'<{absolute(publication.get_absolute_url())}>; rel="describes"',
        "X-Robots-Tag": "noindex",
    }
    text = CITATIONS[form].text(publication, absolute)
    return private_for_staff(
        request, HttpResponse(text, content_type=CITATIONS[form].media_type, headers=headers)
    )
