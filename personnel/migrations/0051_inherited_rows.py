from django.db import migrations

from organization.inheritance import INHERITED_HERE, Inherit

# What stays with the code of the unit where it happened: cards, services, posts held, and what was decided or signed.
STAYS = (
    "card", "assignment", "appointment", "transferrequest", "transferconsent", "rostersnapshot", "snapshotentry",
    "certificate", "rosterimport", "importedrow", "assessment", "appeal", "placement",
)  # fmt: skip


class Migration(migrations.Migration):
    """Who took the place of a closed unit reads its past, and the filters that its accounts shared."""

    dependencies = [("personnel", "0050_finer_unit_statistics"), ("organization", "0015_inheritance")]

    operations = [
        *(Inherit(f"personnel_{table}") for table in STAYS),
        Inherit("personnel_savedfilter", besides="is_shared", units=INHERITED_HERE),
    ]
