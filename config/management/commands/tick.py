"""`manage.py tick`: what falls due. Staged rosters and unsaved work of yesterday, and jobs of last month go."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from organization import drafts, jobs
from personnel.roster import staging


class Command(BaseCommand):
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.description = _("Do what falls due: clear away expired rosters and old jobs.")

    def handle(self, **options):
        staging.clear_expired()
        drafts.clear_expired()
        jobs.forget_old()
