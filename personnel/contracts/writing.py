"""Writing what was previewed: files locked, judged again, everything in one transaction or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from uuid import uuid4

from django.db import connection
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import Refusal
from organization.scope import current, entered
from personnel.contracts.merger_tasks import settle
from personnel.contracts.planning import Known, Row, digest
from personnel.models import Contract, Member

MOST = 1000
END = """
UPDATE personnel_contract c SET ended_on = t.day, ending = 'employer'
FROM unnest(%(contracts)s::bigint[], %(days)s::date[]) AS t (id, day) WHERE c.id = t.id
"""


class ContractsRefused(Refusal):
    """Nothing was written. Codes: nobody, too_many, nothing_left, changed_since, out_of_reach."""


def checked(keys: Sequence[int]) -> None:
    """Raises ContractsRefused before anything is read."""
    if not keys:
        raise ContractsRefused("nobody", _("Please tick the people whom this is about."))
    if len(keys) > MOST:
        raise ContractsRefused("too_many", _("At most %(most)d people at once; please narrow the list."), most=MOST)


def lock(members: Sequence[int]) -> None:
    """The files, in the order in which all bulk work locks them; a second press waits here."""
    list(Member.objects.filter(pk__in=members).select_for_update(of=("self",)).order_by("id_digest").values_list("pk"))


def create(rows: Sequence[Row]) -> None:
    """The contracts of these rows, and the end of those that end for them."""
    made = [row.contract for row in rows if row.contract]
    _end([(key, row.contract.starts_on) for row in rows if row.contract for key in row.ending])
    Contract.objects.bulk_create(made)
    settle([contract.member_id for contract in made])


def carry_out(
    planned: Callable[[], list[Row]],
    members: Sequence[int],
    seen: str,
    write: Callable[[Sequence[Row]], None] = create,
) -> int:
    """Write the plan whose digest was seen, in the caller's transaction; how many. Raises ContractsRefused."""
    lock(members)
    rows = planned()
    made = [row.contract for row in rows if row.contract]
    if not made:
        raise ContractsRefused("nothing_left", _("Nothing is left to be written: see below why."))
    if digest(rows) != seen:
        raise ContractsRefused("changed_since", _("Something was changed meanwhile; please look again."))
    with entered(replace(current(), batch=f"contracts-{uuid4()}")):
        write(rows)
    return len(made)


def sign(contracts: Sequence[int], account: Account, day: date) -> int:
    """Enter the day of signing of contracts that have none yet, in the caller's transaction; how many.

    Those of people whom another office writes are left as they are.
    """
    found = Contract.objects.meant().filter(pk__in=contracts)
    members = list(found.order_by().values_list("member", flat=True).distinct())
    lock(members)
    known = Known(members, account)
    members = [key for key, file in known.files.items() if known.is_ours(file)]
    found = found.filter(member__in=members)
    with entered(replace(current(), batch=f"contracts-{uuid4()}")):
        done = found.filter(signed_on=None).update(signed_on=day)
        settle(members)
    return done


def _end(ending: Sequence[tuple[int, date]]) -> None:
    if not ending:
        return
    with connection.cursor() as cursor:
        cursor.execute(END, {"contracts": [key for key, _day in ending], "days": [day for _key, day in ending]})
        if cursor.rowcount != len(ending):
            raise ContractsRefused("out_of_reach", _("Not all of these are yours to change; nothing was changed."))
