import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "topichub.settings")

application = get_wsgi_application()

from publications.site.front import Front  # noqa: E402 - knows models, so Django has to be there

application = Front(application)
