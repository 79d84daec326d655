from django.db import migrations

from organization.trail_as_text import KeepCreatedAsText


class Migration(migrations.Migration):
    """What an INSERT wrote is kept as text: as jsonb it cost a large roster a quarter of its time in the database."""

    dependencies = [("organization", "0012_draft_walls")]

    operations = [KeepCreatedAsText()]
