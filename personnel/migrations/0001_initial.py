import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import organization.constraints
import personnel.models.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organization', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigIntegerField(default=personnel.models.fields.next_member_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=50, verbose_name='name')),
                ('former_name', models.CharField(blank=True, max_length=50, verbose_name='former name')),
                ('pinyin', personnel.models.fields.ReadingField(blank=True, default='', max_length=120, of='name', which=0)),
                ('initials', personnel.models.fields.ReadingField(blank=True, default='', max_length=30, of='name', which=1)),
                ('other_pinyin', personnel.models.fields.ReadingField(blank=True, default='', max_length=120, of='name', which=2)),
                ('document', personnel.models.fields.CodeField(blank=True, default='resident_id', max_length=30, null=True, table='document', verbose_name='kind of document')),
                ('id_number', personnel.models.fields.SealedField(db_column='id_sealed', editable=True, row='id', verbose_name='document number')),
                ('id_digest', personnel.models.fields.DigestField(of='id_number', purpose='id')),
                ('id_mask', personnel.models.fields.MaskField(blank=True, default='', max_length=24, of='id_number', verbose_name='document number')),
                ('sex', models.CharField(choices=[('male', 'male'), ('female', 'female')], max_length=6, verbose_name='sex')),
                ('birth_date', models.DateField(verbose_name='birth date')),
                ('ethnicity', personnel.models.fields.CodeField(blank=True, max_length=30, null=True, table='ethnicity', verbose_name='ethnicity')),
                ('political', personnel.models.fields.CodeField(blank=True, max_length=30, null=True, table='political', verbose_name='political affiliation')),
                ('education', personnel.models.fields.CodeField(blank=True, max_length=30, null=True, table='education', verbose_name='education')),
                ('graduate_school', models.CharField(blank=True, max_length=60, verbose_name='school')),
                ('major', models.CharField(blank=True, max_length=60, verbose_name='major')),
                ('marital', personnel.models.fields.CodeField(blank=True, max_length=30, null=True, table='marital', verbose_name='marital status')),
                ('occupation', personnel.models.fields.CodeField(blank=True, max_length=30, null=True, table='occupation', verbose_name='previous occupation')),
                ('military', personnel.models.fields.CodeField(blank=True, max_length=30, null=True, table='military', verbose_name='military service')),
                ('phone', personnel.models.fields.SealedField(blank=True, db_column='phone_sealed', editable=True, null=True, row='id', verbose_name='phone')),
                ('phone_digest', personnel.models.fields.DigestField(null=True, of='phone', purpose='phone')),
                ('native_place', models.CharField(blank=True, max_length=60, verbose_name='native place')),
                ('household', models.CharField(blank=True, choices=[('local', 'local household'), ('city', 'elsewhere in the city'), ('province', 'elsewhere in the province'), ('other', 'other province')], max_length=8, verbose_name='household')),
                ('household_address', models.CharField(blank=True, max_length=120, verbose_name='household address')),
                ('address', models.CharField(blank=True, max_length=120, verbose_name='address')),
                ('specialty', models.CharField(blank=True, max_length=120, verbose_name='special skills')),
                ('remark', models.CharField(blank=True, max_length=300, verbose_name='remark')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='organization.unit', verbose_name='unit that keeps the file')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'ordering': ['unit_id', 'id'],
            },
        ),
        migrations.CreateModel(
            name='HealthRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('condition', personnel.models.fields.SealedField(db_column='condition_sealed', editable=True, row='member_id', verbose_name='state of health')),
                ('blood_type', personnel.models.fields.SealedField(blank=True, db_column='blood_type_sealed', editable=True, null=True, row='member_id', verbose_name='blood type')),
                ('height', personnel.models.fields.SealedField(blank=True, db_column='height_sealed', editable=True, null=True, row='member_id', verbose_name='height (cm)')),
                ('checked_on', models.DateField(blank=True, null=True, verbose_name='checked on')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='organization.unit', verbose_name='unit')),
                ('member', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='health_record', to='personnel.member', verbose_name='member')),
            ],
            options={
                'verbose_name': 'health record',
                'verbose_name_plural': 'health records',
            },
        ),
        migrations.CreateModel(
            name='EmergencyContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=50, verbose_name='name')),
                ('relation', models.CharField(blank=True, max_length=20, verbose_name='relation')),
                ('phone', personnel.models.fields.SealedField(db_column='phone_sealed', editable=True, row='member_id', verbose_name='phone')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='organization.unit', verbose_name='unit')),
                ('member', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='emergency_contacts', to='personnel.member', verbose_name='member')),
            ],
            options={
                'verbose_name': 'emergency contact',
                'verbose_name_plural': 'emergency contacts',
            },
        ),
        migrations.CreateModel(
            name='Card',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_collation='C', max_length=50, verbose_name='name')),
                ('pinyin', models.CharField(db_collation='C', max_length=120)),
                ('initials', models.CharField(db_collation='C', max_length=30)),
                ('other_pinyin', models.CharField(db_collation='C', max_length=120)),
                ('mask', models.CharField(max_length=24, verbose_name='document number')),
                ('sex', models.CharField(choices=[('male', 'male'), ('female', 'female')], max_length=6, verbose_name='sex')),
                ('birth_date', models.DateField(verbose_name='birth date')),
                ('education', personnel.models.fields.CodeField(blank=True, max_length=30, null=True, table='education', verbose_name='education')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='cards', to='organization.unit', verbose_name='unit')),
                ('member', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='cards', to='personnel.member', verbose_name='member')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'ordering': ['unit_id', 'member_id'],
            },
        ),
        migrations.CreateModel(
            name='BankAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bank', models.CharField(max_length=60, verbose_name='bank')),
                ('number', personnel.models.fields.SealedField(db_column='number_sealed', editable=True, row='member_id', verbose_name='account number')),
                ('number_digest', personnel.models.fields.DigestField(of='number', purpose='account')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='organization.unit', verbose_name='unit')),
                ('member', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='bank_account', to='personnel.member', verbose_name='member')),
            ],
            options={
                'verbose_name': 'bank account',
                'verbose_name_plural': 'bank accounts',
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('force', models.CharField(choices=[('auxiliary', 'auxiliary police'), ('patrol', 'public-security patrol'), ('joint_defence', 'joint defence'), ('guard', 'guard'), ('volunteer', 'volunteer')], max_length=13, verbose_name='force')),
                ('category', models.CharField(blank=True, choices=[('operational', 'operational'), ('clerical', 'clerical')], max_length=11, verbose_name='category')),
                ('sponsor', models.CharField(blank=True, choices=[('town', 'town-run'), ('village', 'village-run')], max_length=7, verbose_name='run by')),
                ('post', models.CharField(blank=True, max_length=40, verbose_name='post')),
                ('grade', models.CharField(blank=True, max_length=20, verbose_name='grade')),
                ('badge', models.CharField(blank=True, max_length=20, verbose_name='service number')),
                ('former_title', models.CharField(blank=True, max_length=20, verbose_name='former title')),
                ('cohort', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='year of recruitment')),
                ('share', models.PositiveSmallIntegerField(default=100, help_text='100 is full time; a volunteer has 0.', verbose_name='share of full time (%)')),
                ('share_from', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('started_on', models.DateField(verbose_name='started on')),
                ('beginning', models.CharField(choices=[('recruited', 'recruited'), ('transferred', 'transferred in'), ('merged', 'absorbed in a merger'), ('returned', 'came back'), ('second', 'second service')], default='recruited', max_length=11, verbose_name='how it began')),
                ('ended_on', models.DateField(blank=True, help_text='First day no longer served.', null=True, verbose_name='ended on')),
                ('ending', models.CharField(blank=True, choices=[('resigned', 'resigned'), ('expired', 'contract ended'), ('dismissed', 'dismissed'), ('transferred', 'transferred out'), ('merged', 'moved in a merger'), ('retired', 'retired'), ('deceased', 'deceased'), ('other', 'other reason')], max_length=11, verbose_name='how it ended')),
                ('ending_note', models.CharField(blank=True, max_length=120, verbose_name='reason')),
                ('contract_from', models.DateField(blank=True, null=True, verbose_name='contract from')),
                ('contract_until', models.DateField(blank=True, help_text='Last day of the contract.', null=True, verbose_name='contract until')),
                ('employer', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='organization.employer', verbose_name='employer')),
                ('recruiter', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.unit', verbose_name='recruiter')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='organization.unit', verbose_name='unit')),
                ('using_unit', models.ForeignKey(blank=True, db_index=False, help_text='Where the member works, when that is not the unit above: a police station, a special squad.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.unit', verbose_name='using unit')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='personnel.member', verbose_name='member')),
            ],
            options={
                'verbose_name': 'service',
                'verbose_name_plural': 'services',
                'ordering': ['-started_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('official', models.CharField(blank=True, max_length=50, verbose_name='outside official')),
                ('office', models.CharField(blank=True, help_text='Such as community police officer, director of the village committee.', max_length=60, verbose_name='office')),
                ('started_on', models.DateField(verbose_name='from')),
                ('ended_on', models.DateField(blank=True, help_text='First day no longer held.', null=True, verbose_name='until')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='organization.post', verbose_name='post')),
                ('unit', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='organization.unit', verbose_name='unit')),
                ('member', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='personnel.member', verbose_name='member')),
            ],
            options={
                'verbose_name': 'appointment',
                'verbose_name_plural': 'appointments',
                'ordering': ['unit_id', 'post_id', '-started_on'],
            },
        ),
        migrations.CreateModel(
            name='TransferRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=50, verbose_name='name')),
                ('id_digest', models.BinaryField()),
                ('force', models.CharField(choices=[('auxiliary', 'auxiliary police'), ('patrol', 'public-security patrol'), ('joint_defence', 'joint defence'), ('guard', 'guard'), ('volunteer', 'volunteer')], max_length=13, verbose_name='force')),
                ('sponsor', models.CharField(blank=True, choices=[('town', 'town-run'), ('village', 'village-run')], max_length=7, verbose_name='run by')),
                ('post', models.CharField(blank=True, max_length=40, verbose_name='post')),
                ('share', models.PositiveSmallIntegerField(default=100, help_text='100 moves the person; less asks for a second, part-time service.', verbose_name='share of full time (%)')),
                ('asked_by', models.BigIntegerField(editable=False)),
                ('asked_on', models.DateField(verbose_name='asked on')),
                ('answer', models.CharField(blank=True, choices=[('agreed', 'agreed'), ('refused', 'refused'), ('lapsed', 'lapsed')], editable=False, max_length=7, verbose_name='answer')),
                ('answered_on', models.DateField(blank=True, editable=False, null=True, verbose_name='answered on')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfer_requests', to='organization.unit', verbose_name='asking unit')),
            ],
            options={
                'verbose_name': 'transfer request',
                'verbose_name_plural': 'transfer requests',
                'ordering': ['unit_id', '-id'],
            },
        ),
        migrations.CreateModel(
            name='TransferConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_by', models.BigIntegerField(editable=False)),
                ('asked_on', models.DateField(verbose_name='asked on')),
                ('share', models.PositiveSmallIntegerField(verbose_name='share of full time (%)')),
                ('decision', models.CharField(blank=True, choices=[('agreed', 'agreed'), ('refused', 'refused'), ('lapsed', 'lapsed')], max_length=7, verbose_name='decision')),
                ('decided_by', models.BigIntegerField(blank=True, editable=False, null=True)),
                ('decided_on', models.DateField(blank=True, null=True, verbose_name='decided on')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('member', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='transfer_consents', to='personnel.member', verbose_name='member')),
                ('to_unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.unit', verbose_name='asking unit')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='organization.unit', verbose_name='unit')),
                ('request', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='consent', to='personnel.transferrequest')),
            ],
            options={
                'verbose_name': 'transfer consent',
                'verbose_name_plural': 'transfer consents',
                'ordering': ['unit_id', '-id'],
            },
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('phone_digest__isnull', False)), fields=['phone_digest'], name='member_by_phone'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(fields=('unit', 'id'), name='member_by_unit'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(fields=('id_digest',), name='member_document_number_is_unique', violation_error_message='This document number is registered already.'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='member_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('sex__in', ['male', 'female'])), name='member_sex_is_known'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('document', None), ('document__in', ['resident_id', 'hk_macau_permit', 'taiwan_permit', 'hk_macau_taiwan_residence', 'passport', 'foreign_permanent_residence']), _connector='OR'), name='member_document_is_a_code'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('ethnicity', None), ('ethnicity__in', ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12', '13', '14', '15', '16', '17', '18', '19', '20', '21', '22', '23', '24', '25', '26', '27', '28', '29', '30', '31', '32', '33', '34', '35', '36', '37', '38', '39', '40', '41', '42', '43', '44', '45', '46', '47', '48', '49', '50', '51', '52', '53', '54', '55', '56', '97', '98']), _connector='OR'), name='member_ethnicity_is_a_code'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('political', None), ('political__in', ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12', '13']), _connector='OR'), name='member_political_is_a_code'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('education', None), ('education__in', ['10', '11', '12', '13', '14', '15', '16', '17', '18', '19', '20', '21', '22', '23', '28', '30', '31', '32', '33', '40', '41', '42', '43', '44', '45', '46', '47', '48', '49', '60', '61', '62', '63', '70', '71', '73', '80', '81', '83', '90']), _connector='OR'), name='member_education_is_a_code'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('marital', None), ('marital__in', ['10', '20', '21', '22', '23', '30', '40', '90']), _connector='OR'), name='member_marital_is_a_code'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('occupation', None), ('occupation__in', ['11', '13', '17', '21', '24', '27', '31', '37', '51', '54', '70', '80', '90']), _connector='OR'), name='member_occupation_is_a_code'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('military', None), ('military__in', ['not_served', 'active', 'reserve', 'discharged', 'defence_student']), _connector='OR'), name='member_military_is_a_code'),
        ),
        migrations.AddConstraint(
            model_name='healthrecord',
            constraint=organization.constraints.CompositeForeignKey(columns=('unit_id', 'member_id'), name='health_record_follows_member', target='personnel_member', target_columns=('unit_id', 'id')),
        ),
        migrations.AddConstraint(
            model_name='emergencycontact',
            constraint=organization.constraints.CompositeForeignKey(columns=('unit_id', 'member_id'), name='emergency_contact_follows_member', target='personnel_member', target_columns=('unit_id', 'id')),
        ),
        migrations.AddIndex(
            model_name='card',
            index=models.Index(fields=['pinyin'], name='card_by_pinyin'),
        ),
        migrations.AddIndex(
            model_name='card',
            index=models.Index(fields=['initials'], name='card_by_initials'),
        ),
        migrations.AddIndex(
            model_name='card',
            index=models.Index(fields=['name'], name='card_by_name'),
        ),
        migrations.AddIndex(
            model_name='card',
            index=models.Index(condition=models.Q(('other_pinyin', ''), _negated=True), fields=['other_pinyin'], name='card_by_other_pinyin'),
        ),
        migrations.AddConstraint(
            model_name='card',
            constraint=models.UniqueConstraint(fields=('unit', 'member'), name='card_one_a_member_and_unit'),
        ),
        migrations.AddConstraint(
            model_name='bankaccount',
            constraint=organization.constraints.CompositeForeignKey(columns=('unit_id', 'member_id'), name='bank_account_follows_member', target='personnel_member', target_columns=('unit_id', 'id')),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['unit', 'member'], name='assignment_by_unit'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('employer__isnull', False)), fields=['employer'], name='assignment_by_employer'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gt', models.F('started_on')), _connector='OR'), name='assignment_ends_after_it_starts', violation_error_message='The service ends before it starts.'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_on', None), ('ending', '')), models.Q(('ended_on__isnull', False), models.Q(('ending', ''), _negated=True)), _connector='OR'), name='assignment_ends_for_a_reason', violation_error_message='Give both the day on which the service ended and how it ended, or neither.'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('force', 'joint_defence'), models.Q(('sponsor', ''), _negated=True)), models.Q(models.Q(('force', 'joint_defence'), _negated=True), ('sponsor', '')), _connector='OR'), name='assignment_joint_defence_has_a_sponsor', violation_error_message='Joint defence is run by a town or by a village; other forces leave this blank.'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('category', ''), ('force', 'auxiliary'), _connector='OR'), name='assignment_category_is_for_auxiliary_police', violation_error_message='Operational or clerical is said of auxiliary police only.'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('force', 'volunteer'), ('share', 0)), models.Q(models.Q(('force', 'volunteer'), _negated=True), ('share__range', (1, 100)), ('share_from__lte', django.db.models.expressions.CombinedExpression(models.Value(100), '-', models.F('share')))), _connector='OR'), name='assignment_share_is_a_percentage', violation_error_message='The share lies between 1 and 100; for a volunteer it is 0.'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('force__in', ['auxiliary', 'patrol', 'joint_defence', 'guard', 'volunteer'])), name='assignment_force_is_known'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('contract_until', None), ('contract_from', None), ('contract_until__gte', models.F('contract_from')), _connector='OR'), name='assignment_contract_ends_after_it_starts', violation_error_message='The contract ends before it starts.'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('member'), models.F('member'), models.Value('[]'), function='int8range', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('started_on'), models.F('ended_on'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&'), (models.Func(models.F('share_from'), django.db.models.expressions.CombinedExpression(models.F('share_from'), '+', models.F('share')), function='int4range', output_field=django.contrib.postgres.fields.ranges.IntegerRangeField()), '&&')], name='assignment_no_more_than_full_time', violation_error_message='This member already serves elsewhere on these days; together it would be more than full time.'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('member__isnull', False), ('official', '')), models.Q(('member', None), models.Q(('official', ''), _negated=True)), _connector='OR'), name='appointment_holder_is_a_member_or_an_official', violation_error_message='Name either a member or an outside official.'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gt', models.F('started_on')), _connector='OR'), name='appointment_ends_after_it_starts', violation_error_message='The appointment ends before it starts.'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('post'), models.F('post'), models.Value('[]'), function='int8range', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('started_on'), models.F('ended_on'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='appointment_one_holder_at_a_time', violation_error_message='Somebody else holds this post on these days.'),
        ),
        migrations.AddConstraint(
            model_name='transferrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('answer', '')), fields=('unit', 'id_digest'), name='transfer_request_is_open_once', violation_error_message='This person was asked for already; the answer is awaited.'),
        ),
        migrations.AddConstraint(
            model_name='transferrequest',
            constraint=models.CheckConstraint(condition=models.Q(('share__range', (1, 100))), name='transfer_request_share_is_a_percentage'),
        ),
        migrations.AddConstraint(
            model_name='transferrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_on', None)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_on__isnull', False)), _connector='OR'), name='transfer_request_is_answered_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='transferconsent',
            constraint=organization.constraints.CompositeForeignKey(columns=('unit_id', 'member_id'), name='transfer_consent_follows_member', target='personnel_member', target_columns=('unit_id', 'id')),
        ),
        migrations.AddConstraint(
            model_name='transferconsent',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='transfer_consent_is_decided_by_somebody_else', violation_error_message='Nobody decides their own request.'),
        ),
        migrations.AddConstraint(
            model_name='transferconsent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by', None), ('decided_on', None), ('decision', '')), models.Q(models.Q(('decision', ''), _negated=True), ('decided_by__isnull', False), ('decided_on__isnull', False)), _connector='OR'), name='transfer_consent_is_decided_whole'),
        ),
    ]
