"""How often somebody may guess: five failures a user name and address, and twenty an hour on the account.

django-axes keeps the attempts; here are the further limit, the database's clock and the log. Whether the account exists
makes no difference to anything that the browser gets to see.
"""

from collections.abc import Iterable
from datetime import timedelta

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username, get_failure_limit
from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum
from django.utils.crypto import salted_hmac

from organization import events
from organization.models.account import Account, normal_username
from organization.scope import gate

ACCOUNT_WINDOW = timedelta(hours=1)
KEEP_FAILURES = timedelta(days=1)


def username_of(request, credentials=None) -> str:
    """What django-axes takes for the user name, and keeps: a name that no account has only as a keyed digest.

    People type their number or their password there by mistake.
    """
    typed = normal_username((credentials or request.POST).get("username"))[:255]
    names = request.__dict__.setdefault("counted_names", {"": ""})
    if typed not in names:
        names[typed] = typed if known_name(typed) else _digest(typed)
    return names[typed]


def _digest(typed: str) -> str:
    return f"?{salted_hmac('organization.accounts.throttle', typed, algorithm='sha256').hexdigest()[:40]}"


def locked_out(request, response, credentials=None):
    """The answer to a locked-out attempt: the very page that a wrong password gets."""
    return response


def begin_attempt(request, username: str) -> None:
    """Let attempts on one user name queue up, so that parallel guesses are counted before the next; take the time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 5))", [normal_username(username)])
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    AxesProxyHandler.update_request(request)
    request.axes_attempt_time = now


def failures_on_account(username: str, now) -> int:
    """Counted failures of the last hour, whatever their address."""
    return AccessFailureLog.objects.filter(username=username, attempt_time__gt=now - ACCOUNT_WINDOW).count()


def locked_among(accounts: Iterable[Account]) -> set[int]:
    """The keys of those that somebody may not try now, from some address at least. For those who may unlock them."""
    by_name = {normal_username(account.username): account.pk for account in accounts}
    with gate(), connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
        attempts = AccessAttempt.objects.filter(
            username__in=by_name, attempt_time__gt=now - timedelta(hours=settings.AXES_COOLOFF_TIME)
        )
        by_address = attempts.values("username", "ip_address").annotate(failures=Sum("failures_since_start")).order_by()
        failures = AccessFailureLog.objects.filter(username__in=by_name, attempt_time__gt=now - ACCOUNT_WINDOW)
        by_account = failures.values("username").annotate(failures=Count("pk")).order_by()
        locked = [
            *by_address.filter(failures__gte=settings.AXES_FAILURE_LIMIT).values_list("username", flat=True),
            *by_account.filter(failures__gte=settings.ACCOUNT_FAILURES_AN_HOUR).values_list("username", flat=True),
        ]
    return {by_name[name] for name in locked}


def unlock(account) -> None:
    """Forget the failures of an account."""
    username = normal_username(account.username)
    with gate():
        AccessAttempt.objects.filter(username=username).delete()
        AccessFailureLog.objects.filter(username=username).delete()


class Throttle(AxesDatabaseHandler):
    """The handler that django-axes is told to use (AXES_HANDLER)."""

    def is_locked(self, request, credentials=None):
        if super().is_locked(request, credentials):
            return True
        failures = failures_on_account(get_client_username(request, credentials), request.axes_attempt_time)
        return failures >= settings.ACCOUNT_FAILURES_AN_HOUR

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        was_locked = request.axes_locked_out
        super().user_login_failed(sender, credentials, request, **kwargs)
        username = get_client_username(request, credentials)
        known = known_name(username)
        events.record(
            "login_failed",
            username=known,
            reason="locked" if was_locked else "",
            **({} if known else {"unknown": True}),
        )
        if was_locked:
            return
        self.note_failure(request, username)
        failures = failures_on_account(username, request.axes_attempt_time)
        if self.get_failures(request, credentials) >= get_failure_limit(request, credentials):
            events.record("locked", username=known, reason="address", failures=settings.AXES_FAILURE_LIMIT)
        elif failures >= settings.ACCOUNT_FAILURES_AN_HOUR:
            events.record("locked", username=known, reason="account", failures=failures)

    @staticmethod
    def note_failure(request, username):
        """Remember the failure for the account's limit; put the database's time on what axes stamped by the host."""
        now = request.axes_attempt_time
        AccessAttempt.objects.filter(username=username, ip_address=request.axes_ip_address).update(attempt_time=now)
        failure = AccessFailureLog.objects.create(
            username=username,
            ip_address=request.axes_ip_address,
            user_agent=request.axes_user_agent,
            http_accept=request.axes_http_accept,
            path_info=request.axes_path_info,
        )
        AccessFailureLog.objects.filter(pk=failure.pk).update(attempt_time=now)
        AccessFailureLog.objects.filter(attempt_time__lt=now - KEEP_FAILURES).delete()


def known_name(username: str) -> str:
    """The user name as it is registered, or nothing: what is typed there by mistake is often the password."""
    return Account.objects.named(username).values_list("username", flat=True).first() or ""
