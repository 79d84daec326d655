"""Writing what was previewed: under locks, judged again, in one statement a table, under one batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from organization.models import Account, TrailEntry
from organization.refusal import Refusal
from organization.scope import current, entered
from personnel.bulk_edit.fields import OF_SERVICE, writable
from personnel.bulk_edit.planning import Row, plan
from personnel.models import Assignment, Member

MOST = 500


class EditRefused(Refusal):
    """Codes: too_many, nobody, not_yours, done_already, out_of_reach."""


@dataclass(frozen=True)
class Done:
    """How many people were changed; or whose files somebody changed since the preview, and then nobody's was."""

    people: int = 0
    changed_since: tuple[str, ...] = ()


def version(members: Sequence[int]) -> int:
    """The last change of any of these files; the preview carries it and hands it back."""
    return TrailEntry.objects.filter(member__in=members).aggregate(last=Max("id"))["last"] or 0


def checked(members: Sequence[int], values: Mapping, account: Account) -> None:
    """Raises EditRefused before anything is read."""
    if not members:
        raise EditRefused("nobody", _("Please choose the people whose entries are to change."))
    if len(members) > MOST:
        raise EditRefused("too_many", _("At most %(most)d people at once; please narrow the list."), most=MOST)
    if values.keys() - {field.key for field in writable(account)}:
        raise EditRefused("not_yours", _("Your role does not write all of these fields."))


def carry_out(members: Sequence[int], values: Mapping, account: Account, day: date, *, seen: int, batch: str) -> Done:
    """Write it for all who are not left out. Raises EditRefused; a batch that was written is not written again."""
    checked(members, values, account)
    # In the order in which imports lock them; a second press waits here, and then finds the batch.
    locked = Member.objects.filter(pk__in=members).select_for_update(of=("self",)).order_by("id_digest")
    names = dict(locked.values_list("pk", "name"))
    since = TrailEntry.objects.filter(member__in=members, id__gt=seen)
    if since.filter(batch=batch).exists():
        raise EditRefused("done_already", _("This was carried out already."))
    changed = {entry.member for entry in since}
    if changed:
        return Done(changed_since=tuple(name for key, name in names.items() if key in changed))
    rows = [row for row in plan(members, values, account, day) if not row.skipped]
    with entered(replace(current(), batch=batch)):
        _write(rows, values)
    return Done(people=len(rows))


def _write(rows: list[Row], values: Mapping) -> None:
    of_service = {key: value for key, value in values.items() if key in OF_SERVICE}
    of_person = {key: value for key, value in values.items() if key not in OF_SERVICE}
    people = [row.member for row in rows if row.has_person]
    services = [row.service for row in rows if row.service]
    for model, keys, sets in ((Member, people, of_person), (Assignment, services, of_service)):
        if keys and sets and model.objects.filter(pk__in=keys).update(**sets) != len(keys):
            # The policies pass over what the account may not write; a part would be half done.
            raise EditRefused("out_of_reach", _("Not all of these are yours to change; nothing was changed."))
