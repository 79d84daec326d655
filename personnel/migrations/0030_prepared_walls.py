from django.db import migrations

from organization.protection import Protect


class Migration(migrations.Migration):
    """Prepared rows behind the walls of what is staged. They are sealed: packing them would be tried in vain."""

    dependencies = [("personnel", "0029_prepared_rosters")]

    operations = [
        Protect("personnel_stagedwrite", "staged"),
        migrations.RunSQL(
            "ALTER TABLE personnel_stagedwrite ALTER COLUMN content_sealed SET STORAGE EXTERNAL",
            "ALTER TABLE personnel_stagedwrite ALTER COLUMN content_sealed SET STORAGE EXTENDED",
        ),
    ]
