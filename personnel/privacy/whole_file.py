"""All that is kept of one person, in words, for that person (PIPL art. 45): found through the relations of the models.

A table that points to a member is in the copy without anybody's doing; what only names a member's key is listed here.
"""

from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import Model, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from organization import trail_labels
from organization.models import SecurityEvent
from personnel.models import (
    BackgroundCheck,
    Entry,
    FormerNumber,
    ImportedLine,
    Member,
    RosterImport,
    SnapshotEntry,
    TransferRequest,
)
from personnel.privacy import kept_copies
from personnel.privacy.telling import Part, fields_of, spelled, told_rows

# Tables about a member that are left out of the copy, and why.
LEFT_OUT = {
    "personnel.card": "the same as the file, derived by trigger",
    "personnel.dossier": "says that something hangs on the file, and that is in the copy itself",
    "personnel.importedrow": "some of the lines of imports, which are in the copy, all of them",
    **dict.fromkeys(
        ("personnel.stagedrow", "personnel.stagedline"),
        "a list that waits for its sender's confirmation, sealed, gone within a day",
    ),
    "organization.securityevent": "in the copy as looks at the file",
    "organization.trailentry": "earlier states of the same tables, masked; kept for the auditor",
}
# No foreign key, told below or in kept_copies.
BY_KEY = frozenset(
    {
        "personnel.importedline", "personnel.snapshotentry", "personnel.withdrawnfile", "personnel.entry",
        "personnel.backgroundcheck",
    }
)  # fmt: skip
TABLES = {"member": "personnel_member", "service": "personnel_assignment"}  # the parts of a line's earlier state
LOOKS = "SELECT at, kind, reason, who FROM looks_at_file(%s)"


def parts(member: Member) -> list[Part]:
    """The whole file; parts that are empty say so by having no rows."""
    return [
        _person(member),
        *(_table(relation, member) for relation in relations()),
        _table_by_key(Entry, member),
        _table_by_key(BackgroundCheck, member),
        _requests(member),
        _signed_lists(member),
        *kept_copies.parts(member),
        _imports(member),
        _looks(member),
    ]


def relations() -> list[Any]:
    """The relations that lead from a member to what is kept about it, those without a name of their own included."""
    found: list[Any] = list(Member._meta.get_fields(include_hidden=True))
    return [
        each
        for each in found
        if each.auto_created and not each.concrete and each.related_model._meta.label_lower not in LEFT_OUT
    ]


def _person(member: Member) -> Part:
    told = told_rows([member], fields := fields_of(Member))
    filled = [(capfirst(str(each.verbose_name)), text) for each, text in zip(fields, told[0], strict=True) if text]
    return Part(_("The person"), [_("Entry"), _("On record")], filled)


def _table(relation, member: Member) -> Part:
    model, pointing = relation.related_model, relation.field.name
    fields = [each for each in fields_of(model) if each.name != pointing]
    return _rows_of(model, fields, model._base_manager.filter(**{pointing: member.pk}))


def _table_by_key(model: type[Model], member: Member) -> Part:
    return _rows_of(model, fields_of(model), model._base_manager.filter(member_id=member.pk))


def _rows_of(model: type[Model], fields, found) -> Part:
    rows = list(found.order_by("pk"))
    header = [capfirst(str(each.verbose_name)) for each in fields]
    return Part(capfirst(str(model._meta.verbose_name_plural)), header, told_rows(rows, fields))


def _requests(member: Member) -> Part:
    """Units that asked for this person by number, as far as they are in sight."""
    former = FormerNumber.objects.standing().filter(member=member).values("number_digest")
    leads_here = Q(id_digest=member.id_digest) | Q(id_digest__in=former, name=member.name) | Q(consent__member=member)
    asked = TransferRequest.objects.filter(leads_here).select_related("unit").order_by("pk")
    rows = [[str(each.unit), spelled(each.asked_on), each.get_answer_display()] for each in asked]
    return Part(_("Transfer requests"), [_("Asking unit"), _("Asked on"), _("Answer")], rows)


def _signed_lists(member: Member) -> Part:
    """Lists that units signed, as far as they are in sight, and what was said of the person there."""
    lines = SnapshotEntry.objects.filter(member_id__in=kept_copies.files_of(member)).select_related("snapshot")
    fields = fields_of(SnapshotEntry)
    found = list(lines.order_by("pk"))
    told = told_rows(found, fields)
    rows = [
        [line.snapshot.unit_name, spelled(line.snapshot.signed_at), line.snapshot.account_name, *texts]
        for line, texts in zip(found, told, strict=True)
    ]
    header = [_("Unit"), _("Signed at"), _("Signed by"), *(capfirst(str(each.verbose_name)) for each in fields)]
    return Part(_("Confirmed lists"), header, rows)


def _imports(member: Member) -> Part:
    """Rosters that wrote to the file, and what stood there before."""
    files = kept_copies.files_of(member)
    lines = sorted((line for key in files for line in ImportedLine.objects.about(key)), key=attrgetter("pk"))
    rosters = RosterImport.objects.in_bulk({line.roster_id for line in lines})
    rows = [[*_roster(rosters.get(line.roster_id)), line.get_fate_display(), _before(line)] for line in lines]
    header = [_("File"), _("Sent at"), _("Sent by"), _("What became of the line"), _("What stood there before")]
    return Part(_("Roster imports"), header, rows)


def _roster(roster: RosterImport | None) -> list[str]:
    return [roster.file_name, spelled(roster.sent_at), roster.account_name] if roster else ["", "", ""]


def _before(line: ImportedLine) -> str:
    """Names and values; ciphertext of numbers is not told, since it says nothing to anybody."""
    found = []
    for part, values in (line.before or {}).items():
        columns = trail_labels.columns_of(TABLES.get(part, ""))
        for name, value in values.items():
            if name in columns and not name.endswith(("_sealed", "_digest")):
                column = columns[name]
                found.append(f"{column.label}: {column.choices.get(value, value)}")
    return "；".join(found)


def _looks(member: Member) -> Part:
    kinds = dict(SecurityEvent.Kind.choices)
    with connection.cursor() as cursor:
        cursor.execute(LOOKS, [member.pk])
        found = cursor.fetchall()
    rows = [[spelled(at), who, str(kinds.get(kind, kind)), reason] for at, kind, reason, who in found]
    return Part(_("Who looked at the file"), [_("Time"), _("Who"), _("What was done"), _("Reason")], rows)
