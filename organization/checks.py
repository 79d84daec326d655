"""What must be so before the site serves: `manage.py check --database default`."""

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.utils.translation import gettext_lazy as _


@register(Tags.database)
def no_demonstration_in_production(app_configs=None, databases=None, **kwargs):
    """A demonstration has accounts with a known password and without second factor."""
    from organization.accounts.middleware import is_demo
    from organization.scope import gate

    if not settings.PRODUCTION or "default" not in (databases or ()):
        return []
    with gate():
        if not is_demo():
            return []
    return [
        Error(_("This database is a demonstration. Production settings refuse to serve it."), id="organization.E001")
    ]
