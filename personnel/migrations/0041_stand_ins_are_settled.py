from django.db import migrations

from organization.protection import Retrail, function_again, sql_file


class Migration(migrations.Migration):
    """Who stands in is in the trail, and settled by a proposal like the other terms."""

    dependencies = [("personnel", "0040_stand_ins")]

    operations = [
        Retrail("personnel_programme", "unit"),
        migrations.RunSQL(
            sql_file("personnel", "programme_with_stand_ins"),
            function_again("personnel", "merger", "programme_is_settled"),
        ),
    ]
