import django.db.models.deletion
from django.db import migrations, models

from organization.protection import sql_file

BACK = """
DROP TRIGGER services_are_there_insert ON personnel_certificate;
DROP TRIGGER services_are_there_update ON personnel_certificate;
DROP TRIGGER services_are_there_insert ON personnel_placement;
DROP TRIGGER services_are_there_update ON personnel_placement;
DROP TRIGGER services_are_there_insert ON personnel_disciplinecase;
DROP TRIGGER services_are_there_update ON personnel_disciplinecase;
DROP TRIGGER nothing_refers_to_services ON personnel_assignment;
DROP FUNCTION services_referred_to_are_there, nothing_refers_to_services;
"""


class Migration(migrations.Migration):
    """What refers to services is asked for once for each statement that deletes some."""

    dependencies = [
        ('personnel', '0064_imported_rows_by_line'),
    ]

    operations = [
        migrations.RunSQL(sql_file("personnel", "services_by_statement"), BACK),
        migrations.AlterField(
            model_name='certificate',
            name='service',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='personnel.assignment', verbose_name='service'),
        ),
        migrations.AlterField(
            model_name='disciplinecase',
            name='service',
            field=models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='discipline_cases', to='personnel.assignment', verbose_name='service'),
        ),
        migrations.AlterField(
            model_name='placement',
            name='new_service',
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='personnel.assignment', verbose_name='new service'),
        ),
        migrations.AlterField(
            model_name='placement',
            name='service',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='personnel.assignment', verbose_name='old service'),
        ),
    ]
