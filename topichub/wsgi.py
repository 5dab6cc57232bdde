import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "topichub.settings")

application = get_wsgi_application()

from publications.site.front import Front  # noqa: E402 - knows models, so Django has to be there

application = Front(application)

# All that is loaded stays to the end: the collector of garbage passes it over from now on. Else it goes through all of
# it every few hundred pages, and whoever asks for the page at that moment waits a tenth of a second for it.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
# It looks for what only refers to itself, of which pages make next to nothing: so not several times within one search,
# which reads a thousand rows, as it would by itself.
gc.set_threshold(50_000, 20, 10)
