from django.urls import path

from organization import draft_pages
from organization.accounts import views

urlpatterns = [
    path("session/", views.session, name="session"),
    path("session/back/", views.session_back, name="session_back"),
    path("drafts/", draft_pages.unsaved, name="drafts"),
    path("drafts/<uuid:key>/", draft_pages.draft, name="draft"),
    path("second-factor/", views.verify, name="second_factor"),
    path("second-factor/setup/", views.set_up, name="second_factor_setup"),
]
