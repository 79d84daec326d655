"""The admin site: the stock one, with a workbench for its front page."""

from django.contrib.admin import AdminSite
from django.urls import get_script_prefix
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from organization.accounts.site import DoorMixin


class QunfangSite(DoorMixin, AdminSite):
    site_header = _("Mass-prevention forces")
    site_title = _("Mass-prevention forces")
    index_title = _("Workbench")
    enable_nav_sidebar = True
    site_url = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._app_lists: dict[tuple, list] = {}

    def register(self, model_or_iterable, admin_class=None, **options):
        """Guarded pages only: libraries bring lists that know neither scope nor roles nor trail."""
        from organization.guarded_admin import GuardedAdmin

        if admin_class and issubclass(admin_class, GuardedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self):
        """Without the stock "view on site": no row has a page there, and it asks any table for any number."""
        return [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]

    def index(self, request, extra_context=None):
        from dashboards import workbench

        return super().index(request, workbench.context(request) | (extra_context or {}))

    def get_app_list(self, request, app_label=None):
        """The stock list of lists, built once for each role and language: rights are the role's alone."""
        account = request.user
        if app_label or not account.is_active:  # `is_active` of nobody is false
            return super().get_app_list(request, app_label)
        key = (account.role, get_language(), get_script_prefix(), len(self._registry))
        if key not in self._app_lists:
            self._app_lists[key] = [_plain(app) for app in super().get_app_list(request)]
        return self._app_lists[key]

    def each_context(self, request):
        from dashboards.navigation import site_nav

        return super().each_context(request) | {"site_nav": site_nav(request)}


def _plain(app: dict) -> dict:
    """An entry of the list with its names in the language of now, and what the sidebar's rows are called."""
    rows = [
        model | {"name": str(model["name"]), "row_class": f"model-{name}", "row_id": f"{app['app_label']}-{name}"}
        for model in app["models"]
        for name in [model["object_name"].lower()]
    ]
    return app | {"name": str(app["name"]), "models": rows}
