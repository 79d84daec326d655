"""`manage.py undo_import BATCH --as USER`: take a whole import back, or say who stands in the way."""

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from organization.refused_by_database import sentence
from organization.scope import as_account
from organization.scripted import PROBLEMS, CommandRefused, ScriptedCommand
from personnel.management.commands.import_roster import NEEDED
from personnel.models import RosterImport
from personnel.roster import undoing


class Command(ScriptedCommand):
    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.description = _("Undo an import: what it created goes, what it changed becomes what it was.")
        parser.add_argument("batch", help=_("number of the import"))

    def answer(self, *, username, batch, **options):
        account = self.account(username, NEEDED, _("This account's role imports no rosters."))
        try:
            with as_account(account, origin="undo_import", batch=str(batch)), transaction.atomic():
                return self.undone(batch, account)
        except DatabaseError as error:
            message = sentence(error)
            if message is None:
                raise
            raise CommandRefused("not_undone", message) from None

    def undone(self, batch, account):
        roster = RosterImport.objects.select_for_update(of=("self",)).filter(pk=int(batch) if batch.isdecimal() else 0)
        try:
            undone = undoing.undo(roster.get(), account)
        except RosterImport.DoesNotExist:
            raise CommandRefused("batch_not_found", _("There is no such import in your unit.")) from None
        table = {"batch": undone.batch, "undone": not undone.refused, "rows": undone.rows}
        return table | {
            "refused": [undoing.described(one) for one in undone.refused]
        }, PROBLEMS if undone.refused else 0
