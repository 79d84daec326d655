from django.db import migrations

from organization.protection import Retrail, sql_file


class Migration(migrations.Migration):
    """Where those go who do not pass, and what follows, is in the trail, and settled by a proposal like the rest."""

    dependencies = [("personnel", "0047_programme_says_what_follows")]

    operations = [
        Retrail("personnel_programme", "unit"),
        migrations.RunSQL(
            sql_file("personnel", "programme_with_follow_ups"), sql_file("personnel", "programme_with_stand_ins")
        ),
    ]
