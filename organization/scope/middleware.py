"""One request, one transaction, one scope, one actor."""

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.http import FileResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from organization import events
from organization.scope.scope import Scope, entered, of_account

RETRY_AFTER_SECONDS = "10"


def origin_of(request) -> dict[str, str]:
    """Where a request comes from, for the trail: path without query, address, request id."""
    return {
        "origin": request.path[:200],
        "address": getattr(request, "client_address", ""),
        "request": getattr(request, "id", ""),
    }


def page(request, template, status, **headers):
    """An error page that asks the database nothing."""
    response = TemplateResponse(
        request, template, {"request_id": getattr(request, "id", "")}, status=status, headers=headers
    )
    return response.render()


def unavailable(request):
    return page(request, "503.html", 503, **{"Retry-After": RETRY_AFTER_SECONDS})


class TransactionMiddleware:
    """Opens the request's transaction at the gate; rolls back on any exception and on a 5xx response."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path == "/health/":
            return self.get_response(request)
        request.is_lost = request.is_failed = False
        try:
            response = self.in_transaction(request)
        except (OperationalError, InterfaceError):
            connection.close()
            return unavailable(request)
        except IntegrityError:
            # A deferred constraint, or a transaction that a view broke and went on in.
            return page(request, "409.html", 409)
        if response.status_code == 403:
            with entered(Scope(role="gate", **self.answerable(request))):
                events.record("refused")
        return response

    def in_transaction(self, request):
        with entered(Scope(role="gate", **origin_of(request))):
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            response = self.get_response(request)
            if request.is_lost:
                raise OperationalError("connection lost")
            if response.streaming and not isinstance(response, FileResponse):
                raise RuntimeError("A stream would run without scope; spool it to a file.")
            if request.is_failed or response.status_code >= 500:
                transaction.set_rollback(True)
            else:
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            return response

    def process_exception(self, request, exception):
        """A view raised: nothing it wrote may stay, be the answer a 403, a 404 or a 500."""
        request.is_failed = True
        request.is_lost = isinstance(exception, OperationalError | InterfaceError)

    @staticmethod
    def answerable(request):
        account = getattr(request, "account", None)
        who = {"actor": account.pk, "username": account.username} if account else {}
        return origin_of(request) | who


class ScopeMiddleware:
    """Puts the authenticated account's scope around the view; the login and logout pages stay at the gate."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.gate_paths = {reverse("admin:login"), reverse("admin:logout")}

    def __call__(self, request):
        if request.path in self.gate_paths or not request.user.is_authenticated:
            return self.get_response(request)
        request.account = request.user
        with entered(of_account(request.user, **origin_of(request))):
            return self.get_response(request)
