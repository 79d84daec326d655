"""The people behind the figures of kit: who goes without, and who is still in the old scheme, on any day."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dashboards.asked import Asked
from dashboards.list_rows import change_page
from dashboards.lists import Listing
from organization.models import Unit
from personnel.figures.kit_issued import campaign_on
from personnel.kit import shortages

SEES_KIT = "personnel.view_kitissue"
HEADERS = (_("Person"), _("Unit"), pgettext_lazy("kit", "Missing"), _("Of an old scheme"))


def without(asked: Asked) -> list[shortages.Person]:
    return shortages.without(asked.day, asked.unit.code, asked.force)


def still_old(asked: Asked) -> list[shortages.Person]:
    campaign = campaign_on(asked.day)
    return shortages.still_old(campaign, asked.day, asked.unit.code, asked.force) if campaign else []


def people(rows: list[shortages.Person], asked: Asked):
    """People with the names of what they lack, and of what they hold of another scheme."""
    names = dict(Unit.objects.filter(pk__in={one.unit for one in rows}).values_list("code", "name"))
    for one in rows:
        cells = [names.get(one.unit, one.unit), *("、".join(map(str, items)) or "—" for items in (one.lacks, one.old))]
        url = change_page("personnel_member", one.member)
        yield {"label": one.name, "url": url, "cells": [{"value": cell} for cell in cells]}


KIT_LISTS = {
    "without-kit": Listing(_("Without all of the mandatory kit"), HEADERS, without, people, SEES_KIT),
    "old-kit": Listing(_("Still in the old scheme"), HEADERS, still_old, people, SEES_KIT),
}
