"""`manage.py makemessages`, which also knows N_: it marks sentences where Django is not loaded yet."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=N_"]
