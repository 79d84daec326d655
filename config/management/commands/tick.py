"""`manage.py tick`: what falls due. Staged rosters, unsaved work and old jobs go, requests nobody answered lapse, who
was not taken in is forgotten."""

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from organization import drafts, jobs
from personnel.entries import forgetting
from personnel.roster import staging
from personnel.transfers import lapsing


class Command(BaseCommand):
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.description = _(
            "Do what falls due: clear away expired rosters and old jobs, let unanswered requests lapse."
        )

    def handle(self, **options):
        staging.clear_expired()
        drafts.clear_expired()
        jobs.forget_old()
        lapsing.lapse(timezone.localdate())
        forgetting.forget(timezone.localdate())
