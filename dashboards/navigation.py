"""The links beside the site's name, for those who see people at all."""

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.asked import SEES_FIGURES

IMPORTS = "personnel.import_member"
CONFIRMATIONS = "personnel.view_rostersnapshot"


def site_nav(request) -> list[dict]:
    """[{label, url, current}]; nothing for the three administrators and for whoever is not logged in."""
    if not request.user.is_authenticated or not request.user.has_perm(SEES_FIGURES):
        return []
    pages = [
        (_("People"), reverse("admin:personnel_card_changelist")),
        (_("Strength"), reverse("dashboards:strength")),
        (_("Real names"), reverse("dashboards:realname")),
    ]
    if request.user.has_perm(CONFIRMATIONS):
        pages.append((_("Confirmation of lists"), reverse("admin:personnel_rostersnapshot_changelist")))
    if request.user.has_perm("personnel.view_contract"):
        pages.append((_("Contracts"), reverse("dashboards:contracts")))
    if request.user.has_perm("personnel.view_programme"):
        pages.append((_("Merger"), reverse("dashboards:merger")))
    if request.user.has_perm(IMPORTS):
        pages.append((_("Roster imports"), reverse("admin:personnel_rosterimport_changelist")))
    return [{"label": label, "url": url, "current": request.path == url} for label, url in pages]
