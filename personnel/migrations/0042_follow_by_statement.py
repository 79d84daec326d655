from django.db import migrations

from organization.protection import sql_file
from personnel.models.following import FollowsMember

BACK = """
DROP TRIGGER followers_delete ON personnel_member;
DROP TRIGGER followers_update ON personnel_member;
DROP FUNCTION rows_follow_member, no_row_loses_its_member, rows_move_with_their_member, followers_of_members;
"""
RULES = {
    "bankaccount": FollowsMember(name="bank_account_follows_member"),
    "contract": FollowsMember(name="contract_follows_member"),
    "documentsighting": FollowsMember(name="sighting_follows_member"),
    "dossier": FollowsMember(name="dossier_follows_member", goes_along=True),
    "emergencycontact": FollowsMember(name="emergency_contact_follows_member"),
    "healthrecord": FollowsMember(name="health_record_follows_member"),
    "noticegiven": FollowsMember(name="notice_given_follows_member"),
    "photo": FollowsMember(name="photo_follows_member"),
}


class Migration(migrations.Migration):
    """What moves with its member is checked and moved once for each statement instead of each row."""

    dependencies = [("personnel", "0041_stand_ins_are_settled")]

    operations = [
        migrations.RunSQL(sql_file("personnel", "follow_by_statement"), BACK),
        *(migrations.RemoveConstraint(model, rule.name) for model, rule in RULES.items()),
        *(migrations.AddConstraint(model, rule) for model, rule in RULES.items()),
    ]
