#!/usr/bin/env python
"""Run a management command: `python manage.py help` lists them."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["run"]:
        # Before Django loads: models read their sentences while they load, and what is missing then stays missing.
        from config.catalogue import compile_stale

        compile_stale()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
