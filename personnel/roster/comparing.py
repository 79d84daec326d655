"""A row of a roster against what the register knows of its person: what would change, and what stands in the way."""

from django.utils.translation import gettext_lazy as _

from organization.keyring import sealer
from organization.refusal import fill
from personnel.roster import alike, serving
from personnel.roster.changes import CONTACT
from personnel.roster.fields import FIELDS
from personnel.roster.known import Known
from personnel.roster.register import Register
from personnel.roster.shapes import Choice, Notice, Problem, Question, Row
from personnel.roster.steps import Changes, Step, ask, say
from personnel.roster.terms import Terms

PERSON = frozenset(
    key for key, each in FIELDS.items() if each.of == "member" and key not in ("name", "id_number", "document", "phone")
)


def compare(step: Step, register: Register, terms: Terms) -> None:
    """Find the member of the step and what the row changes; what has to be decided or forbids it is said of the row."""
    step.member = register.members.get(step.digest)
    if step.row.findings and any(step.row.of(Problem)):
        return
    if step.digest in register.elsewhere:
        elsewhere = _("This document number is registered with another unit; you can ask for a transfer.")
        _ask_other_unit(step, "elsewhere", elsewhere, terms)
    elif step.member is None:
        serving.begin(step, "recruited", register, terms)
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
        serving.change(step, here, register)
        return
    if left := serving.left(step, member):
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
        serving.begin(step, "returned" if member.services else "recruited", register, terms)


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


def _notice_namesake(step: Step, register: Register) -> None:
    if (step.row.values["name"], step.row.values["birth_date"]) in register.namesakes:
        message = _("Somebody of this name and birth date is in the register under another number; please check.")
        say(step, Notice, "name", "namesake", message)
