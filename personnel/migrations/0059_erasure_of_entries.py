from django.db import migrations

from personnel.privacy.erasure_function import WriteErasure


class Migration(migrations.Migration):
    """Checks go with the person who is erased, and so do the words of the entry by which the person came."""

    dependencies = [("personnel", "0058_entry_walls")]

    operations = [WriteErasure()]
