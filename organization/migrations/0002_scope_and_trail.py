from django.db import migrations

from organization.protection import CreateRoles, Protect, sql_file


class Migration(migrations.Migration):
    """Roles, the trail, and every table of the organization behind the scope."""

    dependencies = [("organization", "0001_initial")]

    operations = [
        CreateRoles(),
        migrations.RunSQL(
            sql_file("organization", "trail"),
            "DROP INDEX event_by_request; DROP TRIGGER event_is_kept ON organization_securityevent; "
            "DROP TRIGGER events_are_never_emptied ON organization_securityevent; "
            "DROP TABLE organization_trail; DROP FUNCTION trail_is_kept; DROP FUNCTION trail_masked",
        ),
        Protect("organization_installation", "public"),
        Protect("organization_unit", "unit", key="code", unit="code"),
        Protect("organization_account", "account"),
        Protect("organization_team"),
        Protect("organization_post", parent=("organization_team", "team_id")),
        Protect("organization_employer"),
        Protect("organization_securityevent", "event"),
        Protect("organization_session", "gate", key="session_key"),
    ]
