from django.db import migrations

from organization.protection import Protect, sql_file


class Migration(migrations.Migration):
    """What was seen and what was signed behind the scope, written once; the half-years a new office begins with."""

    dependencies = [("personnel", "0012_sightings_and_snapshots")]

    operations = [
        Protect("personnel_documentsighting", "file"),
        Protect("personnel_confirmationcycle", "rules", unit=None),
        Protect("personnel_rostersnapshot", "record"),
        Protect("personnel_snapshotentry", "record"),
        migrations.RunSQL(
            sql_file("personnel", "sightings"),
            "DROP TRIGGER sighting_is_kept ON personnel_documentsighting; DROP FUNCTION sighting_is_kept",
        ),
        migrations.RunSQL(
            sql_file("personnel", "snapshots"),
            "DROP TRIGGER snapshot_is_signed_now ON personnel_rostersnapshot;"
            "DROP TRIGGER snapshot_entries_are_complete ON personnel_snapshotentry;"
            "DROP FUNCTION snapshot_is_signed_now; DROP FUNCTION snapshot_entries_are_complete",
        ),
    ]
