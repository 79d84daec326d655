"""Load a real table of divisions: `manage.py load_divisions FILE.csv`."""

import json
import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from organization import division_table
from organization.divisions import DivisionCodeError, parse_code
from organization.models import Installation, Unit

PROBLEMS, REFUSED = 1, 2


class Command(BaseCommand):
    help = "Loads towns and villages from a CSV file with the columns code,name (代码,名称). Absence closes nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", help="CSV in UTF-8, UTF-16 or GB18030; codes of 6, 9 or 12 digits")
        parser.add_argument("--root", help="code of the unit below which the table lies; the office's own by default")
        parser.add_argument("--check", action="store_true", help="judge the table and write nothing")
        parser.add_argument(
            "--json", action="store_true", help="nothing but the one line of JSON that always comes last"
        )

    def handle(self, *, file, root, check, **options):
        try:
            rows = division_table.read(file)
            plan = division_table.load(rows, root=parse_code(root) if root else None, check=check)
        except division_table.UnreadableTable as refusal:
            self.refuse("refused", refusal.code, str(refusal))
        except Installation.DoesNotExist:
            self.refuse("refused", "no_installation", _("There is no office yet. Run `manage.py setup` first."))
        except (Unit.DoesNotExist, DivisionCodeError):
            self.refuse(
                "error", "unit_not_found", _("This office has no unit with the code %(code)s.") % {"code": root}
            )
        problems = [
            {"line": problem.line, "column": problem.column, "code": problem.code, "message": str(problem.message)}
            for problem in plan.problems
        ]
        if not options["json"]:
            self.tell(plan, problems, check=check)
        self.say(
            {"new": len(plan.new), "renamed": len(plan.renamed), "unchanged": plan.unchanged, "problems": problems}
        )
        if problems:
            sys.exit(PROBLEMS)

    def tell(self, plan, problems, *, check):
        for problem in problems:
            self.stderr.write(_("Line %(line)d: %(message)s") % problem)
        if problems:
            self.stderr.write(_("Nothing was loaded. Correct these lines and load the whole file again."))
        elif check:
            self.stderr.write(_("The table is in order; nothing was written."))
        else:
            self.stderr.write(
                _("%(new)d new, %(renamed)d renamed.") % {"new": len(plan.new), "renamed": len(plan.renamed)}
            )

    def refuse(self, kind, code, message):
        self.stderr.write(message)
        self.say({kind: {"code": code, "message": message}})
        sys.exit(REFUSED)

    def say(self, answer):
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
