# What caches between the site and its readers may keep. Knows no models.
from django.utils.cache import patch_cache_control


def private_for_staff(request, response):
    """What staff are sent may be hidden from readers, so no cache on the way may keep it."""
    if request.user.is_authenticated:
        patch_cache_control(response, private=True, no_store=True)
    return response
