"""The admin site: the stock one, with a workbench for its front page."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _

from organization.accounts.site import DoorMixin


class QunfangSite(DoorMixin, AdminSite):
    site_header = _("Mass-prevention forces")
    site_title = _("Mass-prevention forces")
    index_title = _("Workbench")
    enable_nav_sidebar = True
    site_url = None

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

    def each_context(self, request):
        from dashboards.navigation import site_nav

        return super().each_context(request) | {"site_nav": site_nav(request)}
