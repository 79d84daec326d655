from django.db import migrations

from organization.protection import Protect


class Migration(migrations.Migration):
    """What an account saved for its lists is its own, and shared filters are read in the same unit."""

    dependencies = [("personnel", "0020_privacy_walls")]

    operations = [
        Protect("personnel_savedfilter", "personal", shared="is_shared"),
        Protect("personnel_listsetting", "personal"),
    ]
