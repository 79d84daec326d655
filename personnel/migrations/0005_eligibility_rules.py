from django.db import migrations

from personnel.roster.eligibility import default_rules


def load(apps, schema_editor):
    rules = apps.get_model("personnel", "EligibilityRule").objects.using(schema_editor.connection.alias)
    rules.bulk_create(
        rules.model(
            force=rule.force,
            valid_from=rule.valid_from,
            valid_until=rule.valid_until,
            min_age=rule.min_age,
            max_age=rule.max_age,
            is_max_age_hard=rule.is_max_age_hard,
            min_education=rule.min_education or "",
            is_education_hard=rule.is_education_hard,
            source=rule.source,
        )
        for rule in default_rules()
    )


class Migration(migrations.Migration):
    """The rules a new office begins with; it edits them as its own regulations say."""

    dependencies = [("personnel", "0004_roster_walls")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
