# What every page's frame needs.
from django.conf import settings


def site(request):
    return {"site_name": settings.TOPICHUB_SITE_NAME, "site_tagline": settings.TOPICHUB_TAGLINE}
