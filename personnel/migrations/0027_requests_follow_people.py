from django.db import migrations

from organization.protection import function_again, sql_file

BACK = (
    function_again("personnel", "corrections", "file_is_back")
    + """
DROP TRIGGER questions_follow_merged_file ON personnel_filemerge;
DROP FUNCTION questions_follow_merged_file();
DROP TRIGGER request_never_changes ON personnel_transferrequest;
DROP TRIGGER question_never_changes ON personnel_transferconsent;
CREATE TRIGGER request_never_changes BEFORE UPDATE ON personnel_transferrequest FOR EACH ROW
  WHEN (OLD.answer <> '' OR (OLD.unit_id, OLD.name, OLD.id_digest, OLD.force, OLD.sponsor, OLD.post, OLD.share,
                             OLD.asked_by, OLD.asked_on, OLD.asked_at)
        IS DISTINCT FROM (NEW.unit_id, NEW.name, NEW.id_digest, NEW.force, NEW.sponsor, NEW.post, NEW.share,
                          NEW.asked_by, NEW.asked_on, NEW.asked_at))
  EXECUTE FUNCTION refuse_change('what was asked or answered');
CREATE TRIGGER question_never_changes BEFORE UPDATE ON personnel_transferconsent FOR EACH ROW
  WHEN (OLD.decision <> '' OR (OLD.request_id, OLD.member_id, OLD.to_unit_id, OLD.asked_by, OLD.asked_on, OLD.force,
                               OLD.sponsor, OLD.post, OLD.share)
        IS DISTINCT FROM (NEW.request_id, NEW.member_id, NEW.to_unit_id, NEW.asked_by, NEW.asked_on, NEW.force,
                          NEW.sponsor, NEW.post, NEW.share))
  EXECUTE FUNCTION refuse_change('what was asked or decided');
DROP FUNCTION request_stays_as_asked();
DROP FUNCTION question_stays_as_put();
DROP FUNCTION erasure_runs();
"""
    + function_again("personnel", "transfer_walls", "route_transfer_request")
)


class Migration(migrations.Migration):
    """Open questions follow merged files and old numbers; an erasure takes the person out of what was asked."""

    dependencies = [("personnel", "0026_kept_with_files")]

    operations = [migrations.RunSQL(sql_file("personnel", "requests_follow_people"), BACK)]
