from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from config.health import health

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.failed"

urlpatterns = [
    path("health/", health, name="health"),
    path("language/", set_language, name="set_language"),
    path("dashboards/", include("dashboards.urls")),
    path("", include("organization.accounts.urls")),
    path("", admin.site.urls),
]
