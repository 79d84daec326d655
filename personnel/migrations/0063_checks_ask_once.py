from django.db import migrations

from organization.protection import sql_file


class Migration(migrations.Migration):
    """Policies check new rows with settings that are asked once a statement.

    Rosters that wait are written in another way from here on: their lines go, and they are sent again.
    """

    dependencies = [("organization", "0016_trail_by_errand"), ("personnel", "0062_staged_block_walls")]

    operations = [
        migrations.RunSQL(sql_file("personnel", "checks_ask_once"), migrations.RunSQL.noop),
        migrations.RunSQL(
            "DELETE FROM personnel_stagedrow; DELETE FROM personnel_stagedblock;"
            " DELETE FROM personnel_stagedwrite; DELETE FROM personnel_stagedroster",
            migrations.RunSQL.noop,
        ),
    ]
