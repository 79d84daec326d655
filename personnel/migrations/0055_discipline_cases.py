import django.contrib.postgres.functions
import django.db.models.deletion
import personnel.models.dossier
import personnel.models.fields
import personnel.models.sighting
from django.db import migrations, models


class Migration(migrations.Migration):
    """What members are said to have done in service, and what was decided about it."""

    dependencies = [
        ('organization', '0015_inheritance'),
        ('personnel', '0054_quotas'),
    ]

    operations = [
        migrations.CreateModel(
            name='DisciplineCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('force', models.CharField(choices=[('auxiliary', 'auxiliary police'), ('patrol', 'public-security patrol'), ('joint_defence', 'joint defence'), ('guard', 'guard'), ('volunteer', 'volunteer')], editable=False, max_length=13, verbose_name='force')),
                ('occurred_on', models.DateField(verbose_name='day of the incident')),
                ('reported_on', models.DateField(help_text='When the office came to know of it; the term of handling runs from here.', verbose_name='day of the report')),
                ('category', models.CharField(choices=[('work', 'discipline of work'), ('attendance', 'attendance'), ('conduct', 'conduct in service'), ('identity', 'misuse of identity or uniform'), ('corruption', 'corruption'), ('penalty', 'administrative penalty'), ('criminal', 'criminal offence'), ('other', 'other misconduct')], max_length=10, verbose_name='kind of misconduct')),
                ('source', models.CharField(choices=[('inspection', 'inspection'), ('complaint', 'complaint'), ('station', 'police station'), ('other_unit', 'another unit'), ('self', 'told by the person')], max_length=10, verbose_name='how it came to be known')),
                ('summary', personnel.models.fields.SealedField(db_column='summary_sealed', editable=True, help_text='In a few sentences. Do not enter data of police cases: no case numbers, suspects or evidence.', null=True, row='id', verbose_name='what happened')),
                ('recorded_by', models.BigIntegerField(editable=False)),
                ('recorded_at', models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False, verbose_name='recorded at')),
                ('decided_on', models.DateField(blank=True, null=True, verbose_name='day of the decision')),
                ('outcome', models.CharField(blank=True, choices=[('unfounded', 'unfounded'), ('talk', 'talk of admonition'), ('warning', 'warning'), ('demerit', 'demerit'), ('suspended', 'suspended from service'), ('dismissal', 'dismissal proposed'), ('dismissed', 'dismissed from service'), ('handed_over', 'handed to the competent authority')], max_length=11, verbose_name='outcome')),
                ('document', models.CharField(blank=True, max_length=60, verbose_name='document number')),
                ('proposed_by', models.BigIntegerField(editable=False, null=True)),
                ('proposed_at', models.DateTimeField(editable=False, null=True, verbose_name='proposed at')),
                ('confirmed_by', models.BigIntegerField(editable=False, null=True)),
                ('confirmed_at', models.DateTimeField(editable=False, null=True, verbose_name='confirmed at')),
                ('withdrawal_reason', models.CharField(blank=True, max_length=200, verbose_name='why the case is withdrawn')),
                ('withdrawal_asked_by', models.BigIntegerField(editable=False, null=True)),
                ('withdrawal_asked_at', models.DateTimeField(editable=False, null=True, verbose_name='withdrawal asked for at')),
                ('withdrawn_by', models.BigIntegerField(editable=False, null=True)),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True, verbose_name='withdrawn at')),
                ('member', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='discipline_cases', to='personnel.member', verbose_name='member')),
                ('service', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='discipline_cases', to='personnel.assignment', verbose_name='service')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.unit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'discipline case',
                'verbose_name_plural': 'discipline cases',
                'ordering': ['-reported_on', '-id'],
                'indexes': [models.Index(fields=['unit', 'id'], name='discipline_case_by_unit'), models.Index(condition=models.Q(('confirmed_at', None), ('withdrawn_at', None)), fields=['unit', 'reported_on'], name='discipline_case_undecided')],
                'constraints': [personnel.models.dossier.InDossier(name='discipline_case_hangs_on_member', unit=None), models.CheckConstraint(condition=models.Q(('force__in', ['auxiliary', 'patrol', 'joint_defence', 'guard', 'volunteer'])), name='discipline_case_force_is_known'), models.CheckConstraint(condition=models.Q(('category__in', ['work', 'attendance', 'conduct', 'identity', 'corruption', 'penalty', 'criminal', 'other'])), name='discipline_case_category_is_known'), models.CheckConstraint(condition=models.Q(('source__in', ['inspection', 'complaint', 'station', 'other_unit', 'self'])), name='discipline_case_source_is_known'), models.CheckConstraint(condition=models.Q(('reported_on__gte', models.F('occurred_on'))), name='discipline_case_is_reported_after_the_incident', violation_error_message='The report cannot come before the incident.'), models.CheckConstraint(condition=models.Q(('reported_on__lte', personnel.models.sighting.OfficeDay('recorded_at'))), name='discipline_case_is_recorded_after_the_report', violation_error_message='The day of the report lies after the day on which the case was recorded.'), models.CheckConstraint(condition=models.Q(models.Q(('decided_on', None), ('document', ''), ('outcome', ''), ('proposed_at', None), ('proposed_by', None)), models.Q(('decided_on__isnull', False), ('outcome__in', ['unfounded', 'talk', 'warning', 'demerit', 'suspended', 'dismissal', 'dismissed', 'handed_over']), ('proposed_at__isnull', False), ('proposed_by__isnull', False)), _connector='OR'), name='discipline_case_is_proposed_whole', violation_error_message='A decision has a day and an outcome.'), models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'unfounded', 'talk']), models.Q(('document', ''), _negated=True), _connector='OR'), name='discipline_case_sanction_names_its_document', violation_error_message='This outcome needs the number of the document that says so.'), models.CheckConstraint(condition=models.Q(('decided_on', None), models.Q(('decided_on__gte', models.F('reported_on')), ('decided_on__lte', personnel.models.sighting.OfficeDay('proposed_at'))), _connector='OR'), name='discipline_case_is_decided_after_the_report', violation_error_message='The day of the decision lies between the report and today.'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), ('proposed_by__isnull', False), models.Q(('confirmed_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='discipline_case_is_confirmed_by_another', violation_error_message='Nobody confirms what he or she proposed; please ask a second account.'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawal_asked_at', None), ('withdrawal_asked_by', None), ('withdrawal_reason', '')), models.Q(('withdrawal_asked_at__isnull', False), ('withdrawal_asked_by__isnull', False), models.Q(('withdrawal_reason', ''), _negated=True)), _connector='OR'), name='discipline_case_withdrawal_is_asked_for_a_reason', violation_error_message='Say why the case is to be withdrawn.'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('withdrawal_asked_by__isnull', False), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawn_by', models.F('withdrawal_asked_by')), _negated=True)), _connector='OR'), name='discipline_case_is_withdrawn_by_another', violation_error_message='Nobody confirms what he or she proposed; please ask a second account.')],
            },
        ),
    ]
