"""`manage.py compile_catalogue`: compile the translations that changed."""

from django.core.management.base import BaseCommand

from config.catalogue import compile_stale


class Command(BaseCommand):
    help = "Compile the message catalogues that are newer than their compiled files."
    requires_system_checks = []

    def handle(self, *args, **options):
        for written in compile_stale():
            self.stdout.write(str(written))
