"""What a village's clerk does with rosters, and what the server does beside it."""

import os
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from time import perf_counter
from types import MappingProxyType

ACTOR = "bench-clerk"


class Desk:
    """A village's clerk, who does with rosters what the pages do: a transaction for the preview, one for the rest."""

    def __init__(self) -> None:
        from organization.models import Account
        from organization.scope import gate

        with gate():
            self.account = Account.objects.select_related("unit").get(username=ACTOR)

    @contextmanager
    def acting(self, batch: str = ""):
        from organization.scope import as_account

        with as_account(self.account, origin="bench", batch=batch):
            yield

    def preview(self, data: bytes):
        """Read, examine and stage a file, as an upload does."""
        from personnel.roster import examination, source, staging

        with self.acting():
            terms = staging.terms_of(self.account, self.account.unit_id)
            sent = source.open_file(data, "bench.xlsx", terms)
            roster = staging.record(sent, terms, self.account)
            examined = examination.examine(sent, terms)
            staging.stage(sent, roster, examined)
        return roster

    def commit(self, roster, *, partial: bool = False):
        """Judge the staged lines again and write them, as a confirmation does."""
        from personnel.models import RosterImport
        from personnel.roster import jobs

        with self.acting():
            roster = RosterImport.objects.select_for_update(of=("self",)).get(pk=roster.pk)
            if refused := jobs.import_staged(roster, self.account, partial=partial):
                raise RuntimeError(refused)
        return roster

    def bring_in(self, data: bytes, *, fate: str = "create", rows: int = 0):
        roster = self.commit(self.preview(data))
        if rows and roster.counts[fate] != rows:
            raise RuntimeError(f"not what was to be measured: {roster.counts}")
        return roster

    def bring_in_good_rows(self, data: bytes, mark: Callable):
        """What is good, and a workbook of the rest."""
        roster = self.preview(data)
        with self.acting():
            mark(roster, self.account)
        return self.commit(roster, partial=True)

    def undo(self, roster) -> None:
        from personnel.models import RosterImport
        from personnel.roster import undoing

        with self.acting(str(roster.pk)):
            locked = RosterImport.objects.select_for_update(of=("self",)).get(pk=roster.pk)
            if undoing.undo(locked, self.account).refused:
                raise RuntimeError("the undo was refused")

    def export(self) -> int:
        """People written to a workbook, with full numbers."""
        from django.utils import timezone

        from personnel.exports.export import Order, export
        from personnel.people import Selection

        with self.acting():
            selection = Selection(day=timezone.localdate(), unit=self.account.unit_id)
            made = export(Order(selection, reason="性能测量"), self.account)
            made.file.close()
        return made.rows


def open_office(more: Mapping[int, str] = MappingProxyType({})) -> None:
    """A district with one village whose clerk sends rosters, and more units if asked for: {code: name}."""
    from organization.models import Unit
    from organization.office import found
    from organization.scope import as_root
    from tests.conftest import DISTRICT, UNITS, VILLAGE
    from tests.factories import AccountFactory

    found(DISTRICT, "穗安区", [*UNITS.items(), *more.items()], is_demo=True)
    with as_root("bench", duty="sysadmin"):
        AccountFactory(role="clerk", unit=Unit.objects.get(code=VILLAGE), username=ACTOR)


def settle() -> None:
    """What the server does by itself within a minute, but now, when nothing is measured."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def copied_to_csv() -> float:
    """Seconds of COPY of the columns of a list, in its order: codes without names, numbers sealed as stored."""
    from django.db import connections

    with open(os.devnull, "wb") as nowhere, connections["owner"].cursor() as cursor:
        begun = perf_counter()
        cursor.copy_expert(COPY, nowhere)
        return perf_counter() - begun


COPY = """
COPY (
  SELECT c.unit_id, c.name, m.former_name, c.sex, c.birth_date, m.ethnicity, m.native_place, m.political, c.education,
         m.graduate_school, m.major, m.marital, m.occupation, m.military, m.document, m.id_sealed, m.phone_sealed,
         m.household, m.household_address, m.address, m.specialty, s.force, s.category, s.sponsor, s.share, s.post,
         s.grade, s.badge, e.name, s.started_on, s.contract_from, s.contract_until, s.ended_on, s.ending, m.remark
  FROM personnel_card c
  JOIN personnel_member m ON m.id = c.member_id
  JOIN personnel_assignment s ON s.member_id = c.member_id AND s.unit_id = c.unit_id
  LEFT JOIN organization_employer e ON e.id = s.employer_id
  ORDER BY c.unit_id, c.member_id
) TO STDOUT (FORMAT csv)
"""
