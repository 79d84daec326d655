from django.db import migrations

from organization.protection import sql_file


class Migration(migrations.Migration):
    """Nobody alone widens a right; demonstration accounts stay in demonstration databases."""

    dependencies = [("organization", "0003_gate_tables")]

    operations = [
        migrations.RunSQL(
            sql_file("organization", "accounts"),
            "DROP TRIGGER is_demo_never_changes ON organization_installation; "
            "DROP TRIGGER account_demo_belongs_to_a_demo ON organization_account; DROP FUNCTION account_demo_belongs_to_a_demo; "
            "DROP TRIGGER account_guard ON organization_account; DROP FUNCTION account_guard",
        ),
    ]
