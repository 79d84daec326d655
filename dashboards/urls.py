from django.contrib.admin import site
from django.urls import path

from dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("contracts/", site.admin_view(views.contracts), name="contracts"),
    path("discipline/", site.admin_view(views.discipline), name="discipline"),
    path("merger/", site.admin_view(views.merger), name="merger"),
    path("strength/", site.admin_view(views.strength), name="strength"),
    path("turnover/", site.admin_view(views.turnover), name="turnover"),
    path("realname/", site.admin_view(views.realname), name="realname"),
    path("lists/<slug:slug>/", site.admin_view(views.listing), name="listing"),
]
