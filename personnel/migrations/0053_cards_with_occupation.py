from django.db import migrations

import personnel.models.fields
from organization.protection import function_again, sql_file

# The table is written once more with what is said of each member, and its indexes once after that: an UPDATE of millions
# of cards would write every index row by row, and leave the table twice as large.
FILL = """
CREATE FUNCTION occupation_before(member bigint) RETURNS varchar LANGUAGE sql STABLE AS
  'SELECT occupation FROM personnel_member WHERE id = member';
ALTER TABLE personnel_card ALTER COLUMN occupation TYPE varchar(30) USING occupation_before(member_id);
DROP FUNCTION occupation_before;
DO $$ BEGIN IF EXISTS (SELECT FROM personnel_card) THEN ANALYZE personnel_card; END IF; END $$;
"""
BACK = (
    function_again("personnel", "cards_by_index", "keep_cards_of_members")
    + function_again("personnel", "cards_by_index", "keep_cards_of_services")
    + function_again("personnel", "kept_with_files", "keep_cards_of_moved_service")
    + function_again("personnel", "requests_follow_people", "file_is_back")
)


class Migration(migrations.Migration):
    """Lists and figures tell people apart by what they did before."""

    dependencies = [("personnel", "0052_answers_named")]

    operations = [
        migrations.AddField(
            "card",
            "occupation",
            personnel.models.fields.CodeField(
                blank=True, max_length=30, null=True, table="occupation", verbose_name="previous occupation"
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(sql_file("personnel", "cards_with_occupation"), BACK),
    ]
