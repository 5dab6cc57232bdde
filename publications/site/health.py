# What a balancer asks: whether this process answers, and its database too.
from django.db import connection
from django.http import HttpResponse

PATH = "healthz"


class HealthMiddleware:
    """Before everything else: a balancer asks by the machine's own address and over plain HTTP, whatever names
    the site has."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_asked = request.path_info == f"/{PATH}"
        return health(request) if is_asked else self.get_response(request)


def health(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
