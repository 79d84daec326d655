from django.db import migrations

TABLES = ("personnel_card", "personnel_assignment")
# A hundred parts, as by default, of a province are a district and a half each: it was taken for a tenth of its people,
# and its list for one that need not be read in order (3.0 million people: 270 ms instead of 10). A thousand parts
# would take 10 ms to plan with.
PARTS = 400


def each(parts: int) -> list[str]:
    return [f"ALTER TABLE {table} ALTER COLUMN unit_id SET STATISTICS {parts}" for table in TABLES]


class Migration(migrations.Migration):
    """How many people a district or a town has is known to the planner in a province, too."""

    dependencies = [("personnel", "0049_cards_by_index")]

    operations = [migrations.RunSQL(each(PARTS), each(-1))]
