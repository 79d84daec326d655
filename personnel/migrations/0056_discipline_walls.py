from django.db import migrations

from organization.inheritance import Inherit
from organization.protection import Protect, sql_file
from organization.reservation import OnlyFor
from personnel.privacy.erasure_function import WriteErasure

BACK = """
DROP TRIGGER cases_of_moved_service ON personnel_assignment; DROP FUNCTION cases_follow_service();
DROP TRIGGER discipline_case_goes_forward ON personnel_disciplinecase; DROP FUNCTION discipline_case_goes_forward();
"""


class Migration(migrations.Migration):
    """Discipline cases behind the scope and in the trail, near to the offices alone that handle them; they go with the
    service they speak of, and an erasure clears what they say of the person."""

    dependencies = [("personnel", "0055_discipline_cases")]

    operations = [
        Protect("personnel_disciplinecase", "history"),
        Inherit("personnel_disciplinecase"),
        OnlyFor("personnel_disciplinecase", ("hr", "governance")),
        migrations.RunSQL(sql_file("personnel", "discipline"), BACK),
        migrations.RunSQL(sql_file("personnel", "trail_view_of_cases"), sql_file("personnel", "trail_view_of_removed")),
        WriteErasure(),
    ]
