from django.db import migrations

from organization.inheritance import INHERITED, CreateHeirs, Inherit
from organization.protection import STAGED_FOR, sql_file

MINE = f"actor = NULLIF(current_setting('app.actor', true), '')::bigint AND staged_at > now() - {STAGED_FOR}"


class Migration(migrations.Migration):
    """Who took the place of a closed unit reads what stayed with its code, and goes on with what was typed in it."""

    dependencies = [("organization", "0014_trail_removed_as_text")]

    operations = [
        migrations.RunSQL(
            sql_file("organization", "inheritance"), "DROP FUNCTION inherited_units(bigint, bigint)"
        ),
        CreateHeirs(),
        Inherit("organization_team"),
        Inherit("organization_post"),
        Inherit("organization_draft", command="ALL", besides=MINE, units=INHERITED),
    ]
