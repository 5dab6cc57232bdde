from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("publications.exchange.urls")),  # before the site's, whose files share these folders
    path("", include("publications.site.urls")),
]
handler400 = "publications.site.errors.bad_request"
handler403 = "publications.site.errors.permission_denied"
handler404 = "publications.site.errors.page_not_found"
handler500 = "publications.site.errors.server_error"
