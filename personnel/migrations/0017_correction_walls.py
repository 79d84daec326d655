from django.db import migrations

from organization.protection import Protect, Undoable, sql_file

WITHDRAWN = "SELECT w.member_id FROM personnel_withdrawnfile w WHERE w.withdrawn_at = now()"


class Migration(migrations.Migration):
    """Corrections behind the scope; a file's rows go in the transaction that keeps it, services move in a merge."""

    dependencies = [("personnel", "0016_corrections")]

    operations = [
        Protect("personnel_formernumber", "file"),
        Protect("personnel_filemerge", "record"),
        Protect("personnel_fileunmerge", "record"),
        Protect("personnel_withdrawnfile", "record"),
        Protect("personnel_returnedfile", "record"),
        Protect("personnel_differentpeople"),
        Undoable("personnel_formernumber", WITHDRAWN, key="member_id"),
        Undoable("personnel_healthrecord", WITHDRAWN, key="member_id"),
        Undoable("personnel_bankaccount", WITHDRAWN, key="member_id"),
        migrations.RunSQL(sql_file("personnel", "corrections"), sql_file("personnel", "corrections_back")),
    ]
