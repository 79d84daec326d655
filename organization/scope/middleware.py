"""One request, one transaction, one scope, one actor."""

import logging
from typing import TypedDict

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, IntegrityError, InterfaceError, InternalError, OperationalError, connection, transaction
from django.http import FileResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from organization import events
from organization.refused_by_database import AGAIN, sentence
from organization.scope.scope import Scope, entered, of_account

RETRY_AFTER_SECONDS = "10"
HEALTH = "/health/"  # asked without a transaction, by monitors and by whoever is logged in
READING = ("GET", "HEAD", "OPTIONS")
log = logging.getLogger("qunfang.scope")


class Origin(TypedDict):
    """The fields of a scope that say where a request comes from."""

    origin: str
    address: str
    request: str


def origin_of(request) -> Origin:
    """Where a request comes from, for the trail: path without query, address, request id."""
    return {
        "origin": request.path[:200],
        "address": getattr(request, "client_address", ""),
        "request": getattr(request, "id", ""),
    }


def page(request, template, status, headers=None, **context):
    """An error page that asks the database nothing, in the visitor's language whoever was served before."""
    context |= {"request_id": getattr(request, "id", ""), "nothing_saved": nothing_saved(request)}
    with translation.override(translation.get_language_from_request(request)):
        return TemplateResponse(request, template, context, status=status, headers=headers).render()


def unavailable(request):
    return page(request, "503.html", 503, {"Retry-After": RETRY_AFTER_SECONDS})


def conflict(request, said=""):
    """What was sent cannot be saved as it is: the database refused it, or somebody else was faster."""
    return page(request, "409.html", 409, said=said)


def nothing_saved(request) -> bool:
    """Whether something was sent and is known not to be in the database: the commit was not even tried."""
    return request.method not in READING and getattr(request, "is_uncommitted", False)


class TransactionMiddleware:
    """Opens the request's transaction at the gate.

    Rolls back on any exception of a view, on a 5xx response, on a 400, and on a 403 that an account gets; what the gate
    notes about failed logins stays.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path == HEALTH:
            return self.get_response(request)
        request.is_failed = request.is_lost = request.is_committed = False
        request.is_uncommitted = True
        try:
            self.prove()
            response = self.in_transaction(request)
            if response.status_code == 403:
                with entered(Scope(role="gate", **self.answerable(request))):
                    events.record("refused")
        except (OperationalError, InterfaceError) as error:
            if sentence(error) is AGAIN:
                return conflict(request, AGAIN)
            connection.close()
            return unavailable(request)
        except (IntegrityError, InternalError):
            # A deferred constraint, or a transaction that a view broke and went on in; after the commit it is a fault.
            if request.is_committed:
                raise
            return conflict(request)
        except ImproperlyConfigured as fault:
            log.critical("%s", fault)
            return unavailable(request)
        return response

    def prove(self):
        from organization.checks import refuse_unsafe_start

        if not refuse_unsafe_start():
            raise OperationalError("the database does not answer")

    def in_transaction(self, request):
        with entered(Scope(role="gate", **origin_of(request))):
            transaction.on_commit(lambda: setattr(request, "is_committed", True))
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            response = self.get_response(request)
            if request.is_lost or connection.connection is None or connection.connection.closed:
                raise OperationalError("the connection was lost")
            if response.streaming and not isinstance(response, FileResponse):
                raise RuntimeError("A stream would run without scope; spool it to a file.")
            if request.is_failed or self.keeps_nothing(request, response):
                transaction.set_rollback(True)
                return response
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            request.is_uncommitted = False
            return response

    def keeps_nothing(self, request, response) -> bool:
        if connection.connection.info.transaction_status == TRANSACTION_STATUS_INERROR:
            raise InternalError("a view went on in a transaction that an error had ended")
        status = response.status_code  # 400: a session that ended meanwhile, after the view had written
        return status >= 500 or status == 400 or (status == 403 and hasattr(request, "account"))

    def process_exception(self, request, exception):
        """A view raised: nothing it wrote may stay, be the answer a 403, a 404 or a 500."""
        request.is_failed = True
        if not isinstance(exception, Error):
            return None
        said = sentence(exception)
        if said is AGAIN or (said and request.method not in READING):
            log.warning("refused by the database: %s", type(exception).__name__)
            return conflict(request, said)
        request.is_lost = isinstance(exception, OperationalError | InterfaceError)
        return None

    @staticmethod
    def answerable(request):
        account = getattr(request, "account", None)
        who = {"actor": account.pk, "username": account.username} if account else {}
        return origin_of(request) | who


class ScopeMiddleware:
    """Puts the authenticated account's scope around the view; login, logout and health know nobody."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.outside = {HEALTH, reverse("admin:login"), reverse("admin:logout")}

    def __call__(self, request):
        if request.path in self.outside or not request.user.is_authenticated:
            return self.get_response(request)
        request.account = request.user
        response = None
        try:
            with entered(of_account(request.user, **origin_of(request))):
                response = self.get_response(request)
        except Error as error:
            if response is None:
                raise
            # The scope could not be left: the transaction is dead. A view that raised has its answer; one that went on
            # as if nothing had happened must not claim to have saved anything.
            request.is_lost = request.is_lost or isinstance(error, OperationalError | InterfaceError)
            if not request.is_failed:
                request.is_failed = True
                return conflict(request)
        return response
