"""Every row of a roster against the others and against the register: what is to be done with it, and why not."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from organization.refusal import fill
from personnel.roster import eligibility
from personnel.roster.comparing import compare, compare_contact
from personnel.roster.placing import Placing
from personnel.roster.register import Register
from personnel.roster.shapes import Choice, Notice, Problem, Question, Row
from personnel.roster.steps import Plan, Step, ask, say
from personnel.roster.terms import Terms

_CONTACT = frozenset(("contact_name", "contact_phone"))
LEFT_OUT = frozenset({"left_out", "unit_rejected"})


def judge(steps: Sequence[Step], register: Register, terms: Terms) -> Plan:
    """Fill in every step. Nothing is written; the register is what the reader may see."""
    placing, rules = Placing(register.places, terms), eligibility.Eligibility(register.rules, terms.today)
    seen: dict[bytes, Row] = {}
    for step in steps:
        if not step.is_skipped:
            placing.place(step)
            step.is_skipped = _was_left_out(step.row)
        if step.is_skipped:
            step.fate = "skip"
            step.row.findings = [one for one in step.row.findings if not isinstance(one, Question)]
            continue
        _choose_force(step, terms)
        _judge_alone(step, rules)
        _refuse_repeats(step, seen)
        if step.digest:
            compare(step, register, terms)
            if not _CONTACT.isdisjoint(step.row.values):
                compare_contact(step)
        step.fate = _fate(step)
    return Plan(list(steps), _leavers(steps, register) if terms.is_whole else [])


def _was_left_out(row: Row) -> bool:
    """Whether an answer left the row out: that is what was wanted, and no problem."""
    if not row.findings or not any(one.code in LEFT_OUT for one in row.findings):
        return False
    row.findings = [
        Notice(one.sheet, one.row, one.column, one.code, one.message) if one.code in LEFT_OUT else one
        for one in row.findings
    ]
    return True


def _fate(step: Step) -> str:
    kinds = {type(one) for one in step.row.findings} if step.row.findings else ()
    if Problem in kinds:
        return "reject"
    if step.is_skipped:
        return "skip"
    if Question in kinds:
        return "ask"
    if step.request:
        return "skip"
    if step.member is None:
        return "create"
    is_changed = step.changes or step.service_changes or step.new_service or step.has_new_contact
    return "change" if is_changed else "unchanged"


def _choose_force(step: Step, terms: Terms) -> None:
    row = step.row
    step.force = row.values.get("force") or terms.force
    if not step.force:
        choices = tuple(Choice(force, terms.force_names[force]) for force in terms.forces)
        question = Question(row.sheet, None, "", "force", _("Which force is this roster of?"), choices, about="force")
        step.force = ask(step, question, terms) or ""
    elif step.force not in terms.forces:
        name = terms.force_names[step.force]
        say(step, Problem, "force", "not_yours", fill(_("Your office does not keep the %(force)s."), {"force": name}))


def _judge_alone(step: Step, rules: eligibility.Eligibility) -> None:
    row = step.row
    if step.force:
        row.values["force"] = step.force
        row.findings += rules.judge(row)
    if not (row.values.get("sex") and row.values.get("birth_date")) and not any(row.of(Problem)):
        say(
            step, Problem, "birth_date", "unknown_birth", _("Sex and birth date are needed; this number does not tell.")
        )


def _refuse_repeats(step: Step, seen: dict[bytes, Row]) -> None:
    if not step.digest:
        return
    first = seen.setdefault(step.digest, step.row)
    if first is step.row:
        return
    where = {"row": first.number, "sheet": first.sheet}
    if first.sheet == step.row.sheet:
        message = fill(_("The document number is that of row %(row)d."), where)
    else:
        message = fill(_("The document number is that of row %(row)d of the sheet %(sheet)s."), where)
    say(step, Problem, "id_number", "repeated", message)


def _leavers(steps: Sequence[Step], register: Register) -> list[tuple[int, str]]:
    listed = {step.digest for step in steps if step.digest}
    covered = {(step.unit, step.force) for step in steps}
    return sorted(
        (member, name) for digest, member, name, unit, force in register.serving
        if digest not in listed and (unit, force) in covered
    )  # fmt: skip
