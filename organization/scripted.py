"""Commands that scripts rely on: they act as an account, and their last line of output is one JSON object.

Exit 0 is good, 1 says problems or questions, 2 refused.
"""

import json
import logging
import sys
from datetime import date
from functools import partial
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.asking import day_asked, unit_asked
from organization.models import Account, Unit
from organization.refusal import Refusal, StrOrPromise
from organization.scope import gate

PROBLEMS, REFUSED = 1, 2
log = logging.getLogger("qunfang.commands")


class CommandRefused(Refusal):
    """What a command does not do; it ends with 2 and `{"error": {"code", "message"}}`."""


class ScriptedCommand(BaseCommand):
    """Subclasses write `answer(**options)`, which returns the JSON object and the exit code, or raises a Refusal."""

    # Those of the admin pages and of deployment say nothing about a command.
    requires_system_checks = []

    def create_parser(self, prog_name, subcommand, **kwargs):
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.error = partial(self.misused, parser)  # type: ignore[method-assign]
        return parser

    def misused(self, parser, reason: str) -> NoReturn:
        """The command was called with arguments that it does not have, or without some that it needs."""
        message = _("The command was called wrongly (%(reason)s); --help tells how.") % {"reason": reason}
        self.say({"error": {"code": "arguments", "message": message}})
        if not parser.called_from_command_line:
            raise CommandError(message, returncode=REFUSED)
        parser.print_usage(sys.stderr)
        raise SystemExit(REFUSED)

    def add_arguments(self, parser):
        parser.add_argument("--as", dest="username", required=True, help=_("user name of the account that acts"))
        parser.add_argument("--json", action="store_true", help=_("print the JSON line only"))

    def handle(self, *args, **options):
        try:
            table, code = self.answer(**options)
        except Refusal as refusal:
            self.refuse(refusal, self.refusal_key(refusal))
        except (OperationalError, InterfaceError) as error:
            log.warning("the database: %s", error)
            self.refuse(CommandRefused("database_away", _("The database does not answer; nothing was saved.")))
        except Exception:  # a fault of the program: scripts are told that there was one, people find it in the log
            log.exception("the command failed")
            self.refuse(CommandRefused("fault", _("Something went wrong; nothing was saved.")))
        if not options["json"]:
            self.tell(table)
        self.say(table)
        if code:
            raise SystemExit(code)

    def answer(self, *args: Any, **options: Any) -> tuple[dict, int]:
        raise NotImplementedError

    def tell(self, table: dict) -> None:
        """Say it to people as well; the JSON line follows."""

    def refusal_key(self, refusal: Refusal) -> str:
        """Under which key of the JSON object a refusal is said."""
        return "error"

    def say(self, table: dict) -> None:
        self.stdout.write(json.dumps(table, ensure_ascii=False, default=str))

    def refuse(self, refusal: Refusal, key: str = "error") -> NoReturn:
        self.say({key: {"code": refusal.code, "message": str(refusal)}})
        raise CommandError(str(refusal), returncode=REFUSED) from None

    # --- what was asked for ---------------------------------------------------------------------------

    @staticmethod
    def account(username: str, needed: str, message: StrOrPromise) -> Account:
        """The active account of that name. Raises CommandRefused: account_not_found, not_allowed."""
        with gate():
            account = Account.objects.select_related("unit").filter(username__iexact=username, is_active=True).first()
        if account is None:
            raise CommandRefused("account_not_found", _("There is no active account of this name."))
        if not account.has_perm(needed):
            raise CommandRefused("not_allowed", message)
        return account

    @staticmethod
    def unit(text: str | None, account: Account) -> Unit:
        """The unit asked for, or the account's own. Raises CommandRefused: unit_not_found."""
        asked = account.unit if text is None else unit_asked(text, account)
        if asked is None:
            raise CommandRefused("unit_not_found", _("There is no such unit among yours."))
        return asked

    @staticmethod
    def day(text: str | None) -> date:
        """The day asked for, or today. Raises CommandRefused: day_malformed, day_in_future, day_too_early."""
        today = timezone.localdate()
        day = day_asked(text, today) if text is not None else today
        if isinstance(day, str):
            raise CommandRefused(f"day_{day}", _DAY_REFUSALS[day])
        return day


_DAY_REFUSALS = {
    "malformed": gettext_lazy("Please give the day as YYYY-MM-DD."),
    "in_future": gettext_lazy("This day lies in the future; figures are of days that have been."),
    "too_early": gettext_lazy("There are no figures of so early a day."),
}
