import django.db.models.deletion
from django.db import migrations, models

import organization.constraints
from organization.protection import Protect, sql_file


class Migration(migrations.Migration):
    """A row between a member and all that seldom hangs on it, so that whoever goes or moves asks few tables."""

    dependencies = [
        ("organization", "0012_draft_walls"),
        ("personnel", "0030_prepared_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dossier",
            fields=[
                (
                    "member",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="personnel.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="organization.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "dossier",
                "verbose_name_plural": "dossiers",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "member"), name="dossier_by_unit"),
                    organization.constraints.CompositeForeignKey(
                        columns=("unit_id", "member_id"),
                        goes_along=True,
                        name="dossier_follows_member",
                        target="personnel_member",
                        target_columns=("unit_id", "id"),
                    ),
                ],
            },
        ),
        Protect("personnel_dossier", "hub", key="member_id"),
        migrations.RunSQL(sql_file("personnel", "dossier"), "DROP FUNCTION open_dossier()"),
    ]
