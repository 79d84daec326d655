"""What waits for the three administrators, who see no business data."""

from datetime import timedelta

from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.db.models import Count, Q, Sum
from django.db.models.functions import Lower
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dashboards.charts.shapes import number
from organization.accounts.throttle import ACCOUNT_WINDOW
from organization.models import Account, SecurityEvent
from organization.scope import gate

DAYS_LOOKED_BACK = 7
SUSPICIOUS = (SecurityEvent.Kind.REFUSED, SecurityEvent.Kind.LOGIN_FAILED, SecurityEvent.Kind.LOCKED)


def waiting_for_administrator(account) -> list[dict]:
    """What this administrator should look at, as {label, count, url, hint}."""
    duties = {"sysadmin": [unused_passwords], "secadmin": [without_role, unused_passwords, locked], "auditor": [events]}
    return [row for duty in duties[account.role] for row in duty(timezone.now()) if row["count"] != "0"]


def without_role(now):
    count = Account.objects.filter(role=None, is_active=True).count()
    hint = _("Nobody can log in without one.")
    yield _row(_("Accounts without a role"), count, _list("organization_account", role__isnull=True), hint)


def unused_passwords(now):
    issued = Account.objects.filter(issued_at__isnull=False, issued_used_at=None, is_active=True)
    counts = issued.aggregate(
        waiting=Count("pk", filter=Q(issued_at__gt=now - timedelta(hours=settings.PASSWORD_ISSUE_HOURS))),
        lapsed=Count("pk", filter=Q(issued_at__lte=now - timedelta(hours=settings.PASSWORD_ISSUE_HOURS))),
    )
    url = _list("organization_account", issued_at__isnull=False, issued_used_at__isnull=True)
    yield _row(_("Issued passwords not used yet"), counts["waiting"], url)
    yield _row(_("Issued passwords that lapsed unused"), counts["lapsed"], url, _("Please issue new ones."))


def locked(now):
    """Accounts of the own range that too many failures keep out at the moment."""
    names = _locked_names(now)
    count = Account.objects.filter(is_active=True).alias(key=Lower("username")).filter(key__in=names).count()
    yield _row(_("Accounts locked at the moment"), count, _list("organization_account"))


def _locked_names(now):
    """User names that django-axes, or the further limit of an account, refuses now."""
    since = now - timedelta(hours=settings.AXES_COOLOFF_TIME)
    with gate():
        recent = AccessAttempt.objects.filter(attempt_time__gt=since).order_by().values("username", "ip_address")
        by_address = recent.annotate(failures=Sum("failures_since_start"))
        names = by_address.filter(failures__gte=settings.AXES_FAILURE_LIMIT).values_list("username", flat=True)
        logged = AccessFailureLog.objects.filter(attempt_time__gt=now - ACCOUNT_WINDOW).order_by().values("username")
        often = logged.annotate(failures=Count("pk")).filter(failures__gte=settings.ACCOUNT_FAILURES_AN_HOUR)
        return {name.lower() for name in [*names, *often.values_list("username", flat=True)] if name}


def events(now):
    """Refusals and failures of the last days; the database shows them to the auditor alone."""
    since = now - timedelta(days=DAYS_LOOKED_BACK)
    counted = SecurityEvent.objects.filter(at__gte=since, kind__in=SUSPICIOUS).order_by()
    counts = dict(counted.values_list("kind").annotate(Count("pk")))
    hint = _("in the last %(days)d days") % {"days": DAYS_LOOKED_BACK}
    for kind in SUSPICIOUS:
        url = _list("organization_securityevent", kind__exact=kind.value)
        yield _row(kind.label, counts.get(kind.value, 0), url, hint)


def _row(label, count, url="", hint=""):
    return {"label": label, "count": number(count), "url": url, "hint": hint}


def _list(model, **conditions):
    """Address of a list in the admin, nothing where that has no page."""
    try:
        address = reverse(f"admin:{model}_changelist")
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(conditions)}" if conditions else address
