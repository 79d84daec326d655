from django.db import migrations

from organization.protection import Protect, Undoable, sql_file

UNDOING = (
    "FROM personnel_importedrow r JOIN personnel_rosterimport i ON i.id = r.roster_id WHERE i.undone_at = now() AND r."
)


class Migration(migrations.Migration):
    """Rosters behind the scope; what a batch created may be deleted in the transaction that undoes it."""

    dependencies = [("personnel", "0003_rosters")]

    operations = [
        Protect("personnel_rosterimport"),
        Protect("personnel_importedrow", "record"),
        Protect("personnel_stagedrow", "staged"),
        Protect("personnel_stagedroster", "staged", key="roster_id"),
        Protect("personnel_rosteranswer"),
        Protect("personnel_eligibilityrule", "rules", unit=None),
        Undoable("personnel_member", f"SELECT r.member_id {UNDOING}fate = 'create'"),
        Undoable("personnel_assignment", f"SELECT r.service_id {UNDOING}service_id IS NOT NULL", only=False),
        Undoable("personnel_emergencycontact", f"SELECT r.contact_id {UNDOING}contact_id IS NOT NULL"),
        migrations.RunSQL(sql_file("personnel", "roster"), "DROP FUNCTION registered_elsewhere(bytea[])"),
    ]
