"""Begin a real office: `manage.py setup`, which asks, or `manage.py setup --no-input --root CODE --name NAME`."""

import json
import sys
from dataclasses import asdict

from django.core.management.base import BaseCommand
from django.db import ProgrammingError
from django.utils.translation import gettext as _

from organization import division_table, founding
from organization.divisions import DivisionCodeError, format_code, parse_code
from organization.models import Role
from organization.refusal import Refusal

REFUSED = 2


class Command(BaseCommand):
    help = "Founds a real office with its divisions and its three administrators, whose passwords are printed once."

    def add_arguments(self, parser):
        parser.add_argument("--root", help="code of the office: 6 or 12 digits of its district, city or province")
        parser.add_argument("--name", help="name of the office, such as that of its district")
        parser.add_argument("--divisions", metavar="FILE.csv", help="its towns and villages: columns code,name")
        for role in founding.ADMINISTRATORS:
            parser.add_argument(f"--{role}", metavar="NAME", help=f"full name of the {Role(role).name.lower()}")
        parser.add_argument("--no-input", action="store_true", help="ask nothing; what is not given is refused")
        parser.add_argument(
            "--json", action="store_true", help="nothing but the one line of JSON that always comes last"
        )

    def handle(self, *, root, name, divisions, no_input, **options):
        self.asks = not no_input
        try:
            root = parse_code(root or self.answer(_("Code of the office (6 or 12 digits)")))
            name = name or self.answer(_("Name of the office"))
            holders = {role: self.holder(role, options[role]) for role in founding.ADMINISTRATORS}
            rows = division_table.read(divisions) if divisions else ()
            issued = founding.set_up(root, name, holders, rows)
        except (Refusal, DivisionCodeError) as refusal:
            self.refuse(refusal.code, str(refusal), refusal.params.get("problems", ()))
        except ProgrammingError:
            self.refuse(
                "not_migrated", _("The database has no tables yet. Run `manage.py migrate --database owner`."), ()
            )
        if not options["json"]:
            self.tell(root, name, issued)
        self.say({"root": root, "name": name, "accounts": [asdict(account) for account in issued]})

    def answer(self, question):
        return input(f"{question}: ").strip() if self.asks else ""

    def holder(self, role, given):
        """Who holds an administrator's account; without an answer, the role's own name."""
        title = str(Role(role).label)
        return given or self.answer(_("Full name of the %(role)s") % {"role": title}) or title

    def tell(self, root, name, issued):
        self.stderr.write(_("%(name)s (%(code)s) was set up.") % {"name": name, "code": format_code(root)})
        for account in issued:
            self.stderr.write(f"  {account.username:10} {account.password}   {account.name}")
        self.stderr.write(
            _("These passwords are shown only now, work once within 72 hours and are changed at the first login.")
        )

    def refuse(self, code, message, problems):
        for problem in problems:
            self.stderr.write(_("Line %(line)d: %(message)s") % {"line": problem.line, "message": problem.message})
        self.stderr.write(message)
        self.say({"refused": {"code": code, "message": message}})
        sys.exit(REFUSED)

    def say(self, answer):
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
