from django.db import migrations

from organization.protection import function_again, sql_file

NO_TEXTS = """
DROP TRIGGER erasure_leaves_no_values ON organization_trail;
CREATE TRIGGER erasure_leaves_no_values BEFORE INSERT ON organization_trail
  FOR EACH ROW WHEN (NEW.batch LIKE 'erasure-%' AND NEW.before IS NOT NULL) EXECUTE FUNCTION erasure_leaves_no_values();
"""


class Migration(migrations.Migration):
    """The masked view of the trail reads what a DELETE took from its text; an erasure keeps its values out of there."""

    dependencies = [("personnel", "0042_follow_by_statement"), ("organization", "0014_trail_removed_as_text")]

    operations = [
        migrations.RunSQL(sql_file("personnel", "trail_view_of_removed"), sql_file("personnel", "trail_view_of_texts")),
        migrations.RunSQL(
            sql_file("personnel", "erasure_leaves_no_texts"),
            function_again("personnel", "erasure", "erasure_leaves_no_values") + NO_TEXTS,
        ),
    ]
