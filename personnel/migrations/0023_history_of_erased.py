from django.db import migrations

from organization.protection import sql_file

BEFORE = sql_file("personnel", "trail_view").replace("CREATE VIEW", "CREATE OR REPLACE VIEW")


class Migration(migrations.Migration):
    """What the trail still holds of an erased file is for the auditor's eyes, until it is pruned."""

    dependencies = [("personnel", "0022_privacy_terms")]

    operations = [migrations.RunSQL(sql_file("personnel", "trail_view_without_erased"), BEFORE)]
