"""What became of a roster in the words of django-import-export: its Result, with a RowResult for each row."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial as bound

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from import_export.exceptions import FieldError
from import_export.exceptions import ImportError as ImportFailed
from import_export.fields import Field
from import_export.resources import Diff, Resource
from import_export.results import Error, InvalidRow, Result, RowResult
from tablib import Dataset

from organization.refusal import Refusal
from personnel.models import RosterImport
from personnel.roster import recording, staging, verdicts
from personnel.roster.committing import NotCommitted
from personnel.roster.examination import Examined
from personnel.roster.shapes import Finding, Notice, column_letter
from personnel.roster.steps import Step

TYPES = {
    "create": RowResult.IMPORT_TYPE_NEW,
    "change": RowResult.IMPORT_TYPE_UPDATE,
    "unchanged": RowResult.IMPORT_TYPE_SKIP,
    "skip": RowResult.IMPORT_TYPE_SKIP,
    "reject": RowResult.IMPORT_TYPE_INVALID,
    "ask": RowResult.IMPORT_TYPE_INVALID,
}


class RosterRow(RowResult):
    """The result of a row. `diff` is made when it is looked at: for all rows it would take as long as the import."""

    def __init__(self) -> None:
        self.compared: Callable[[], list[str]] | None = None
        super().__init__()

    @property
    def diff(self) -> list[str] | None:
        return self.compared() if self.compared else None

    @diff.setter
    def diff(self, _nothing: None) -> None:
        self.compared = None


class RosterResult(Result):
    """The library's Result, which has an entry for each row of the dataset, with more to go on.

    `batch` is the number of the import, None when nothing was written; `questions` are to be answered by
    `answers={id: choice}`; `notices` say what was put right.
    """

    def __init__(self, *given, **named) -> None:
        super().__init__(*given, **named)
        self.batch: int | None = None
        self.questions: list[dict] = []
        self.notices: list[dict] = []


class Report:
    """Tells a resource's result, row by row of the dataset, what was found."""

    def __init__(self, resource: Resource, dataset: Dataset, examined: Examined, result: RosterResult) -> None:
        self.resource, self.dataset, self.examined, self.result = resource, dataset, examined, result
        self.above = 1 if dataset.headers else 0  # rows of the sheet before the first of the dataset
        self.steps = {step.row.number - self.above: step for step in examined.plan.steps}
        self.names = self._names()
        self.letters = {column_letter(at): name for at, name in enumerate(self.names)}
        self.cells = _Cells(len(self.names))
        self.written = self._written()
        self.refused: dict[int, Error] = {}

    def _names(self) -> list[str]:
        """What the columns are called: by the script, or further down in a sheet that begins with a title."""
        table = self.examined.source.layout.tables[0]
        found = {column.index: column.header for column in table.columns}
        if self.dataset.headers and table.header_row == 1:
            found = dict(enumerate(map(str, self.dataset.headers)))
        return [found.get(at) or column_letter(at) for at in range(self.dataset.width)]

    def _written(self) -> dict[int, int | None]:
        """The members that the rows went to, by row of the dataset."""
        rows = RosterImport(pk=self.result.batch).rows.values_list("number", "member_id") if self.result.batch else ()
        return {number - self.above: member for number, member in rows}

    def tell(self, refusal: Refusal | None, *, raise_errors: bool, is_partial: bool, with_failed_rows: bool) -> None:
        result = self.result
        result.diff_headers = self.names
        result.questions = [staging.asked(one) for one in self.examined.questions]
        result.notices = recording.notices(self.examined.notices)
        if with_failed_rows:
            result.add_dataset_headers(self.names)
        for one in () if is_partial else self.examined.findings:
            if not isinstance(one, Notice):
                error = FieldError(recording.without_numbers(str(one.message)))
                self.resource.handle_import_error(result, error, raise_errors)
        for _sheet, number in refusal.rows if isinstance(refusal, NotCommitted) else ():
            self.refused[number - self.above] = Error(refusal, number=number - self.above)
        for number, given in enumerate(self.dataset, 1):
            row = self.row(number, given)
            result.increment_row_result_total(row)
            result.append_row_result(row)
            reason = self._note_failure(number, given, row)
            if reason and with_failed_rows:
                result.failed_dataset.append([*given, _sentence(reason)])
            if reason and raise_errors:
                raise ImportFailed(reason, number=number)  # without the row: texts of errors end up in logs

    def row(self, number: int, given: Sequence) -> RosterRow:
        row, step = RosterRow(), self.steps.get(number)
        if step is None:  # a footer, a sum, a blank row: nobody
            row.import_type = RowResult.IMPORT_TYPE_SKIP
        elif number in self.refused:
            row.import_type = RowResult.IMPORT_TYPE_ERROR
            row.errors.append(self.refused[number])
        else:
            row.import_type = TYPES[step.fate]
            if row.is_invalid():
                row.validation_error = self._explained(step.row.findings)
            else:
                row.object_id = self.written.get(number) or (step.member.id if step.member else None)
                row.object_repr = step.row.values.get("name")
                row.compared = bound(self._compared, given, step)
        return row

    def _note_failure(self, number: int, given: Sequence, row: RosterRow) -> Exception | None:
        """Enter a row that failed into the lists of the result; why it failed."""
        if row.errors:
            self.result.append_error_row(number, dict(zip(self.names, given, strict=True)), row.errors)
            return row.errors[-1].error
        if row.validation_error:
            # Beside `append_invalid_row`, which would lose one of two columns with the same header.
            self.result.invalid_rows.append(InvalidRow(number, row.validation_error, tuple(given)))
        return row.validation_error

    def _explained(self, findings: Sequence[Finding]) -> ValidationError:
        found: dict[str, list[ValidationError]] = defaultdict(list)
        for one in findings:
            if not isinstance(one, Notice):
                column = self.letters.get(one.column, NON_FIELD_ERRORS)
                found[column].append(ValidationError(recording.without_numbers(str(one.message)), code=one.code))
        return ValidationError(dict(found))

    def _compared(self, given: Sequence, step: Step) -> list[str]:
        """The library's own comparison of what stands in the register and in the row."""
        new = {at: "" if value is None else str(value) for at, value in enumerate(given)}
        old = dict.fromkeys(new, "") if step.fate == "create" else dict(new)
        if step.fate == "change":
            changed = verdicts.old_and_new(step)
            for at, key in self.examined.fields[0].items():
                if key in changed:
                    old[at], new[at] = changed[key]
        return self.cells.compared(old, new, is_new=step.fate == "create")


def _sentence(reason: Exception) -> str:
    return "；".join(reason.messages) if isinstance(reason, ValidationError) else str(reason)


class _Cells(Resource):
    """So many columns, for the library to compare two rows."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.fields = {f"c{at}": Field(f"c{at}", f"c{at}") for at in range(width)}

    def compared(self, old: Mapping[int, str], new: Mapping[int, str], *, is_new: bool) -> list[str]:
        before, after = ({f"c{at}": text for at, text in each.items()} for each in (old, new))
        difference = Diff(self, before, is_new)
        difference.compare_with(self, after)
        return difference.as_html()
