import django.db.models.deletion
from django.db import migrations, models

from organization.protection import sql_file

BACK = """
DROP TRIGGER unit_is_there_insert ON personnel_member;
DROP TRIGGER unit_is_there_update ON personnel_member;
DROP TRIGGER no_service_is_of_member ON personnel_member;
DROP TRIGGER unit_and_member_are_there_insert ON personnel_assignment;
DROP TRIGGER unit_and_member_are_there_update ON personnel_assignment;
DROP TRIGGER nobody_is_of_unit ON organization_unit;
DROP FUNCTION unit_of_members_is_there, unit_and_member_of_services_are_there, units_are_there,
  no_member_or_service_is_of_unit, no_service_is_of_member;
"""


class Migration(migrations.Migration):
    """The three foreign keys that a large roster fills are checked once for each statement instead of each row."""

    dependencies = [("personnel", "0033_trail_view_of_texts")]

    operations = [
        migrations.RunSQL(sql_file("personnel", "keys_by_statement"), BACK),
        migrations.AlterField(
            model_name='assignment',
            name='member',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='personnel.member', verbose_name='member'),
        ),
        migrations.AlterField(
            model_name='assignment',
            name='unit',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='organization.unit', verbose_name='unit'),
        ),
        migrations.AlterField(
            model_name='member',
            name='unit',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='organization.unit', verbose_name='unit that keeps the file'),
        ),
    ]
