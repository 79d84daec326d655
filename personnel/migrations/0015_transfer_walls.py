from django.db import migrations

from organization.protection import Retrail, sql_file

BACK = """
DROP TRIGGER request_never_changes ON personnel_transferrequest;
DROP TRIGGER question_never_changes ON personnel_transferconsent;
DROP TRIGGER transfer_request_guard ON personnel_transferrequest;
DROP TRIGGER transfer_consent_guard ON personnel_transferconsent;
DROP TRIGGER answer_transfer_request ON personnel_transferconsent;
DROP TRIGGER close_transfer_consent ON personnel_transferrequest;
DROP FUNCTION transfer_request_guard(); DROP FUNCTION transfer_consent_guard();
DROP FUNCTION answer_transfer_request(); DROP FUNCTION close_transfer_consent();
DROP TRIGGER route_transfer_request ON personnel_transferrequest; DROP FUNCTION route_transfer_request();
DROP FUNCTION carry_out_transfer(bigint);
DO $$
DECLARE
  part text;
BEGIN
  FOREACH part IN ARRAY ARRAY['_staff', '_whole'] LOOP
    EXECUTE format('GRANT INSERT, UPDATE ON personnel_transferconsent TO %I', current_database() || part);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    """What was asked and decided stays; who may decide is the database's to say, and a consent carries itself out.

    The trail of a consent belongs to the unit where it was decided, not to the file, which goes away: its kind is "own".
    """

    dependencies = [("personnel", "0014_transfer_answers")]

    operations = [
        migrations.RunSQL(sql_file("personnel", "transfer_walls"), BACK + sql_file("personnel", "transfer")),
        Retrail("personnel_transferrequest"),
        Retrail("personnel_transferconsent"),
    ]
