# A test client that speaks to the site as a web server does: through the WSGI application, with what answers
# before Django.
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import Client

from topichub.wsgi import application


class ReadersClient(Client):
    def __init__(self, **kwargs):
        super().__init__(HTTP_HOST="testserver", **kwargs)
        self.handler = _ask


def _ask_server(environ):
    began = []
    _keep_connection(True)
    try:
        parts = application(environ, lambda status, headers: began.append((int(status[:3]), headers)))
        content = b"".join(parts)
        getattr(parts, "close", bool)()
    finally:
        _keep_connection(False)
    [(status, headers)] = began
    return status, headers, content


def _keep_connection(kept: bool) -> None:
    """As Django's own client does: the connection is in the middle of the test's transaction."""
    for signal in (request_started, request_finished):
        (signal.disconnect if kept else signal.connect)(close_old_connections)


def _ask(environ) -> HttpResponse:
    status, headers, content = _ask_server(dict(environ))
    response = HttpResponse(content, status=status)
    del response.headers["Content-Type"]
    for name, value in headers:
        if name == "Set-Cookie":
            response.cookies.load(value)
        else:
            response[name] = value
    response.wsgi_request = WSGIRequest(environ)
    return response
