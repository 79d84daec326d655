"""`manage.py figures`: all figures of a day as one line of JSON, as the given account may see them."""

from django.utils.translation import gettext as _

from organization.belonging import reach
from organization.scope import as_account
from organization.scripted import CommandRefused, ScriptedCommand
from personnel import figures
from personnel.models import Force

# The right that the lists behind the figures need; the three administrators see no business data.
NEEDED = "personnel.view_card"


class Command(ScriptedCommand):
    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.description = _("Print the figures of a day as an account may see them.")
        parser.add_argument("--on", dest="day", help=_("the day, YYYY-MM-DD; today if left out"))
        parser.add_argument("--unit", help=_("code of the account's own unit or of one below it"))
        parser.add_argument("--force", help=_("one force: %(forces)s") % {"forces": ", ".join(Force.values)})

    def answer(self, *, username, day, unit, force, **options):
        account = self.account(username, NEEDED, _("This account's role sees no figures."))
        with as_account(account, origin="figures"):
            asked = self.unit(unit, account)
            return figures.flat(self.day(day), reach(asked.code), self.force(force)), 0

    def tell(self, table):
        for name, value in table.items():
            self.stdout.write(f"{name:36}{value:>12,.4f}" if isinstance(value, float) else f"{name:36}{value:>12,}")

    def force(self, text):
        if text is not None and text not in Force.values:
            forces = ", ".join(Force.values)
            raise CommandRefused(
                "force_not_found", _("There is no such force; there are: %(forces)s") % {"forces": forces}
            )
        return text
