from django.db import migrations

from organization.protection import sql_file


class Migration(migrations.Migration):
    """The masked view of the trail reads what an INSERT wrote from its text."""

    dependencies = [("personnel", "0032_rows_in_dossiers"), ("organization", "0013_trail_as_text")]

    operations = [
        migrations.RunSQL(
            sql_file("personnel", "trail_view_of_texts"), sql_file("personnel", "trail_view_without_erased")
        )
    ]
