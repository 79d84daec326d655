from django.db import migrations

from organization.protection import function_again, sql_file

BACK = "DROP FUNCTION kit_still_old(bigint, date); "


class Migration(migrations.Migration):
    """A past day shows the kit that was in people's hands then, and who was still in the old scheme."""

    dependencies = [("personnel", "0045_services_in_part")]

    operations = [
        migrations.RunSQL(
            sql_file("personnel", "kit_on_a_day"), BACK + function_again("personnel", "kit_wanted", "kit_wanted")
        ),
    ]
