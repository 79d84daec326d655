"""From bytes to a plan: a file is read, its tables found, mapped, filled, cleaned and judged. Nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import is_
from typing import Any

from django.utils.translation import gettext_lazy as _

from organization.keyring import sealer
from personnel.bulk import uncollected
from personnel.roster import alike, answers, corrected, judging, mapping, values
from personnel.roster.early import context_of
from personnel.roster.filling import Filled, fill
from personnel.roster.placing import Placing
from personnel.roster.register import Elsewhere, look_up, places, registered_elsewhere
from personnel.roster.shapes import Finding, Notice, Problem, Question, Row, Table, short_hash
from personnel.roster.source import NO_MARKS, Marks, Source, Tell
from personnel.roster.steps import Plan, Step
from personnel.roster.terms import Terms

TOLD_EVERY = 5000


@dataclass
class Examined:
    """A judged roster. `fields` says of each table which column is which field, `since` from which transaction on a
    change may not have been seen."""

    source: Source
    terms: Terms
    plan: Plan
    fields: list[dict[int, str]]
    findings: list[Finding] = field(default_factory=list)  # of columns and sheets, beside those of the rows
    since: int = 0

    @property
    def questions(self) -> list[Question]:
        """Each question once, those about whole sheets and columns first."""
        found: dict[str, Question] = {}
        for one in (*self.findings, *self.plan.findings(Question)):
            if isinstance(one, Question):
                found.setdefault(one.id, one)
        return list(found.values())

    @property
    def notices(self) -> list[Finding]:
        return [*(one for one in self.findings if isinstance(one, Notice)), *self.plan.findings(Notice)]

    @property
    def problems(self) -> list[Finding]:
        return [*(one for one in self.findings if isinstance(one, Problem)), *self.plan.findings(Problem)]

    def sheets(self) -> list[dict[str, Any]]:
        """What scripts and pages are told of the sheets; `skipped` is the reason, or null."""
        found = [
            {
                "name": table.sheet,
                "header_row": table.header_row,
                "rows": len(table.lines),
                "skipped": None,
                "columns": [[column.index, column.header, fields.get(column.index, "")] for column in table.columns],
                "merged": [list(each) for each in table.merged],
            }
            for table, fields in zip(self.source.layout.tables, self.fields, strict=True)
        ]
        skipped = self.source.layout.skipped.items()
        return found + [
            {"name": name, "header_row": None, "rows": 0, "skipped": str(reason), "columns": [], "merged": []}
            for name, reason in skipped
        ]


REFUSALS = {
    "registered_meanwhile": _("Somebody else has registered this person in the meantime."),
    "serves_already": _(
        "This person already serves elsewhere on these days; together it would be more than full time."
    ),
}


@uncollected()
def examine(
    source: Source,
    terms: Terms,
    marks: Marks = NO_MARKS,
    *,
    lock: bool = False,
    tell: Tell | None = None,
    elsewhere: Elsewhere = registered_elsewhere,
) -> Examined:
    """Judge a file under the current scope; `lock` holds the files of its people, for a commit.

    `tell` is told how many rows are done, every few thousand; `elsewhere` asks which numbers other units have.
    """
    terms = replace(terms, remembered=answers.remembered(source.layout.tables, terms))
    steps, fields, findings = clean(source, terms, marks, tell)
    findings += answers.told(terms, source.layout.tables)
    known = source.early.digests if source.early else {}
    seal = sealer()
    people = {}
    for step in steps:
        number = step.row.values.get("id_number")
        if number and not step.is_skipped:
            step.digest = known.get(number) or seal.digest(number, purpose="id")
            people[step.digest] = (step.row.values.get("name") or "", step.row.values.get("birth_date"))
    corrected.follow(steps, people)
    filled = set[str]().union(*(step.row.values for step in steps))
    fetched = source.early.fetched if source.early else None
    register = look_up(people, terms, lock=lock, filled=filled, elsewhere=elsewhere, fetched=fetched)
    if register.members:
        alike.note([step for step in steps if step.digest in register.members], filled)
    plan = judging.judge(steps, register, terms)
    if tell is not None:
        tell(len(steps))
    return Examined(source, terms, plan, fields, findings, register.since)


def clean(
    source: Source, terms: Terms, marks: Marks = NO_MARKS, tell: Tell | None = None
) -> tuple[list[Step], list[dict[int, str]], list[Finding]]:
    """The steps of all lines, not judged yet; the fields of each table's columns; findings of columns and sheets."""
    steps: list[Step] = []
    fields, findings = [], list[Finding](source.layout.notices)
    context = context_of(terms, has_1904_dates=source.has_1904_dates)
    for table in source.layout.tables:
        mapped = mapping.map_columns(table, terms.answers, force=terms.force or None, remembered=terms.remembered)
        filled = fill(table, terms.answers, remembered=terms.remembered)
        findings += [*mapped.questions, *mapped.notices]
        fields.append(mapped.fields)
        cleaner = values.Cleaner(table.sheet, mapped.fields, context)
        is_known = source.cleaned_with == cleaned_with(source, terms) or _take_early(
            source, table, filled, mapped.fields, context
        )
        rows_of = cleaner.known_rows if is_known else cleaner.rows
        rows: list[Row] = []
        for first in range(0, len(filled.lines), TOLD_EVERY):
            if tell is not None:
                tell(len(steps) + first)
            rows += rows_of(filled.lines[first : first + TOLD_EVERY])
        if not all(map(is_, filled.lines, table.lines)):
            for row, line, own in zip(rows, filled.lines, table.lines, strict=True):
                row.took = line is not own
        findings += _hand_out(filled.findings, rows)
        steps += [_step(row, marks) for row in rows]
    return steps, fields, findings


def _take_early(
    source: Source, table: Table, filled: Filled, fields: Mapping[int, str], context: values.Context
) -> bool:
    """Give lines the values that are known of them already; whether there are any."""
    known = source.early.take(table.sheet, fields, context) if source.early else {}
    for own, line in zip(table.lines, filled.lines, strict=True) if known else ():
        line.values = known.get(line.number) if line is own else None
    return bool(known)


def _step(row: Row, marks: Marks) -> Step:
    place = (row.sheet, row.number)
    if code := marks.refused.get(place):
        row.findings.append(Problem(row.sheet, row.number, row.columns.get("id_number", ""), code, REFUSALS[code]))
    row.is_plain = not row.findings
    return Step(row, is_skipped=place in marks.skipped)


def cleaned_with(source: Source, terms: Terms) -> str:
    """What the values of lines depend on beside their cells: while it is the same, they need not be cleaned again."""
    given = (
        terms.today,
        terms.force,
        source.has_1904_dates,
        sorted(terms.answers.items()),
        sorted(terms.remembered.items()),
    )
    return short_hash(*map(repr, given))


def _hand_out(findings: Sequence[Finding], rows: Sequence[Row]) -> list[Finding]:
    """Give findings of rows to their rows; those of the sheet are returned."""
    if not findings:
        return []
    by_number = {row.number: row for row in rows}
    left = []
    for one in findings:
        if one.row in by_number and not isinstance(one, Question):
            by_number[one.row].findings.append(one)
        else:
            left.append(one)
    return left


def answered(source: Source, terms: Terms) -> list[Question]:
    """The questions of columns, values and units that the answers are for, found by asking without each in turn."""
    found: dict[str, Question] = {}
    units = places(terms)
    while True:
        given = replace(terms, answers={key: terms.answers[key] for key in found})
        steps, _fields, findings = clean(source, given)
        placing = Placing(units, given)
        for step in steps:
            placing.place(step)
        asked = [*findings, *(one for step in steps for one in step.row.findings)]
        new = {one.id: one for one in asked if isinstance(one, Question) and one.id in terms.answers.keys() - found}
        if not new:
            return list(found.values())
        found |= new
