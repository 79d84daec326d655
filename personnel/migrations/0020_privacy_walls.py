from django.db import migrations

from organization.protection import Protect, Retrail, sql_file
from personnel.privacy.erasure_function import WriteErasure

BACK = """
DROP TRIGGER notice_stays_as_given ON personnel_noticetext;
DROP FUNCTION notice_stays_as_given();
DROP INDEX event_by_member;
DROP FUNCTION looks_at_file(bigint);
DROP TRIGGER erasure_leaves_no_values ON organization_trail;
DROP FUNCTION erasure_leaves_no_values();
DROP TRIGGER erasure_entry_is_told_by_its_function ON personnel_erasureentry;
DROP FUNCTION erasure_entry_is_told_by_its_function();
DROP TRIGGER erasure_goes_forward ON personnel_erasurebatch;
DROP FUNCTION erasure_goes_forward();
DROP FUNCTION retention_due(date, bigint[]);
"""


class Migration(migrations.Migration):
    """Corrections, notices and erasures behind the scope; the functions that say whose time has run out, and erase."""

    dependencies = [("personnel", "0019_saved_lists")]

    operations = [
        Protect("personnel_privacyterm", "rules", unit=None),
        Protect("personnel_noticetext", "rules", unit=None),
        Protect("personnel_correctionrequest", "file"),
        Protect("personnel_noticegiven", "file"),
        Protect("personnel_erasurehold", "file"),
        Protect("personnel_erasurebatch"),
        Protect("personnel_erasureentry", "file"),
        Retrail("personnel_member"),
        migrations.RunSQL(sql_file("personnel", "erasure"), BACK),
        WriteErasure(),
    ]
