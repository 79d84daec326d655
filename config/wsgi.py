"""What gunicorn serves; nothing by a login that sees too much, or from a database with a hole in its walls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()


def _prove() -> None:
    from django.db import connections

    from organization.checks import refuse_unsafe_start

    refuse_unsafe_start()
    connections.close_all()  # the server forks after loading this: its processes must not share a connection


_prove()
