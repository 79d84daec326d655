"""The same models in Django's own admin, without our parts: what a list costs anyway. Urls of the bench."""

from django.contrib.admin import AdminSite, ModelAdmin
from django.urls import include, path

from organization.models import Account, Employer, Post, TrailEntry, Unit
from personnel.models import Card


class StockSite(AdminSite):
    def has_permission(self, request):
        return request.user.is_authenticated


class StockAdmin(ModelAdmin):
    list_per_page = 50

    def has_view_permission(self, request, obj=None):
        return True


site = StockSite(name="stock")


def _register(model, columns, filters=()):
    site.register(
        model, type(f"Stock{model.__name__}", (StockAdmin,), {"list_display": columns, "list_filter": filters})
    )


_register(Card, ["name", "sex", "birth_date", "unit", "pinyin", "mask", "education", "member_id"], ["sex", "education"])
_register(Unit, ["code", "name"])
_register(Employer, ["name", "unit", "nature"], ["nature"])
_register(Post, ["unit", "title"], ["title"])
_register(Account, ["username", "name", "unit", "role", "is_active", "last_login"], ["role", "is_active"])
_register(TrailEntry, ["at", "action", "table", "row", "unit", "request"], ["action"])

urlpatterns = [path("stock/", site.urls), path("", include("config.urls"))]
handler400, handler403, handler404, handler500 = (
    f"config.errors.{name}" for name in ("bad_request", "forbidden", "not_found", "failed")
)
