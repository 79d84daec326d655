import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from organization.inheritance import Inherit
from organization.protection import Protect


class Migration(migrations.Migration):
    """How many people a unit may have in a year; whoever takes a unit's place reads what was approved for it."""

    dependencies = [
        ('organization', '0015_inheritance'),
        ('personnel', '0053_cards_with_occupation'),
    ]

    operations = [
        migrations.CreateModel(
            name='Quota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('force', models.CharField(choices=[('auxiliary', 'auxiliary police'), ('patrol', 'public-security patrol'), ('joint_defence', 'joint defence'), ('guard', 'guard')], default='auxiliary', max_length=13, verbose_name='force')),
                ('year', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1949), django.core.validators.MaxValueValidator(2199)], verbose_name='year')),
                ('number', models.PositiveIntegerField(verbose_name='people approved')),
                ('document', models.CharField(help_text='Title and number of the paper that approved it.', max_length=120, verbose_name='approval document')),
                ('approved_by', models.CharField(blank=True, max_length=60, verbose_name='approved by')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.unit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'quota',
                'verbose_name_plural': 'quotas',
                'ordering': ['-year', 'unit_id', 'force'],
                'constraints': [models.UniqueConstraint(fields=('unit', 'force', 'year'), name='quota_one_a_unit_force_and_year', violation_error_message='This unit has a quota of this force for this year already; change that one.'), models.CheckConstraint(condition=models.Q(('document', ''), _negated=True), name='quota_names_its_document'), models.CheckConstraint(condition=models.Q(('year__gte', 1949), ('year__lte', 2199)), name='quota_year_is_one'), models.CheckConstraint(condition=models.Q(('force', 'volunteer'), _negated=True), name='quota_is_of_a_professional_force', violation_error_message='Volunteers have no quota.')],
            },
        ),
        Protect("personnel_quota"),
        Inherit("personnel_quota"),
    ]
