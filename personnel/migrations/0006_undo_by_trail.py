from django.db import migrations

from organization.protection import sql_file

BACK = """
DROP TRIGGER imported_rows_are_complete ON personnel_importedrow;
DROP FUNCTION imported_rows_are_complete();
DROP TRIGGER roster_goes_forward ON personnel_rosterimport;
DROP FUNCTION roster_goes_forward();
"""


class Migration(migrations.Migration):
    """An undo deletes what the trail saw its import create; records of imports are kept. Backwards the walls of the
    deletion stay as they are: they allow less."""

    dependencies = [("personnel", "0005_eligibility_rules")]

    operations = [migrations.RunSQL(sql_file("personnel", "undo"), BACK)]
