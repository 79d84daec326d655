"""What a row of a roster says of a service: what it changes of one that is known, or the one that it begins."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from organization import divisions
from organization.refusal import fill
from personnel.roster.fields import FIELDS
from personnel.roster.known import Known, Service
from personnel.roster.places import plain
from personnel.roster.register import Register
from personnel.roster.shapes import Notice, Problem, Question, Row
from personnel.roster.steps import Step, say
from personnel.roster.terms import Terms
from personnel.roster.values.amounts import FULL_TIME, PART_TIME

WHEN_AND_HOW_MUCH = frozenset(("started_on", "ended_on", "share"))
SERVICE = tuple(key for key, each in FIELDS.items() if each.of == "service" and key not in ("force", "employer"))


def left(step: Step, member: Known) -> Service | None:
    """The service here that ended on the day, or in the month, that the row tells."""
    told = step.row.values.get("ended_on")
    if told is None:
        return None
    here = [each for each in member.services if (each.unit, each.force) == (step.unit, step.force)]
    ended = (each for each in here if each.ended_on == told or _is_month_of(step.row, "ended_on", each.ended_on))
    return next(ended, None)


def change(step: Step, service: Service, register: Register) -> None:
    """Put into the step what the row changes of the service, and say what forbids it."""
    given = _service_values(step, register)
    if step.row.values.get("share_said") and 0 < service.share < FULL_TIME:
        _leave_the_share(step.row, given)
    if given.items() <= service.values.items():
        return
    changes = {
        key: (service.values.get(key), value) for key, value in given.items() if value != service.values.get(key)
    }
    if "started_on" in changes and _is_month_of(step.row, "started_on", service.values["started_on"]):
        given["started_on"] = changes.pop("started_on")[0]
    step.service_changes = changes
    if changes:
        _check_days(step, service.values | given)
    if not WHEN_AND_HOW_MUCH.isdisjoint(changes):
        _refuse_overlap(step, service.values | given, beside=service)


def begin(step: Step, beginning: str, register: Register, terms: Terms) -> None:
    """Put a new service into the step; `beginning` says how it began."""
    given = _service_values(step, register)
    if "started_on" not in given and "ended_on" in given:
        add_it = _("The day of leaving is given, that of joining is not; please add it.")
        say(step, Problem, "started_on", "started_on_missing", add_it)
        return
    if "started_on" not in given:
        given["started_on"] = terms.today
        letter = step.row.columns.get("started_on")
        if not any(one.column == letter for one in step.row.of(Question)):
            message = fill(_("No day of joining is given; %(day)s is entered."), {"day": terms.today.isoformat()})
            say(step, Notice, "started_on", "started_on_missing", message)
    given.setdefault("share", FULL_TIME)
    if step.force == "joint_defence":
        level = divisions.level(step.unit) if step.unit else "village"
        given.setdefault("sponsor", "village" if level == "village" else "town")
    _refuse_overlap(step, given)
    given["beginning"] = beginning
    step.new_service = given


def _leave_the_share(row: Row, given: dict[str, Any]) -> None:
    """A part is known, and the roster says that it is one: that is no other share, and nothing to ask."""
    given.pop("share", None)
    row.findings = [one for one in row.findings if one.code != PART_TIME or not isinstance(one, Question)]


def _is_month_of(row: Row, key: str, known: date | None) -> bool:
    """Whether the roster gives but the month, and it is the month that is known: no change."""
    told = row.values.get(key)
    if told is None or known is None:
        return False
    letter = row.columns.get(key)
    is_month = any(one.code == "month_only" and one.column == letter for one in row.findings)
    return is_month and (told.year, told.month) == (known.year, known.month)


def _service_values(step: Step, register: Register) -> dict[str, Any]:
    """The fields of a service that the row fills, as they are stored."""
    values = step.row.values
    given = {key: value for key in SERVICE if (value := values.get(key)) is not None}
    if step.force != "auxiliary" and given.pop("category", None):
        say(
            step,
            Notice,
            "category",
            "category_left_out",
            _("Operational or clerical is said of auxiliary police only."),
        )
    if step.force != "joint_defence":
        given.pop("sponsor", None)
    if step.force == "volunteer":
        given["share"] = 0
    if "ended_on" in given and "ending" not in given:
        given["ending"] = "other"
    if "ended_on" not in given:
        given.pop("ending", None)
    if (note := step.row.values.get("ending_note")) and "ended_on" in given:
        given["ending_note"] = note
    if text := step.row.values.get("employer"):
        _find_employer(step, text, given, register)
    return given


def _find_employer(step: Step, text: str, given: dict[str, Any], register: Register) -> None:
    found = register.employers.get(plain(text), [])
    if len(found) == 1:
        given["employer_id"] = found[0]
    elif step.force == "guard":
        message = _("No employer of this name is in your register; add it first, or check the name.")
        say(step, Problem, "employer", "employer_unknown", message)
    else:
        message = _("No employer of this name is in your register; it was left out.")
        say(step, Notice, "employer", "employer_unknown", message)


def _check_days(step: Step, values: Mapping[str, Any]) -> None:
    start, end = values.get("started_on"), values.get("ended_on")
    if start and end and end <= start:
        say(step, Problem, "ended_on", "ends_before_start", _("The service ends before it starts."))
    start, end = values.get("contract_from"), values.get("contract_until")
    if start and end and end < start:
        say(step, Problem, "contract_until", "contract_order", _("The contract ends before it starts."))


def _refuse_overlap(step: Step, given: Mapping[str, Any], *, beside: Service | None = None) -> None:
    """Whoever would serve more than full time together with another service; a new one asks for its days alone."""
    others = [
        service
        for service in (step.member.services if step.member else ())
        if service is not beside and service.share and given["share"]
        if service.overlaps(given["started_on"], given.get("ended_on"))
    ]
    if not others:
        return
    first, most = others[0], max(service.share for service in others)
    days = {"from": first.values["started_on"], "until": first.ended_on or ""}
    if beside is None or FULL_TIME in (first.share, given["share"]):
        message = fill(_("This person served elsewhere from %(from)s to %(until)s; the days overlap."), days)
        say(step, Problem, "started_on", "overlap", message)
    elif given["share"] + most > FULL_TIME:
        message = fill(_("Together with another service of %(other)d %% this is more than full time."), {"other": most})
        say(step, Problem, "share", "overlap", message)
