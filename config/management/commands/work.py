"""`manage.py work`: does the long jobs of the site, and what falls due. `run` starts it beside the site."""

import select
import sys
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connections
from django.utils.translation import gettext as _

from organization import jobs

LOOK_EVERY_SECONDS = 1
TICK_EVERY_SECONDS = 600


class Command(BaseCommand):
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.description = _("Do the long jobs of the site, and what falls due.")
        parser.add_argument("--once", action="store_true", help=_("do what waits now, then end"))
        parser.add_argument("--beside", action="store_true", help=_("end when standard input ends"))

    def handle(self, *, once, beside, **options):
        if once:
            jobs.work_off()
            call_command("tick")
            return
        next_tick = 0.0
        while not (beside and _input_ended()):
            try:
                jobs.work_off()
                if time.monotonic() >= next_tick:
                    next_tick = time.monotonic() + TICK_EVERY_SECONDS
                    call_command("tick")
            except (OperationalError, InterfaceError):  # the server is away; it is asked again
                connections["default"].close()
                next_tick = 0.0
            if not beside:
                time.sleep(LOOK_EVERY_SECONDS)


def _input_ended() -> bool:
    """Whether whoever started this is gone; waits a moment for it."""
    return bool(select.select([sys.stdin], [], [], LOOK_EVERY_SECONDS)[0])
