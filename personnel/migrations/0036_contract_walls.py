from django.db import migrations

from organization.protection import Protect, Undoable, sql_file
from personnel.corrections.keeping_function import WriteKeeping
from personnel.privacy.erasure_function import WriteErasure

WITHDRAWN = "SELECT w.member_id FROM personnel_withdrawnfile w WHERE w.withdrawn_at = now()"
BACK = """
DROP TRIGGER contract_is_not_signed_ahead ON personnel_contract; DROP FUNCTION contract_is_not_signed_ahead();
"""


class Migration(migrations.Migration):
    """Contracts behind the scope and in the trail; they go and come back with a withdrawn file, and an erasure clears
    what they say of the person."""

    dependencies = [("personnel", "0035_contracts")]

    operations = [
        Protect("personnel_contract", "file"),
        Undoable("personnel_contract", WITHDRAWN, key="member_id"),
        migrations.RunSQL(sql_file("personnel", "contracts"), BACK),
        WriteKeeping(),
        WriteErasure(),
    ]
