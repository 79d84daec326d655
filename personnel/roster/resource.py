"""Rosters as a Resource of django-import-export, for scripts that are written for that library.

What comes back is the library's Result; how it comes about is ours: the dataset is a sheet like that of a file, and
is examined and committed as every roster is. The library's own import would ask the database several times a row, and
hold nobody to our rules; its hooks and widgets have no part in this.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from tablib import Dataset

from organization.asking import unit_asked
from organization.models import Account
from organization.refusal import Refusal
from organization.scope import current, gate
from personnel.exports.resource import MemberResource
from personnel.models import Force
from personnel.roster import direct, examination, headers, layout, staging
from personnel.roster.examination import Examined
from personnel.roster.reading.cells import cleaned
from personnel.roster.results import Report, RosterResult, RosterRow
from personnel.roster.shapes import Book, Sheet
from personnel.roster.source import Source
from personnel.roster.terms import Terms

NEEDED = "personnel.import_member"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # neither can be kept in the database, whatever it is part of
_OF_SHEETS = (bool, int, float, date, datetime, time, timedelta)


class RosterResource(MemberResource):
    """`RosterResource().import_data(dataset)` imports a roster under the current scope; `export()` lists its people."""

    @classmethod
    def get_result_class(cls) -> type[RosterResult]:
        return RosterResult

    @classmethod
    def get_row_result_class(cls) -> type[RosterRow]:
        return RosterRow

    def import_data(  # noqa: PLR0917 (the library's own order)
        self,
        dataset: Dataset,
        dry_run: bool = False,
        raise_errors: bool = False,
        use_transactions: bool | None = None,
        collect_failed_rows: bool = False,
        rollback_on_validation_errors: bool = False,
        *,
        unit: int | str | None = None,
        force: str = "",
        answers: Mapping[str, str] | None = None,
        partial: bool = False,
        file_name: str = "",
        **kwargs: Any,
    ) -> RosterResult:
        """Examine a dataset, whose headers are those of rosters or keys of fields, and write it unless `dry_run`.

        All rows or none; with `partial` the good ones alone, unless an error is to be raised or to roll back. Always
        one transaction, whatever `use_transactions` says. Rows that are rejected, or that ask, are `invalid_rows`;
        what keeps the whole from being written is in `base_errors`. Raises PermissionDenied without an account that
        imports rosters; ImportError of the library if `raise_errors`, and then nothing is written.
        """
        account = sender()
        result = self.get_result_class()()
        result.total_rows = len(dataset)
        partial = partial and not (raise_errors or rollback_on_validation_errors)
        examined: Examined | None = None
        refusal: Refusal | None = None
        try:
            source = source_of(dataset, file_name)
            terms = _terms(account, unit, force, answers or {})
            if dry_run:
                examined = examination.examine(source, terms)
            else:
                examined, roster = direct.bring_in(source, terms, account, partial=partial)
                result.batch = roster.pk
        except Refusal as refused:
            refusal, examined = refused, getattr(refused, "examined", None)
        if examined:
            report = Report(self, dataset, examined, result)
            report.tell(refusal, raise_errors=raise_errors, is_partial=partial, with_failed_rows=collect_failed_rows)
        if refusal:
            self.handle_import_error(result, refusal, raise_errors)
        return result


def sender() -> Account:
    """The account of the scope. Raises PermissionDenied where there is none, or none that imports rosters."""
    actor = current().actor
    if actor is None:
        raise PermissionDenied(_("A roster is imported in the scope of an account: with as_account(account): …"))
    with gate():
        account = Account.objects.select_related("unit").filter(pk=actor, is_active=True).first()
    if account is None or not account.has_perm(NEEDED):
        raise PermissionDenied(_("This account's role imports no rosters."))
    return account


def _terms(account: Account, unit: int | str | None, force: str, answers: Mapping[str, str]) -> Terms:
    asked = account.unit if unit is None else unit_asked(str(unit), account)
    if asked is None:
        raise Refusal("unit_not_found", gettext_lazy("There is no such unit among yours."))
    if force and force not in Force.values:
        message = gettext_lazy("There is no such force; there are: %(forces)s")
        raise Refusal("force_not_found", message, forces=", ".join(Force.values))
    return staging.terms_of(account, asked.code, force, answers=answers)


def source_of(dataset: Dataset, file_name: str = "") -> Source:
    """The dataset as a sheet: its headers are row 1. Raises FileRefused if it holds no list of people."""
    header = [[headers.usual(str(word)) or word for word in dataset.headers]] if dataset.headers else []
    rows = cleaned(([_plain(value) for value in row] for row in chain(header, dataset)), 0)
    title = dataset.title or file_name or "dataset"
    data = json.dumps([title, rows], ensure_ascii=False, default=str).encode()
    found = layout.tables(Book([Sheet(title, rows)]))
    return Source(file_name or title, hashlib.sha256(data).hexdigest(), len(data), found)


def _plain(value: Any) -> Any:
    """A value as a spreadsheet could hold it; of the types that it has no word for, the text."""
    if value is None:
        return ""
    return value if type(value) in _OF_SHEETS else _UNSTORABLE.sub("", str(value))
