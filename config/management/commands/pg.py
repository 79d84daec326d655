"""`manage.py pg`: start, stop, ask, enter and copy the embedded PostgreSQL server."""

import json
import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from config import localpg
from config.localpg.binaries import program

DATABASE = localpg.SITE  # the database has the name of the site's login


class Command(BaseCommand):
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.description = _("Start, stop, ask, enter or copy the embedded PostgreSQL server.")
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("start", help=_("start the server and create the database if it does not exist"))
        stop = actions.add_parser("stop", help=_("stop the server"))
        stop.add_argument("--mode", choices=["fast", "smart", "immediate"], default="fast")
        actions.add_parser("status", help=_("say whether the server runs; exit code 0 if it does"))
        # No option prefix: everything after `psql` is psql's own, also what begins with a dash.
        psql = actions.add_parser("psql", help=_("open psql as the superuser"), add_help=False, prefix_chars="\0")
        psql.add_argument("arguments", nargs="*")
        copy = actions.add_parser("dump", help=_("copy the database to a file that pg_restore reads"))
        copy.add_argument("-o", "--output", type=Path, help=_("the file; by default a new one in VAR_DIR/dumps"))

    def handle(self, *args, action, **options):
        if not settings.EMBEDDED:
            self.refuse(
                "other_server", _("DATABASE_URL points to another server; this command runs the embedded one only.")
            )
        cluster = localpg.cluster(settings.VAR_DIR)
        try:
            getattr(self, action)(cluster, options)
        except localpg.LocalPgError as error:
            self.refuse("database_refused", _(error.template) % error.values)

    def start(self, cluster, options):
        cluster.start()
        cluster.ensure_database(DATABASE)
        self.report(_("The database server is running."), status="running", socket=str(cluster.socket_dir))

    def stop(self, cluster, options):
        cluster.stop(options["mode"])
        self.report(_("The database server is stopped."), status=cluster.status())

    def status(self, cluster, options):
        status = cluster.status()
        sentences = {
            "absent": _("The database server has never been started here."),
            "stopped": _("The database server is stopped."),
            "starting": _("The database server is starting, recovering or shutting down."),
            "running": _("The database server is running."),
        }
        self.report(sentences[status], status=status, data=str(cluster.data))
        if status != "running":
            raise SystemExit(1)

    def psql(self, cluster, options):
        cluster.start()
        cluster.ensure_database(DATABASE)
        binary = str(program("psql"))
        os.execve(binary, [binary, *options["arguments"]], cluster.client_environment(DATABASE))  # noqa: S606 - no shell

    def dump(self, cluster, options):
        path = options["output"] or self.new_dump()
        cluster.start()
        size = localpg.dump(cluster, DATABASE, path)
        self.report(_("The database was copied to %(file)s.") % {"file": path}, file=str(path), bytes=size)

    def new_dump(self):
        directory = Path(settings.VAR_DIR) / "dumps"
        directory.mkdir(mode=0o700, exist_ok=True)
        return directory / f"{DATABASE}-{timezone.localtime():%Y%m%d-%H%M%S}.dump"

    def report(self, sentence, **facts):
        """The sentence for people, then one JSON line for scripts."""
        self.stderr.write(sentence, style_func=str)
        self.stdout.write(json.dumps(facts, ensure_ascii=False))

    def refuse(self, code, message):
        self.stdout.write(json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False))
        raise CommandError(message, returncode=2)
