from django.db import migrations

from organization.protection import Protect, Undoable, sql_file
from personnel.privacy.erasure_function import WriteErasure

WITHDRAWN = "SELECT w.member_id FROM personnel_withdrawnfile w WHERE w.withdrawn_at = now()"
BACK = """
DROP TRIGGER kit_item_keeps_its_make ON personnel_kititem; DROP FUNCTION kit_item_keeps_its_make();
DROP TRIGGER kit_scale_keeps_used_sizes ON personnel_kitscale; DROP FUNCTION kit_scale_keeps_used_sizes();
DROP TRIGGER kit_campaign_is_settled ON personnel_kitcampaign;
DROP TRIGGER kit_recipient_stays ON personnel_kitrecipient;
DROP TRIGGER kit_issue_stays ON personnel_kitissue;
DROP TRIGGER kit_issues_fit ON personnel_kitissue; DROP FUNCTION kit_issues_fit();
DROP TRIGGER kit_sizes_fit ON personnel_kitsize; DROP FUNCTION kit_sizes_fit();
DROP TRIGGER kit_size_fits ON personnel_kitissue;
DROP TRIGGER kit_size_fits ON personnel_kitsize; DROP FUNCTION kit_size_fits();
"""


class Migration(migrations.Migration):
    """Kit behind the scope. The catalogue is everybody's to read; campaigns hold nothing about anybody, like units."""

    dependencies = [("personnel", "0037_kit")]

    operations = [
        Protect("personnel_kitscheme", "rules", unit=None),
        Protect("personnel_kitscale", "rules", unit=None),
        Protect("personnel_kititem", "rules", unit=None),
        Protect("personnel_kitsetentry", "rules", unit=None),
        Protect("personnel_kitcampaign", "unit"),
        Protect("personnel_kitsize", "file"),
        Protect("personnel_kitrecipient", "file"),
        Protect("personnel_kitissue", "file"),
        Undoable("personnel_kitsize", WITHDRAWN, key="member_id"),
        Undoable("personnel_kitrecipient", WITHDRAWN, key="member_id"),
        migrations.RunSQL(sql_file("personnel", "kit"), BACK),
        migrations.RunSQL(
            sql_file("personnel", "kit_wanted"),
            "DROP FUNCTION kit_of_sets(date); DROP FUNCTION kit_wanted(bigint, date)",
        ),
        WriteErasure(),
    ]
