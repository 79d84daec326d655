"""Security events in the words of the pages: recorded in short English, read in the language of the reader."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.models import SecurityEvent
from organization.refusal import StrOrPromise

REASONS = {
    "issued": gettext_lazy("issued by an administrator"),
    "handed over": gettext_lazy("account handed over"),
    "changed by its owner": gettext_lazy("changed by its owner"),
    "issued password used or too old": gettext_lazy("issued password used or too old"),
    "locked": gettext_lazy("account locked"),
    "unlocked": gettext_lazy("unlocked by an administrator"),
    "address": gettext_lazy("too many failures from one address"),
    "account": gettext_lazy("too many failures in an hour"),
    "reset": gettext_lazy("second factor reset"),
    "passed": gettext_lazy("code accepted"),
    "failed": gettext_lazy("wrong code"),
    "throttled": gettext_lazy("too many wrong codes"),
}
NAMES = {
    "account": gettext_lazy("account"),
    "before": gettext_lazy("written before"),
    "elsewhere": gettext_lazy("registered in another unit"),
    "entry": gettext_lazy("number of the entry"),
    "columns": gettext_lazy("columns"),
    "elsewhere_rows": gettext_lazy("rows of people in other units"),
    "failures": gettext_lazy("failures"),
    "field": gettext_lazy("field"),
    "filters": gettext_lazy("filters"),
    "format": gettext_lazy("format"),
    "found": gettext_lazy("people found"),
    "layout": gettext_lazy("layout"),
    "numbers": gettext_lazy("numbers"),
    "older_than": gettext_lazy("older than (days)"),
    "organization_securityevent": gettext_lazy("security events"),
    "organization_trail": gettext_lazy("trail"),
    "refused": gettext_lazy("refused"),
    "roster": gettext_lazy("number of the import"),
    "roster_rows": gettext_lazy("rows of a roster"),
    "rows": gettext_lazy("rows"),
    "since": gettext_lazy("from the day"),
    "sha256": gettext_lazy("fingerprint of the file"),
    "sessions": gettext_lazy("sessions ended"),
    "table": gettext_lazy("table"),
    "transfer_request": gettext_lazy("number of the transfer request"),
    "unknown": gettext_lazy("unknown user name"),
    "way": gettext_lazy("way"),
    "what": gettext_lazy("what"),
    # rows of a roster by their fate
    "create": gettext_lazy("new"),
    "change": gettext_lazy("changed"),
    "unchanged": gettext_lazy("unchanged"),
    "reject": gettext_lazy("rejected"),
    "skip": gettext_lazy("skipped"),
    "ask": gettext_lazy("to be decided"),
}
# What a list was narrowed down to, under `filters`.
CONDITIONS = {
    "on": gettext_lazy("on the day"),
    "status": gettext_lazy("standing"),
    "force": gettext_lazy("force"),
    "category": gettext_lazy("category"),
    "sponsor": gettext_lazy("run by"),
    "sex": gettext_lazy("sex"),
    "age": gettext_lazy("age"),
    "education": gettext_lazy("education"),
    "level": gettext_lazy("real-name level"),
    "q": gettext_lazy("searched text"),
    "ids": gettext_lazy("people chosen one by one"),
}
VALUES: dict[str, dict[str, StrOrPromise]] = {
    "field": {
        "id_number": gettext_lazy("document number"),
        "phone": gettext_lazy("phone"),
        "account": gettext_lazy("account number"),
        "check": gettext_lazy("background check"),
    },
    "format": {"paper": gettext_lazy("paper")},
    "layout": {
        "roster": gettext_lazy("printed roster"),
        "work_cards": gettext_lazy("work cards"),
        "turnover": gettext_lazy("joiners and leavers"),
        "person": gettext_lazy("copy of the whole file"),
        "template": gettext_lazy("template with people"),
        "contracts": gettext_lazy("contracts"),
    },
    "numbers": {
        "plain": gettext_lazy("in full"),
        "masked": gettext_lazy("masked"),
        "none": gettext_lazy("not in it"),
    },
    "table": {"securityevent": gettext_lazy("security events"), "trailentry": gettext_lazy("trail")},
    "way": {"app": gettext_lazy("app"), "recovery code": gettext_lazy("recovery code")},
}


def learn(words: Mapping[str, Mapping[str, StrOrPromise]]) -> None:
    """Take in the words for values that an upper app records: {name: {value: words}}."""
    for name, values in words.items():
        VALUES[name] = VALUES.get(name, {}) | dict(values)


def reason(event: SecurityEvent) -> str:
    """Why, in words; what somebody typed, to see a number, stays as it was typed."""
    if event.kind == SecurityEvent.Kind.REVEAL:
        return event.reason
    return str(REASONS.get(event.reason, event.reason))


def detail(event: SecurityEvent) -> str:
    """The particulars in one line."""
    return "；".join(f"{NAMES.get(name, name)}: {_value(name, value)}" for name, value in event.detail.items())


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "、".join(f"{CONDITIONS.get(key, key)} {_value(key, part)}" for key, part in value.items())
    return str(VALUES.get(name, {}).get(str(value), value))
