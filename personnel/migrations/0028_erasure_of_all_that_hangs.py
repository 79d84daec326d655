from django.db import migrations

from personnel.privacy.erasure_function import WriteErasure

LET_THROUGH = """
CREATE OR REPLACE TRIGGER appeal_is_heard BEFORE INSERT OR UPDATE ON personnel_appeal
  FOR EACH ROW WHEN (NOT erasure_runs()) EXECUTE FUNCTION appeal_is_heard();
CREATE OR REPLACE TRIGGER placement_lands_once BEFORE INSERT OR UPDATE ON personnel_placement
  FOR EACH ROW WHEN (NOT erasure_runs()) EXECUTE FUNCTION placement_lands_once();
"""
BACK = LET_THROUGH.replace(" WHEN (NOT erasure_runs())", "")


class Migration(migrations.Migration):
    """Photos, certificates, signed lists, merges, appeals and the like are erased with their person."""

    dependencies = [("personnel", "0027_requests_follow_people")]

    operations = [migrations.RunSQL(LET_THROUGH, BACK), WriteErasure()]
