# The admin site as a whole: its name, its sections, its front page and its error pages.
from functools import update_wrapper

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse

from publications.admin.autocomplete import HubAutocompleteView
from publications.admin.dashboard import overview
from publications.roles import may_somewhere

# The order of the sections in the bar at the top; models that are not named come last.
SECTIONS = [
    "Publication",
    "Topic",
    "Person",
    "Image",
    "Page",
    "Menus",
    "Frame",
    "ContentType",
    "PreviewLink",
    "Redirect",
    "User",
    "Group",
]

REACHED_FROM_THE_OVERVIEW = {"LoggedStep"}


class HubAdminSite(admin.AdminSite):
    site_title = site_header = settings.TOPICHUB_SITE_NAME
    index_title = "Overview"
    enable_nav_sidebar = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.disable_action("delete_selected")

    def get_urls(self):
        """Without Django's way from a row to its public address, which tells it to whoever may not see the row."""
        return [each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site"]

    def each_context(self, request):
        context = super().each_context(request)
        return context | {"sections": sections(context["available_apps"], request.path)}

    def index(self, request, extra_context=None):
        """`perms` knows nothing of roles in topics."""
        may_write = may_somewhere(request.user, "publications.add_publication")
        context = (extra_context or {}) | overview(request.user) | {"may_write": may_write}
        return super().index(request, context)

    def autocomplete_view(self, request):
        return HubAutocompleteView.as_view(admin_site=self)(request)

    def admin_view(self, view, cacheable=False):
        """Also answers "not allowed" and "not found" with a page of the admin, from where one can go on."""
        inner = super().admin_view(view, cacheable)

        def answered(request, *args, **kwargs):
            try:
                return inner(request, *args, **kwargs)
            except PermissionDenied:
                return self.error_page(request, 403)
            except Http404:
                return self.error_page(request, 404)

        return update_wrapper(answered, inner)

    def error_page(self, request, status):
        context = self.each_context(request)
        return TemplateResponse(request, f"admin/{status}.html", context, status=status)


def sections(apps, path):
    """The lists this user may open, each with `is_current`."""
    models = [model for app in apps for model in app["models"] if model["admin_url"]]
    models = [model for model in models if model["object_name"] not in REACHED_FROM_THE_OVERVIEW]
    models.sort(key=lambda model: (_place(model["object_name"]), model["name"]))
    return [
        {
            "name": model["name"],
            "url": model["admin_url"],
            "is_current": path.startswith(model["admin_url"]),
            "is_here": path == model["admin_url"],
        }
        for model in models
    ]


def _place(name):
    return SECTIONS.index(name) if name in SECTIONS else len(SECTIONS)
