"""What kit work refuses, who may do what in it, and the rows that two people must not write at once."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import Refusal
from personnel.models import KitCampaign

VIEW, ISSUE, TAKE_BACK = "personnel.view_kitissue", "personnel.add_kitissue", "personnel.change_kitissue"
EXPORT, RUN, SIZES = "personnel.export_kitissue", "personnel.change_kitcampaign", "personnel.change_kitsize"
MOST = 1000  # people at once

# In the order in which all bulk work locks files, so that two of them wait for each other instead of dying.
LOCK_FILES = "SELECT id FROM personnel_member WHERE id = ANY (%s) ORDER BY id_digest FOR NO KEY UPDATE"


class KitRefused(Refusal):
    """Nothing was written. Codes: not_yours, nobody, too_many, opened_already, not_open, closed, nothing_mandatory,
    in_future, before_issue, unknown_size."""


def check(account: Account, right: str) -> None:
    """Raise KitRefused("not_yours") unless the account has the right."""
    if not account.has_perm(right):
        raise KitRefused("not_yours", _("This is not for your role."))


def check_people(members) -> None:
    """Raise KitRefused where nobody is named, or too many are."""
    if not members:
        raise KitRefused("nobody", _("Please choose the people."))
    if len(members) > MOST:
        raise KitRefused("too_many", _("At most %(most)d people at once; please narrow the list."), most=MOST)


def lock_files(members) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_FILES, [sorted(members)])


def locked(campaign: KitCampaign) -> KitCampaign:
    """The campaign with its row locked. Raises KitRefused where it is out of reach."""
    found = KitCampaign.objects.select_for_update(of=("self",)).filter(pk=campaign.pk).first()
    if found is None:
        raise KitRefused("not_yours", _("Only the office in charge does this."))
    return found


def check_running(campaign: KitCampaign) -> None:
    """Raise KitRefused unless kit is issued in this campaign now."""
    if campaign.opened_on is None:
        raise KitRefused("not_open", _("This campaign was not opened yet."))
    if campaign.closed_on is not None:
        raise KitRefused("closed", _("This campaign is closed; nothing is issued in it any more."))
