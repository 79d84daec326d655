from django.db import migrations

from organization.inheritance import Inherit
from organization.protection import Protect, Retrail, sql_file
from organization.reservation import OnlyFor

BACK = """
DROP TRIGGER checks_update ON personnel_member; DROP TRIGGER checks_delete ON personnel_member;
DROP TRIGGER checks_of_absorbed ON personnel_withdrawnfile; DROP TRIGGER checks_of_returned ON personnel_returnedfile;
DROP TRIGGER checks_of_entry ON personnel_entry; DROP TRIGGER entry_guard ON personnel_entry;
DROP TRIGGER background_check_guard ON personnel_backgroundcheck;
DROP FUNCTION checks_follow_members(); DROP FUNCTION checks_follow_files();
DROP FUNCTION entry_guard(); DROP FUNCTION background_check_guard();
"""
VOLUNTEERS = "UPDATE personnel_eligibilityrule SET needs_check = false WHERE force = 'volunteer'"
BEFORE = sql_file("personnel", "trail_view_of_cases")


class Migration(migrations.Migration):
    """Who proposes, checks and decides is the database's to say; a check is for the eyes of two offices alone.

    Numbers and outcomes leave no trace in the trail, which outlives both.
    """

    dependencies = [("personnel", "0057_entries")]

    operations = [
        Retrail("personnel_eligibilityrule", "rules", unit=None),
        Protect("personnel_entry", withheld=("id_sealed", "id_digest", "phone_sealed")),
        Inherit("personnel_entry"),
        Protect("personnel_backgroundcheck", "file", withheld=("outcome_sealed", "document_sealed")),
        OnlyFor("personnel_backgroundcheck", ("hr", "governance")),
        migrations.RunSQL(sql_file("personnel", "entries"), BACK),
        migrations.RunSQL(VOLUNTEERS, migrations.RunSQL.noop),
        migrations.RunSQL(sql_file("personnel", "trail_view_of_checks"), BEFORE),
    ]
