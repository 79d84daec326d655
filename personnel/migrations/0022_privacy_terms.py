from django.db import migrations

from personnel.privacy.terms import default_terms


def load(apps, schema_editor):
    terms = apps.get_model("personnel", "PrivacyTerm").objects.using(schema_editor.connection.alias)
    terms.bulk_create(terms.model(**term) for term in default_terms())


class Migration(migrations.Migration):
    """The terms a new office begins with; it sets them as its own regulations say."""

    dependencies = [("personnel", "0021_saved_list_walls")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
