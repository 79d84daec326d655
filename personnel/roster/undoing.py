"""Taking a whole import back: what it created goes, what it changed becomes what it was, or nothing is touched."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.sql import SQL, Composable, Identifier, Literal

from organization import divisions, events, rights
from organization.models import Account, TrailEntry
from organization.refusal import Refusal
from organization.scope import current, entered
from personnel import bulk
from personnel.models import Assignment, Certificate, EmergencyContact, Member, RosterImport, TransferConsent
from personnel.roster.known import PERSON_COLUMNS, SERVICE_COLUMNS
from personnel.roster.newcomers import NULLABLE

WRITTEN = ("create", "change")
MOST_NAMED = 10
OUT_OF_REACH = _("Not everything that this import wrote is yours to take back, or it is too long ago.")
# How a column is read out of the stored JSON; text needs nothing.
READ_AS = (
    dict.fromkeys(("phone_sealed", "phone_digest"), "decode(r.stood ->> {0}, 'hex')")
    | dict.fromkeys(("started_on", "ended_on", "contract_from", "contract_until"), "(r.stood ->> {0})::date")
    | dict.fromkeys(("share", "share_from", "employer_id"), "(r.stood ->> {0})::bigint")
)


@dataclass(frozen=True)
class Later:
    """A file that stands in the way of an undo: whose it is, and who changed it when ("" where we may not know).

    `batches` are the imports and other batches that changed it, as the trail calls them.
    """

    member: int
    name: str
    changed_at: datetime
    by: str
    batches: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Undone:
    """What came of it: the rows that were taken back and the requests withdrawn, or the files that stand in the way;
    then nothing was touched."""

    batch: int
    rows: int = 0
    requests: int = 0
    refused: tuple[Later, ...] = ()


class NotUndoable(Refusal):
    """Codes: not_imported, already_undone, not_yours, out_of_reach, asked_for."""


def undo(roster: RosterImport, account: Account) -> Undone:
    """Take the import back in the caller's transaction, in which its record is locked. Raises NotUndoable.

    What hangs on a person all the same (an account for pay, say) makes the database refuse: IntegrityError.
    """
    check(roster, account)
    if later := later_changes(roster):
        return Undone(roster.pk, refused=tuple(later))
    _refuse_asked_for(roster)
    rows = roster.rows.filter(fate__in=WRITTEN).count()
    with entered(replace(current(), batch=str(roster.pk))):
        requests = _take_back(roster, account.name)
    events.record("import_undone", unit=roster.unit_id, roster=roster.pk, rows=rows)
    return Undone(roster.pk, rows, requests)


def _refuse_asked_for(roster: RosterImport) -> None:
    """Another unit has asked for people whom this import created: the question goes with the file, and so it stays."""
    created = roster.rows.filter(fate="create").values_list("member_id", flat=True)
    names = TransferConsent.objects.waiting().filter(member__in=created).values_list("member__name", flat=True)
    if names := sorted(set(names)):
        message = _("Other units have asked for these people; answer their requests first: %(names)s")
        shown = "、".join(names[:MOST_NAMED]) + ("……" if len(names) > MOST_NAMED else "")
        raise NotUndoable("asked_for", message, names=shown)


def check(roster: RosterImport, account: Account) -> None:
    """Raises NotUndoable where the account takes back nothing of this roster."""
    if roster.committed_at is None:
        raise NotUndoable("not_imported", _("This roster was not imported; there is nothing to undo."))
    if roster.undone_at:
        raise NotUndoable("already_undone", _("This import was undone already."))
    is_superior = divisions.level(account.unit_id) != divisions.level(roster.unit_id)
    keeps = rights.FORCES_WRITTEN.get(account.role or "", ())
    if roster.force and roster.force not in keeps:
        raise NotUndoable("not_yours", _("An import of this force is undone by an office that keeps it."))
    if roster.account != account.pk and not is_superior:
        raise NotUndoable("not_yours", _("An import is undone by who sent it, or by a superior unit."))


def is_offered(roster: RosterImport, account: Account) -> bool:
    """Whether the account may try to take this import back."""
    try:
        check(roster, account)
    except NotUndoable:
        return False
    return True


def later_changes(roster: RosterImport) -> list[Later]:
    """Members of the batch whose files somebody changed since, or that moved away. Holds the files until the commit."""
    written = roster.rows.filter(fate__in=WRITTEN).values_list("member_id", flat=True)
    touched = list(written)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name FROM personnel_member WHERE id = ANY (%s) ORDER BY id_digest FOR UPDATE", [touched]
        )
        names: dict[int, str] = dict(cursor.fetchall())
    # Plus nothing: the least of the bare numbers is looked for along their index, from the first entry of all onwards.
    first = TrailEntry.objects.filter(batch=str(roster.pk)).aggregate(first=Min(F("id") + 0))["first"]
    if touched and first is None:  # who changed what since cannot be told any more
        raise NotUndoable("out_of_reach", OUT_OF_REACH)
    imported_at = roster.committed_at or roster.sent_at
    # What was taken back left the files as they were; it may have been sent before this one, and imported after it.
    taken_back = RosterImport.objects.filter(committed_at__gte=imported_at, undone_at__isnull=False)
    ours = [str(roster.pk), *map(str, taken_back.values_list("pk", flat=True))]
    entries = TrailEntry.objects.filter(id__gt=first or 0, member__in=written).exclude(batch__in=ours)
    found, batches = {}, defaultdict[int | None, set[str]](set)
    for entry in entries.order_by("id"):
        found[entry.member] = (entry.at, entry.who)
        batches[entry.member].add(entry.batch or "")
    gone = sorted({member for member in touched if member is not None} - names.keys())
    for issued in Certificate.objects.filter(member__in=written, issued_at__gte=imported_at).order_by("id"):
        found.setdefault(issued.member_id, (issued.issued_at, issued.account_name))  # the trail does not tell of it
    away = [Later(member, "", imported_at, "") for member in gone]
    return away + [
        Later(key, names[key], *told, frozenset(batches[key])) for key, told in found.items() if key in names
    ]


def imports_among(refused: Iterable[Later]) -> QuerySet[RosterImport]:
    """The imports, as far as the reader sees them, that are to be undone before; the latest first, as it has to be."""
    batches = {int(batch) for later in refused for batch in later.batches if batch.isdecimal()}
    return RosterImport.objects.filter(pk__in=batches).order_by("-committed_at", "-pk")


def _take_back(roster: RosterImport, by: str) -> int:
    """How many requests were withdrawn."""
    with connection.cursor() as cursor, bulk.hashed(cursor):
        # The time of the transaction: the policies of deletion ask for exactly that.
        cursor.execute(
            "UPDATE personnel_rosterimport SET undone_at = now(), undone_by = %s WHERE id = %s", [by[:80], roster.pk]
        )
        cursor.execute(
            "UPDATE personnel_transferrequest t SET answer = 'withdrawn', answered_on = %s"
            " FROM personnel_importedline r WHERE r.roster_id = %s AND r.request_id = t.id AND t.answer = ''",
            [timezone.localdate(), roster.pk],
        )
        withdrawn: int = cursor.rowcount
        _restore(cursor, roster, Assignment, "service", (*SERVICE_COLUMNS, "share_from"))
        _restore(cursor, roster, Member, "member", ("phone_sealed", "phone_digest", *PERSON_COLUMNS))
        _delete(cursor, roster, EmergencyContact, "contact_id", SQL("r.contact_id IS NOT NULL"))
        _delete(cursor, roster, Assignment, "service_id", SQL("r.service_id IS NOT NULL"))
        _delete(cursor, roster, Member, "member_id", SQL("r.fate = 'create'"))
    return withdrawn


def _restore(cursor, roster: RosterImport, model, part: str, columns) -> None:
    """Put back what `before` says of a part ("member", "service"); what it does not name stays."""
    key = SQL("r.member_id") if part == "member" else SQL("(r.stood ->> 'id')::bigint")
    sets = SQL(", ").join(_set(column) for column in columns)
    cursor.execute(
        SQL(
            "UPDATE {table} t SET {sets} FROM (SELECT member_id, before -> {part} AS stood FROM personnel_importedline"
            " WHERE roster_id = %s AND before ? {part}) r WHERE t.id = {key}"
        ).format(table=Identifier(model._meta.db_table), sets=sets, part=Literal(part), key=key),
        [roster.pk],
    )
    _all_or_nothing(cursor, roster, SQL("before ? {}").format(Literal(part)))


def _set(column: str) -> Composable:
    read = SQL(READ_AS.get(column, "r.stood ->> {0}")).format(Literal(column))
    if column not in NULLABLE and column not in READ_AS:
        read = SQL("COALESCE({}, '')").format(read)
    return SQL("{0} = CASE WHEN r.stood ? {1} THEN {2} ELSE t.{0} END").format(
        Identifier(column), Literal(column), read
    )


def _delete(cursor, roster: RosterImport, model, column: str, created: Composable) -> None:
    cursor.execute(
        SQL("DELETE FROM {} t USING personnel_importedline r WHERE r.roster_id = %s AND {} AND r.{} = t.id").format(
            Identifier(model._meta.db_table), created, Identifier(column)
        ),
        [roster.pk],
    )
    _all_or_nothing(cursor, roster, created)


def _all_or_nothing(cursor, roster: RosterImport, wanted: Composable) -> None:
    """The policies pass over what the account may not write; an undo that left such rows behind would be a half one."""
    reached = cursor.rowcount
    cursor.execute(
        SQL("SELECT count(*) FROM personnel_importedline r WHERE r.roster_id = %s AND {}").format(wanted), [roster.pk]
    )
    if cursor.fetchone()[0] != reached:
        raise NotUndoable("out_of_reach", OUT_OF_REACH)


def described(later: Later) -> Mapping[str, Any]:
    """As scripts are told."""
    return {"member": later.member, "changed_at": later.changed_at.isoformat(), "by": later.by}
