import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from organization.protection import Protect, sql_file

LINES_GO = """
UPDATE personnel_rosterimport SET counts = '{}', notices = '[]'
  WHERE committed_at IS NULL AND id IN (SELECT roster_id FROM personnel_stagedroster);
DELETE FROM personnel_stagedrow; DELETE FROM personnel_stagedblock;
DELETE FROM personnel_stagedwrite; DELETE FROM personnel_stagedroster;
"""
LISTS = {
    "sheets": models.PositiveSmallIntegerField(),
    "numbers": models.PositiveIntegerField(),
    "fates": models.CharField(max_length=9, blank=True),
    "effects": models.CharField(max_length=12, blank=True),
    "members": models.BigIntegerField(null=True),
}


class Migration(migrations.Migration):
    """What is to be done with a line stands in its block; rows of their own have those of which something is said.

    Rosters that wait are written in another way from here on: they are given up, and sent again. Rows that stayed behind
    when the rest of a roster was imported go with them.
    """

    dependencies = [("organization", "0016_trail_by_errand"), ("personnel", "0065_services_by_statement")]

    operations = [
        migrations.RunSQL(LINES_GO, LINES_GO),
        *(
            migrations.AddField("stagedblock", name, ArrayField(element, default=list), preserve_default=False)
            for name, element in LISTS.items()
        ),
        migrations.AlterField(
            "stagedrow",
            "roster",
            models.ForeignKey(
                "personnel.rosterimport",
                django.db.models.deletion.CASCADE,
                related_name="own_rows",
                db_index=False,
                db_constraint=False,
            ),
        ),
        migrations.CreateModel(
            name="StagedLine",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "roster_id", "sheet", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sheet", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("own_id", models.BigIntegerField(null=True)),
                ("cells", models.BinaryField(db_column="cells_sealed", null=True)),
                ("block_id", models.BigIntegerField(null=True)),
                ("is_skipped", models.BooleanField()),
                ("is_corrected", models.BooleanField()),
                ("fate", models.CharField(max_length=9)),
                ("effect", models.CharField(max_length=12)),
                ("refusal", models.CharField(max_length=20)),
                ("member_id", models.BigIntegerField(null=True)),
                ("findings", models.JSONField()),
                ("changes", models.JSONField()),
            ],
            options={"db_table": "personnel_stagedline", "managed": False},
        ),
        migrations.RunSQL(
            sql_file("personnel", "staged_lines"),
            "DROP VIEW personnel_stagedline;"
            " ALTER TABLE personnel_stagedblock DROP CONSTRAINT staged_block_has_one_of_each_for_a_line",
        ),
        Protect("personnel_stagedline", "view"),
    ]
