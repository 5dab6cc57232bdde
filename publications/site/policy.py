# What pages may load and run, as a header tells browsers.
from django.conf import settings
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.utils.csp import CSP, build_policy


class PolicyMiddleware(ContentSecurityPolicyMiddleware):
    """The policy of whatever has none of its own and no nonce, as all that readers get, is put together once."""

    def __init__(self, get_response):
        super().__init__(get_response)
        self.policy = build_policy(settings.SECURE_CSP)

    def process_response(self, request, response):
        if not (request._csp_nonce or hasattr(response, "_csp_config") or CSP.HEADER_ENFORCE in response):
            response.headers[CSP.HEADER_ENFORCE.value] = self.policy
        return super().process_response(request, response)  # which leaves a policy that is there
