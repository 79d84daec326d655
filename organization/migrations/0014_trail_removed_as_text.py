from django.db import migrations

from organization.trail_as_text import KeepRemovedAsText


class Migration(migrations.Migration):
    """What a DELETE took is kept as text: as jsonb it cost the undo of a large roster a seventh of its time."""

    dependencies = [("organization", "0013_trail_as_text")]

    operations = [KeepRemovedAsText()]
