"""Real files, sent by an account and judged as the site judges them: what is said, and what becomes of each row."""

from organization.scope import as_account
from personnel.roster.examination import Examined, examine
from personnel.roster.shapes import Finding, Question
from personnel.roster.source import open_file
from personnel.roster.staging import terms_of
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import HEADER, table


def send(account, file, *, name="花名册.xlsx", force="", is_whole=False, answers=None) -> Examined:
    """Judge a file for the account's own unit. `file` is bytes, or rows of a sheet "花名册". Raises FileRefused."""
    data = file if isinstance(file, bytes) else xlsx({"花名册": file})
    with as_account(account):
        terms = terms_of(account, account.unit_id, force, is_whole=is_whole, answers=answers)
        return examine(open_file(data, name), terms)


def people(*rows, more=()) -> list[list[object]]:
    """A sheet: the usual header with `more` columns (from I on), and a row from 2 on for each person."""
    return table(rows, [*HEADER, *more])


def one_of(rows: list[list[object]], title: str, cell: object) -> list[list[object]]:
    """The same sheet with one cell of its last row changed."""
    changed = [row.copy() for row in rows]
    changed[-1][rows[0].index(title)] = cell
    return changed


def said(findings) -> list[tuple[int | None, str, str]]:
    """(row, column, sentence) of findings, as the clerk reads them but for a full stop."""
    return [(one.row, one.column, str(one.message).removesuffix("。")) for one in findings]


def everything(examined: Examined) -> list[Finding]:
    return [*examined.problems, *examined.questions, *examined.notices]


def fates(examined: Examined) -> list[str]:
    return [step.fate for step in examined.plan.steps]


def values(examined: Examined, field: str) -> list:
    """The value of a field in each row."""
    return [step.row.values.get(field) for step in examined.plan.steps]


def service(examined: Examined, key: str) -> list:
    """What the new service of each row would hold."""
    return [(step.new_service or {}).get(key) for step in examined.plan.steps]


def units(examined: Examined) -> list[int]:
    return [step.unit for step in examined.plan.steps]


def choices(question: Question) -> dict[str, str]:
    return {choice.value: str(choice.text) for choice in question.choices}


def asked(examined: Examined) -> Question:
    """The only question there is."""
    (question,) = examined.questions
    return question
