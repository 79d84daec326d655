from django.db import migrations

from organization.protection import Protect


class Migration(migrations.Migration):
    """Jobs belong to the gate: the worker finds them without anybody's scope."""

    dependencies = [("organization", "0006_jobs")]

    operations = [Protect("organization_job", "gate")]
