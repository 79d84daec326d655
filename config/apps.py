from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SiteConfig(AdminConfig):
    default_site = "config.site.QunfangSite"


class CommandsConfig(AppConfig):
    """Lets `manage.py` find the commands of config/."""

    name = "config"
