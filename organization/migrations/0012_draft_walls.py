from django.db import migrations

from organization.protection import Protect


class Migration(migrations.Migration):
    """Unsaved work is its account's alone, and for a day."""

    dependencies = [("organization", "0011_drafts")]

    operations = [Protect("organization_draft", "staged")]
