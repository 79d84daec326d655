from django.db import migrations

from personnel.privacy.erasure_function import WriteErasure


class Migration(migrations.Migration):
    """Photos, certificates, signed lists, old numbers, merges and withdrawals are erased with their person."""

    dependencies = [("personnel", "0027_requests_follow_people")]

    operations = [WriteErasure()]
