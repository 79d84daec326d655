"""A row of a roster against what the register knows of its person: what would change, and what stands in the way."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from organization import divisions
from organization.keyring import sealer
from organization.refusal import fill
from personnel.roster import alike
from personnel.roster.changes import CONTACT
from personnel.roster.fields import FIELDS
from personnel.roster.known import Known, Service
from personnel.roster.places import plain
from personnel.roster.register import Register
from personnel.roster.shapes import Choice, Notice, Problem, Question, Row
from personnel.roster.steps import Changes, Step, ask, say
from personnel.roster.terms import Terms
from personnel.roster.values.amounts import FULL_TIME, PART_TIME

PERSON = frozenset(
    key for key, each in FIELDS.items() if each.of == "member" and key not in ("name", "id_number", "document", "phone")
)
WHEN_AND_HOW_MUCH = frozenset(("started_on", "ended_on", "share"))
SERVICE = tuple(key for key, each in FIELDS.items() if each.of == "service" and key not in ("force", "employer"))


def compare(step: Step, register: Register, terms: Terms) -> None:
    """Find the member of the step and what the row changes; what has to be decided or forbids it is said of the row."""
    step.member = register.members.get(step.digest)
    if step.row.findings and any(step.row.of(Problem)):
        return
    if step.digest in register.elsewhere:
        elsewhere = _("This document number is registered with another unit; you can ask for a transfer.")
        _ask_other_unit(step, "elsewhere", elsewhere, terms)
    elif step.member is None:
        _new_service(step, "recruited", register, terms)
        _notice_namesake(step, register)
    elif not step.has_new_contact and alike.find(step):
        return
    elif step.member.name != step.row.values["name"]:
        names = {"known": step.member.name, "given": step.row.values["name"]}
        message = fill(_("The document number is registered for “%(known)s”, here it is “%(given)s”."), names)
        say(step, Problem, "name", "other_name", message)
    else:
        _compare_member(step, step.member, register, terms)


def compare_contact(step: Step) -> None:
    """Say what of an emergency contact is not stored; a contact is told by the name, and stays as it is known."""
    name, phone = step.row.values.get("contact_name"), step.row.values.get("contact_phone")
    sealed = step.member.contacts.get(name) if step.member and name else None
    if sealed:
        known = sealer().open(sealed, table=CONTACT, column="phone_sealed", row=step.member_id) if phone else ""
        if phone and phone != known:
            message = _("This emergency contact has another phone in the register, which stays; change it in the file.")
            say(step, Notice, "contact_phone", "contact_kept", message)
    elif bool(name) != bool(phone):
        message = _("An emergency contact needs a name and a phone; this one was left out.")
        say(step, Notice, "contact_name" if name else "contact_phone", "contact_left_out", message)


def _compare_member(step: Step, member: Known, register: Register, terms: Terms) -> None:
    step.changes = _changed(step.row, member)
    running = [service for service in member.services if service.is_running(terms.today)]
    here = next((each for each in running if each.unit == step.unit and each.force == step.force), None)
    if here:
        step.service = here
        _change_service(step, here, register)
        return
    if left := _left(step, member):
        step.service = left  # a roster that still lists those who left
        return
    others = [service for service in running if service.share]
    if others and step.force != "volunteer":
        service = others[0]
        where = {"unit": register.places.names.get(service.unit, ""), "force": terms.force_names[service.force]}
        message = fill(_("This person now serves in %(unit)s (%(force)s): choose."), where)
        _ask_other_unit(step, "serves_elsewhere", message, terms)
    elif member.unit != step.unit:
        where = {"unit": register.places.names.get(member.unit, "")}
        message = fill(_("The file of this person is kept in %(unit)s: choose."), where)
        _ask_other_unit(step, "kept_elsewhere", message, terms)
    else:
        _new_service(step, "returned" if member.services else "recruited", register, terms)


def _left(step: Step, member: Known) -> Service | None:
    """The service here that ended on the day, or in the month, that the row tells."""
    told = step.row.values.get("ended_on")
    if told is None:
        return None
    here = [each for each in member.services if (each.unit, each.force) == (step.unit, step.force)]
    ended = (each for each in here if each.ended_on == told or _is_month_of(step.row, "ended_on", each.ended_on))
    return next(ended, None)


def _ask_other_unit(step: Step, code: str, message, terms: Terms) -> None:
    row = step.row
    choices: tuple[Choice, ...]
    if step.force == "volunteer":
        choices = (Choice("skip", _("give up, leave this row out")),)
    else:
        choices = (
            Choice("skip", _("give up, leave this row out")),
            Choice("transfer", _("ask for a transfer")),
            Choice("second", _("ask for a second, part-time service")),
        )
    question = Question(row.sheet, row.number, row.columns.get("id_number", ""), code, message, choices)
    choice = ask(step, question, terms)
    if choice == "skip":
        step.is_skipped = True
        say(step, Notice, "id_number", "left_out", message)
    elif choice:
        step.request = choice
        say(step, Notice, "id_number", "requested", _("The request will be sent to the unit that keeps the file."))


def _changed(row: Row, member: Known) -> Changes:
    """Old and new of the fields that the roster fills and that differ; a blank cell takes nothing away."""
    changes: Changes = {}
    if not member.values.items() <= row.values.items():  # nearly all are as they are known
        changes = {
            key: (member.values[key] or None, value)
            for key, value in row.values.items()
            if value is not None and key in PERSON and value != member.values[key]
        }
    if phone := row.values.get("phone"):
        digest = sealer().digest(phone, purpose="phone")
        if digest.hex() != member.phone:  # told by digests, never by numbers
            changes["phone"] = (member.phone or None, digest.hex())
    return changes


def _change_service(step: Step, service: Service, register: Register) -> None:
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


def _new_service(step: Step, beginning: str, register: Register, terms: Terms) -> None:
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
    first = others[0]
    days = {"from": first.values["started_on"], "until": first.ended_on or ""}
    if beside is None or FULL_TIME in (first.share, given["share"]):
        message = fill(_("This person served elsewhere from %(from)s to %(until)s; the days overlap."), days)
        say(step, Problem, "started_on", "overlap", message)
    elif given["share"] + max(service.share for service in others) > FULL_TIME:
        told = {"share": given["share"], "other": max(service.share for service in others)}
        message = fill(_("Together with another service of %(other)d %% this is more than full time."), told)
        say(step, Problem, "share", "overlap", message)


def _notice_namesake(step: Step, register: Register) -> None:
    if (step.row.values["name"], step.row.values["birth_date"]) in register.namesakes:
        message = _("Somebody of this name and birth date is in the register under another number; please check.")
        say(step, Notice, "name", "namesake", message)
