"""`manage.py figures`: all figures of a day as one line of JSON, as the given account may see them."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from organization.asking import day_asked, unit_asked
from organization.belonging import reach
from organization.models import Account
from organization.scope import as_account, gate
from personnel import figures
from personnel.models import Force

# The right that the lists behind the figures need; the three administrators see no business data.
NEEDED = "personnel.view_card"


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Command(BaseCommand):
    # Those of the admin pages and of deployment say nothing about a command that only reads.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.description = _("Print the figures of a day as an account may see them.")
        parser.add_argument("--as", dest="username", required=True, help=_("user name of the account that looks"))
        parser.add_argument("--on", dest="day", help=_("the day, YYYY-MM-DD; today if left out"))
        parser.add_argument("--unit", help=_("code of the account's own unit or of one below it"))
        parser.add_argument("--force", help=_("one force: %(forces)s") % {"forces": ", ".join(Force.values)})
        parser.add_argument("--json", action="store_true", help=_("print the JSON line only"))

    def handle(self, *args, **options):
        try:
            table = self.table(**options)
        except Refused as refusal:
            error = {"code": refusal.code, "message": str(refusal)}
            self.stdout.write(json.dumps({"error": error}, ensure_ascii=False))
            raise CommandError(str(refusal), returncode=2) from None
        if not options["json"]:
            for name, value in table.items():
                self.stdout.write(f"{name:36}{value:>12,.4f}" if isinstance(value, float) else f"{name:36}{value:>12,}")
        self.stdout.write(json.dumps(table, ensure_ascii=False))

    def table(self, *, username, day, unit, force, **options):
        account = self.account(username)
        with as_account(account, origin="figures"):
            if unit is not None:
                asked = unit_asked(unit, account)
                if asked is None:
                    raise Refused("unit_not_found", _("There is no such unit among yours."))
            else:
                asked = account.unit
            return figures.flat(self.day(day), reach(asked.code), self.force(force))

    def account(self, username):
        with gate():
            account = Account.objects.select_related("unit").filter(username__iexact=username, is_active=True).first()
        if account is None:
            raise Refused("account_not_found", _("There is no active account of this name."))
        if not account.has_perm(NEEDED):
            raise Refused("not_allowed", _("This account's role sees no figures."))
        return account

    def day(self, text):
        today = timezone.localdate()
        day = day_asked(text, today) if text is not None else today
        if isinstance(day, str):
            raise Refused(f"day_{day}", DAY_REFUSALS[day]())
        return day

    def force(self, text):
        if text is not None and text not in Force.values:
            forces = ", ".join(Force.values)
            raise Refused("force_not_found", _("There is no such force; there are: %(forces)s") % {"forces": forces})
        return text


DAY_REFUSALS = {
    "malformed": lambda: _("Please give the day as YYYY-MM-DD."),
    "in_future": lambda: _("This day lies in the future; figures are of days that have been."),
    "too_early": lambda: _("There are no figures of so early a day."),
}
