from django.db import migrations

from organization.protection import Protect


class Migration(migrations.Migration):
    """Blocks of lines behind the walls of what is staged. They are sealed: packing them would be tried in vain."""

    dependencies = [("personnel", "0061_staged_blocks")]

    operations = [
        Protect("personnel_stagedblock", "staged"),
        migrations.RunSQL(
            "ALTER TABLE personnel_stagedblock ALTER COLUMN content_sealed SET STORAGE EXTERNAL",
            "ALTER TABLE personnel_stagedblock ALTER COLUMN content_sealed SET STORAGE EXTENDED",
        ),
    ]
