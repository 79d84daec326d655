from django.db import migrations

from organization.protection import Protect


class Migration(migrations.Migration):
    """Reorganisations behind the scope, written once."""

    dependencies = [("organization", "0009_reorganisations")]

    operations = [
        Protect("organization_reorganisation", "record"),
        Protect("organization_reorganisationstep", "record"),
    ]
