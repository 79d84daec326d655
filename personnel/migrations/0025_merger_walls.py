from django.db import migrations

from organization.protection import Protect, Undoable, sql_file

ASSESSMENT_BACK = """
DROP TRIGGER appeal_is_heard ON personnel_appeal; DROP FUNCTION appeal_is_heard();
DROP TRIGGER cycle_stays_closed ON personnel_assessmentcycle; DROP FUNCTION cycle_stays_closed();
DROP TRIGGER assessment_is_fair ON personnel_assessment; DROP FUNCTION assessment_is_fair();
"""
MERGER_BACK = """
DROP FUNCTION begun_by_reverted_merger();
DROP FUNCTION merger_candidates(bigint);
DROP TRIGGER placement_lands_once ON personnel_placement; DROP FUNCTION placement_lands_once();
DROP TRIGGER programme_is_settled ON personnel_programme; DROP FUNCTION programme_is_settled();
DROP TRIGGER batch_goes_forward ON personnel_placementbatch; DROP FUNCTION batch_goes_forward();
"""
OURS = "SELECT begun_by_reverted_merger()) AND force = ANY (string_to_array(current_setting('app.forces', true), ',')"


class Migration(migrations.Migration):
    """Assessments and mergers behind the scope. Cycles, programmes and proposals hold nothing about anybody: like units
    they are read by all and written where they lie."""

    dependencies = [("personnel", "0024_assessment_and_merger")]

    operations = [
        Protect("personnel_assessmentcycle", "unit"),
        Protect("personnel_examiner"),
        Protect("personnel_kinship", "file"),
        Protect("personnel_assessment", "history"),
        Protect("personnel_appeal", "history"),
        Protect("personnel_programme", "unit"),
        Protect("personnel_placementbatch", "unit"),
        Protect("personnel_placement", "history"),
        Protect("personnel_mergertask", "file"),
        migrations.RunSQL(sql_file("personnel", "assessment"), ASSESSMENT_BACK),
        migrations.RunSQL(sql_file("personnel", "merger"), MERGER_BACK),
        Undoable("personnel_assignment", OURS, only=False, named="revert", first=False),
    ]
