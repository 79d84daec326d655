from django.db import migrations

from organization.protection import function_again, sql_file


class Migration(migrations.Migration):
    """The trigger that opens dossiers looks for one before it writes one."""

    dependencies = [("personnel", "0043_trail_of_removed")]

    operations = [
        migrations.RunSQL(
            sql_file("personnel", "dossier_looked_for"), function_again("personnel", "dossier", "open_dossier")
        ),
    ]
