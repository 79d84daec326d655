from django.db import migrations

from organization.protection import sql_file


class Migration(migrations.Migration):
    """Files that a transaction writes within a savepoint are not locked when their services are."""

    dependencies = [("personnel", "0067_records_in_blocks")]

    operations = [migrations.RunSQL(sql_file("personnel", "own_files_unlocked"), migrations.RunSQL.noop)]
