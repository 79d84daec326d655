from django.db import migrations

from organization.protection import sql_file


LINES_GO = """
UPDATE personnel_rosterimport SET counts = '{}', notices = '[]'
  WHERE committed_at IS NULL AND id IN (SELECT roster_id FROM personnel_stagedroster);
DELETE FROM personnel_stagedrow; DELETE FROM personnel_stagedblock;
DELETE FROM personnel_stagedwrite; DELETE FROM personnel_stagedroster;
"""


class Migration(migrations.Migration):
    """Policies check new rows with settings that are asked once a statement.

    Rosters that wait are written in another way from here on: they are given up, and sent again.
    """

    dependencies = [("organization", "0016_trail_by_errand"), ("personnel", "0062_staged_block_walls")]

    operations = [
        migrations.RunSQL(sql_file("personnel", "checks_ask_once"), migrations.RunSQL.noop),
        migrations.RunSQL(LINES_GO, LINES_GO),
    ]
