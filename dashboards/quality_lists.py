"""The rows behind what the strength dashboard says of the register itself, on any day."""

from functools import partial

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dashboards.asked import Asked
from dashboards.list_rows import FILE, JOINING, files, joinings
from dashboards.lists import FILE_GAPS, Listing
from personnel.confirmation import pages
from personnel.figures import confirmation, entries, quality

SIGNED = (_("List of"), _("Force"), _("People serving"), _("Day of signing"), _("Signed by"))


def _people(figure, asked: Asked):
    return figure(asked.day, asked.within, asked.force).select_related("unit").order_by("unit_id", "id")


def _signed(asked: Asked):
    return confirmation.signed(asked.day, asked.within, asked.force)


def signed_lists(rows, asked: Asked):
    for snapshot in rows:
        signed_on = timezone.localtime(snapshot.signed_at).date().isoformat()
        cells = [snapshot.get_force_display(), snapshot.serving, signed_on, snapshot.account_name]
        yield {
            "label": snapshot.unit_name,
            "url": pages.url_of_list(snapshot.unit_id, snapshot.force),
            "cells": [{"value": cell} for cell in cells],
        }


QUALITY_LISTS = {
    "unseen-30": Listing(
        _("Serving for more than 30 days, document not seen"), FILE, partial(_people, quality.unseen), files
    ),
    "joined-over-age": Listing(FILE_GAPS["over-age"], JOINING, partial(_people, quality.over_age), joinings),
    "serving-over-age": Listing(FILE_GAPS["serving-over-age"], FILE, partial(_people, quality.serving_over_age), files),
    "joined-12-unapproved": Listing(FILE_GAPS["joined-unapproved"], FILE, partial(_people, entries.unapproved), files),
    "lists-signed": Listing(_("Lists signed"), SIGNED, _signed, signed_lists, pages.VIEW),
}
