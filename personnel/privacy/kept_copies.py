"""What withdrawals and merges keep of a person: whole rows as they once stood, opened and told in words."""

from collections.abc import Iterable
from typing import Any

from django.db.models import BinaryField, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from personnel.corrections.rows import Row, model_of
from personnel.models import DifferentPeople, FileMerge, Member, WithdrawnFile
from personnel.models.fields import Sealed, SealedField
from personnel.privacy.telling import Part, fields_of, spelled, told_rows


def files_of(member: Member) -> list[int]:
    """The file and those that it absorbed, one after the other: they are of one person."""
    found, new = [member.pk], [member.pk]
    while new:
        standing = FileMerge.objects.filter(survivor_id__in=new, undoing=None).exclude(absorbed_id__in=found)
        new = list(standing.values_list("absorbed_id", flat=True))
        found += new
    return found


def parts(member: Member) -> list[Part]:
    """Merges, withdrawals, pairs of different people, and the rows that were kept, a part for each table."""
    files = files_of(member)
    withdrawn = list(WithdrawnFile.objects.filter(member_id__in=files).order_by("pk"))
    merges = list(FileMerge.objects.filter(Q(survivor_id__in=files) | Q(absorbed_id__in=files)).order_by("pk"))
    return [_merges(merges), _withdrawn(withdrawn), _pairs(files), *_copies([
        *(each.file for each in withdrawn), *(each.before for each in merges),
    ], {*files})]  # fmt: skip


def _merges(found: Iterable[FileMerge]) -> Part:
    rows = [[spelled(each.merged_at), str(each), each.reason, each.account_name] for each in found]
    return Part(_("Merged files"), [_("Merged at"), _("Files"), _("Reason"), _("Merged by")], rows)


def _withdrawn(found: Iterable[WithdrawnFile]) -> Part:
    rows = [[spelled(each.withdrawn_at), each.name, each.reason, each.account_name] for each in found]
    return Part(_("Withdrawn files"), [_("Withdrawn at"), _("Name"), _("Reason"), _("Withdrawn by")], rows)


def _pairs(files: list[int]) -> Part:
    found = DifferentPeople.objects.filter(Q(first_id__in=files) | Q(second_id__in=files)).order_by("pk")
    rows = [[spelled(each.marked_at), each.names, each.reason, each.account_name] for each in found]
    return Part(_("Pairs of different people"), [_("Marked at"), _("People"), _("Reason"), _("Marked by")], rows)


def _copies(copies: Iterable[dict[str, Any]], files: set[int]) -> list[Part]:
    """The rows of these files alone: a merge that was taken back kept those of the other one too."""
    kept: dict[str, list[Row]] = {}
    for copy in copies:
        for table, rows in copy.items():
            mine = [row for row in rows if isinstance(row, dict) and _whose(table, row) in files]
            kept[table] = kept.get(table, []) + mine
    return [_part(table, rows) for table, rows in sorted(kept.items()) if rows]


def _whose(table: str, row: Row) -> int:
    return row["id"] if table == Member._meta.db_table else row["member_id"]


def _part(table: str, rows: list[Row]) -> Part:
    model = model_of(table)
    fields = [each for each in fields_of(model) if each.name != "member"]
    title = _("Kept of earlier: %(table)s") % {"table": model._meta.verbose_name_plural}
    told = told_rows([_row(model, row) for row in rows], fields)
    return Part(title, [capfirst(str(each.verbose_name)) for each in fields], told)


def _row(model, row: Row):
    """The row as it was; a column that has gone since is left out."""
    values = {}
    for each in model._meta.concrete_fields:
        value = row.get(each.column)
        if isinstance(each, BinaryField) and value is not None:
            blob = bytes.fromhex(value.removeprefix("\\x"))
            values[each.attname] = Sealed(blob) if isinstance(each, SealedField) else blob
        else:
            values[each.attname] = each.to_python(value)
    return model(**values)
