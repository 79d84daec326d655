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

    def index(self, request, extra_context=None):
        from dashboards import workbench

        return super().index(request, workbench.context(request) | (extra_context or {}))

    def each_context(self, request):
        from dashboards.navigation import site_nav

        return super().each_context(request) | {"site_nav": site_nav(request)}
