"""`manage.py demo`: fill an empty database with the fictional district 穗安区."""

import json
import os
import secrets
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone
from django.utils.translation import gettext as _

from organization import divisions
from organization.refusal import Refusal
from personnel.demo.large import Loaded, load_large
from personnel.demo.load import DemoRefused, load, refuse_if_founded
from personnel.demo.logins import logins
from personnel.demo.places import DISTRICT, DISTRICT_NAME

LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"
SCALES = ("district", "city", "province")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


def generated_password() -> str:
    """Sixteen letters and digits that nobody mistakes for one another, in four groups."""
    return "-".join("".join(secrets.choice(LEGIBLE) for _ in range(4)) for _ in range(4))


class Command(BaseCommand):
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.description = _(
            "Fill an empty database with the fictional district 穗安区, its people and its accounts."
        )
        parser.add_argument("--seed", type=int, default=1, help=_("same seed and day, same people"))
        parser.add_argument(
            "--day", help=_("the day on which the document's numbers hold (YYYY-MM-DD); today by default")
        )
        parser.add_argument(
            "--scale",
            choices=SCALES,
            default="district",
            help=_("one district, a city of eleven, or a province of a hundred and twenty with three million people"),
        )
        parser.add_argument("--share", type=float, default=1.0, help=_("fewer people of the same units, such as 0.05"))
        parser.add_argument("--if-empty", action="store_true", help=_("do nothing, quietly, where an office exists"))
        parser.add_argument("--json", action="store_true", help=_("end with one line of JSON: day, units, accounts"))

    def handle(self, *args, seed, day, scale, share, if_empty, json, **options):
        try:
            if if_empty and self.is_founded():
                return
            self.check_production()
            password = os.environ.get("DEMO_PASSWORD") or generated_password()
            made = self.load(self.day(day), seed, password, scale, share)
        except Refusal as refusal:
            self.refuse(refusal.code, str(refusal))
        except Error as error:
            self.refuse(
                "database", _("The database is not ready: run `manage.py migrate --database owner`.") + f" ({error})"
            )
        self.tell(made, password, scale)
        if json:
            self.stdout.write(summary(made, scale))

    def load(self, day, seed, password, scale, share):
        if not 0 < share <= 1:
            raise DemoRefused("share", _("The share of people lies above 0 and is 1 at most."))
        if scale != "district":
            return load_large(day, seed, password, scale, share=share, tell=self.progress)
        made = load(day, seed, password, share)
        units = [(DISTRICT, DISTRICT_NAME), *((unit.code, unit.name) for unit in made.units)]
        return Loaded(day, units[0], units, len(made.people), len(made.services))

    def progress(self, number, of, people):
        said = _("%(number)d of %(of)d districts, %(people)d people") % {"number": number, "of": of, "people": people}
        self.stderr.write(said, style_func=str)

    @staticmethod
    def is_founded():
        try:
            refuse_if_founded()
        except DemoRefused:
            return True
        return False

    @staticmethod
    def check_production():
        if settings.PRODUCTION:
            raise DemoRefused("production", _("The demo district has no place in production."))

    @staticmethod
    def day(text):
        if text is None:
            return timezone.localdate()
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or not FIRST_DAY <= day <= LAST_DAY:
            message = _("%(day)s is no day between %(first)s and %(last)s; write it as YYYY-MM-DD.")
            raise DemoRefused("day", message, day=text, first=FIRST_DAY, last=LAST_DAY)
        return day

    def tell(self, made, password, scale):
        """For people: what was loaded, and how to come in."""
        counts = {"people": made.people, "services": made.services, "day": made.day}
        self.stderr.write(
            _("Demo district of %(day)s: %(people)d people, %(services)d services.") % counts, style_func=str
        )
        for login in logins(scale):
            self.stderr.write(f"  {login.username:<11} {login.role:<11} {login.unit_id}  {login.name}", style_func=str)
        self.stderr.write(_("Password of all accounts: %(password)s") % {"password": password}, style_func=str)

    def refuse(self, code, message):
        self.stdout.write(json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False))
        raise CommandError(message, returncode=2)


def summary(made, scale) -> str:
    """The one line for scripts; no password in it."""
    named = sorted({made.root, *made.units})
    units = [{"code": code, "name": name, "kind": divisions.kind(code)} for code, name in named]
    accounts = [{"username": login.username, "role": login.role, "unit": login.unit_id} for login in logins(scale)]
    return json.dumps({"day": made.day.isoformat(), "units": units, "accounts": accounts}, ensure_ascii=False)
