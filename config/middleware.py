"""Request id and client address first of all; strict content security on every page."""

import ipaddress
import uuid
from http import HTTPStatus

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest

from config.errors import only_a_button

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def client_address(request) -> str:
    """The browser's address: the peer, or, behind that many trusted proxies, the entry the outermost of them wrote."""
    peer = request.META.get("REMOTE_ADDR", "") or "127.0.0.1"
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    proxies = settings.TRUSTED_PROXIES
    candidate = forwarded[-proxies] if proxies and len(forwarded) >= proxies else peer
    try:
        return str(ipaddress.ip_address(candidate))
    except ValueError:
        return peer


class RequestIdMiddleware:
    """Names each request, for the log, the trail and the error page that a clerk reads out on the phone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = str(uuid.uuid4())
        request.client_address = client_address(request)
        structlog.contextvars.bind_contextvars(request=request.id)
        try:
            response = self.get_response(request)
        finally:
            structlog.contextvars.clear_contextvars()
        response.headers["X-Request-Id"] = request.id
        return response


class NulMiddleware:
    """Refuses addresses with a NUL, which the database takes for no text: a filter would fail within a page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")
        return self.get_response(request)


class StepAddressMiddleware:
    """An address that is there for a button alone says so when it is opened: a browser shows the empty answer as an
    error of its own."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method != "GET" or response.content:
            return response
        page = only_a_button(request)
        page.headers["Allow"] = response.headers["Allow"]
        return page


class ContentSecurityMiddleware:
    """No inline script or style, nothing from elsewhere, no page in a frame, no personal data in a cache."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
