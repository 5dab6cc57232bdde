# Sessions, accounts and messages are for those who sign in. Whoever plainly has none of them is a reader, for whom
# nothing is looked up.
from functools import partial

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from publications.models.slugs import address_root
from publications.reading import is_readers


class SessionsOfStaff(SessionMiddleware):
    def __call__(self, request):
        request.is_readers = is_readers(request.META) and not request.path.startswith(
            address_root("admin:index")
        )
        if not request.is_readers:
            return super().__call__(request)
        request.asks_for_user = False
        request.user = SimpleLazyObject(partial(_nobody, request))
        response = self.get_response(request)
        if request.asks_for_user:  # as a session does that was looked into
            patch_vary_headers(response, ["Cookie"])
        return response


class AccountsOfStaff(AuthenticationMiddleware):
    def __call__(self, request):
        return self.get_response(request) if request.is_readers else super().__call__(request)


class MessagesToStaff(MessageMiddleware):
    def __call__(self, request):
        return self.get_response(request) if request.is_readers else super().__call__(request)


def _nobody(request) -> AnonymousUser:
    request.asks_for_user = True
    return AnonymousUser()
