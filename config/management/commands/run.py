"""`manage.py run`: everything between a checkout and a serving site, then the site in the foreground.

PORT and HOST say where it listens, DEMO=0 leaves an empty database empty, DEMO_PASSWORD is the demo's password.
"""

import os
from contextlib import contextmanager

import environ
from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections
from django.utils.translation import gettext as _
from gunicorn.app.base import Application

from config import keeper, localpg, start, worker
from config.localpg import records

env = environ.Env()


class Site(Application):
    """gunicorn, inside this process: Django is loaded once, before the workers are forked."""

    def load_config(self):
        self.load_config_from_module_name_or_filename("python:config.gunicorn")

    def load(self):
        from config.wsgi import application

        return application


class Command(BaseCommand):
    requires_system_checks = []  # they ask for translated texts, which are compiled first

    def handle(self, *args, **options):
        host = os.environ.get("HOST") or "127.0.0.1"
        try:
            port = start.port_of(os.environ.get("PORT", ""))
            start.check_address(host, port)
            self.check()
            with self.database():
                with records.locked(settings.VAR_DIR):  # of two that start at once the second waits, and finds all done
                    self.prepare()
                connections.close_all()
                self.announce(host, port)
                with worker.beside():
                    Site().run()
        except KeyboardInterrupt:  # while preparing; a site that serves handles it itself
            raise SystemExit(130) from None
        except start.CannotStart as error:
            raise CommandError(str(error), returncode=2) from error
        except localpg.LocalPgError as error:
            raise CommandError(_(error.template) % error.values, returncode=2) from error

    @contextmanager
    def database(self):
        """The embedded server runs for as long as the site does, and longer where somebody else had started it."""
        cluster = settings.CLUSTER
        if cluster is None:
            yield
            return
        with records.locked(settings.VAR_DIR):
            is_ours = cluster.status() in ("absent", "stopped")
            cluster.start()
            cluster.ensure_database(settings.DATABASES["default"]["NAME"])
        guard = keeper.beside(settings.VAR_DIR, stop=is_ours)
        try:
            yield
        finally:
            connections.close_all()
            guard.communicate()

    def prepare(self):
        start.collect_static_files()
        try:
            self.prepare_database()
        except OperationalError:
            if settings.EMBEDDED:
                raise
            self.stderr.write(_("The database does not answer. The site starts and will serve as soon as it does."))

    def prepare_database(self):
        if not start.is_migrated():
            if not settings.EMBEDDED:
                raise start.CannotStart(
                    _("The database is of another version: run `manage.py migrate --database owner` first.")
                )
            self.stdout.write(_("The database is being prepared; this takes a few seconds."))
            start.migrate()
        start.refuse_powerful_login()
        self.check(tags=[Tags.database], databases=["default"])
        if settings.EMBEDDED and not settings.PRODUCTION and env.bool("DEMO", default=True) and start.is_empty():
            self.stdout.write(_("A fictional district is being loaded; this takes half a minute."))
            start.fill_with_demo()
        if start.is_empty():
            self.stdout.write(_("There is no office in this database yet: run `manage.py setup` in another window."))

    def announce(self, host, port):
        if (password := start.demo_password_file()).exists():
            self.stdout.write(_("The password of the demo accounts is in %(file)s.") % {"file": password})
        self.stdout.write(
            _("The site is at http://%(host)s:%(port)s/ (stop it with Ctrl-C).") % {"host": host, "port": port}
        )
        self.stdout.flush()
