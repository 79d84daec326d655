import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.math
import django.db.models.functions.text
import django.db.models.lookups
import organization.models.unit
from django.conf import settings
from django.db import migrations, models

from organization.protection import sql_file


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.RunSQL(sql_file('organization', 'before_tables'), 'DROP FUNCTION division_high; DROP FUNCTION refuse_change'),
        migrations.CreateModel(
            name='TrailEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('action', models.CharField(choices=[('I', 'added'), ('U', 'changed'), ('D', 'removed')], max_length=1, verbose_name='action')),
                ('table', models.CharField(db_column='table_name', max_length=63, verbose_name='what')),
                ('row', models.BigIntegerField(verbose_name='row')),
                ('member', models.BigIntegerField(db_column='member_id', null=True, verbose_name='member')),
                ('before', models.JSONField(null=True, verbose_name='before')),
                ('after', models.JSONField(null=True, verbose_name='after')),
                ('actor', models.BigIntegerField(null=True, verbose_name='account')),
                ('actor_name', models.CharField(max_length=80, verbose_name='who')),
                ('address', models.CharField(max_length=45, null=True, verbose_name='address')),
                ('origin', models.CharField(max_length=200, null=True, verbose_name='page or command')),
                ('request', models.CharField(max_length=36, null=True, verbose_name='request')),
                ('batch', models.CharField(max_length=36, null=True, verbose_name='batch')),
            ],
            options={
                'verbose_name': 'trail entry',
                'verbose_name_plural': 'trail',
                'db_table': 'organization_trail_masked',
                'ordering': ['-id'],
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[\\w.-]{2,40}\\Z', '2 to 40 letters, digits, dots, hyphens or underscores.')], verbose_name='user name')),
                ('name', models.CharField(max_length=40, verbose_name='full name')),
                ('role', models.CharField(blank=True, choices=[('clerk', 'village clerk'), ('staff', 'town staff'), ('hr', 'sub-bureau personnel office'), ('finance', 'finance'), ('training', 'training'), ('governance', 'comprehensive-governance office'), ('sysadmin', 'system administrator'), ('secadmin', 'security administrator'), ('auditor', 'auditor')], help_text='Given by the security administrator; without one nobody can log in.', max_length=10, null=True, verbose_name='role')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_demo', models.BooleanField(default=False, editable=False)),
                ('issued_at', models.DateTimeField(blank=True, editable=False, help_text='Set while the password is one that somebody else handed over.', null=True, verbose_name='password issued at')),
                ('issued_used_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('session_epoch', models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                'verbose_name': 'account',
                'verbose_name_plural': 'accounts',
                'ordering': ['unit_id', 'username'],
            },
        ),
        migrations.CreateModel(
            name='Installation',
            fields=[
                ('root', models.BigIntegerField(help_text='12-digit division code of the office.', primary_key=True, serialize=False, verbose_name='root code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demonstration')),
                ('only_one', models.BooleanField(default=True, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'installation',
                'constraints': [models.CheckConstraint(condition=models.Q(('only_one', True)), name='installation_is_the_only_one'), models.CheckConstraint(condition=models.Q(('root__range', (100000000000, 999999999999))), name='installation_root_has_twelve_digits')],
            },
        ),
        migrations.CreateModel(
            name='SecurityEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='time')),
                ('kind', models.CharField(choices=[('login', 'logged in'), ('login_failed', 'login failed'), ('locked', 'account locked'), ('logout', 'logged out'), ('password', 'password changed'), ('second_factor', 'second factor'), ('sessions_ended', 'sessions ended'), ('reveal', 'number revealed'), ('lookup', 'number looked up'), ('export', 'export'), ('refused', 'refused'), ('pruned', 'old entries removed')], max_length=14, verbose_name='kind')),
                ('actor', models.BigIntegerField(blank=True, null=True, verbose_name='account')),
                ('username', models.CharField(blank=True, max_length=150, verbose_name='user name')),
                ('unit', models.BigIntegerField(blank=True, null=True, verbose_name='unit')),
                ('member', models.BigIntegerField(blank=True, null=True, verbose_name='member')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('detail', models.JSONField(blank=True, default=dict, verbose_name='detail')),
                ('address', models.GenericIPAddressField(blank=True, null=True, verbose_name='address')),
                ('origin', models.CharField(blank=True, max_length=200, verbose_name='page or command')),
                ('request', models.CharField(blank=True, max_length=36, verbose_name='request')),
            ],
            options={
                'verbose_name': 'security event',
                'verbose_name_plural': 'security events',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['at'], name='event_by_time'), models.Index(fields=['actor', 'kind', 'at'], name='event_by_actor')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('started_at', models.DateTimeField(default=django.db.models.functions.datetime.Now, editable=False)),
                ('account', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('code', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, help_text='Former and colloquial names under which rosters may call it.', size=None, verbose_name='other names')),
                ('opened_on', models.DateField(blank=True, null=True, verbose_name='opened on')),
                ('closed_on', models.DateField(blank=True, help_text='First day it no longer exists.', null=True, verbose_name='closed on')),
                ('population', models.PositiveIntegerField(blank=True, null=True, verbose_name='resident population')),
                ('root', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='units', to='organization.installation')),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='organization.unit', verbose_name='successor')),
            ],
            options={
                'verbose_name': 'unit',
                'verbose_name_plural': 'units',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('established_on', models.DateField(verbose_name='established on')),
                ('disbanded_on', models.DateField(blank=True, help_text='First day it no longer exists.', null=True, verbose_name='disbanded on')),
                ('seat', models.CharField(choices=[('sub_bureau', 'sub-bureau'), ('governance_centre', 'governance centre'), ('police_room', 'community police room'), ('security_committee', 'security committee'), ('police_station', 'police station'), ('other', 'other place')], max_length=18, verbose_name='seat')),
                ('address', models.CharField(blank=True, max_length=120, verbose_name='address')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='teams', to='organization.unit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'team',
                'verbose_name_plural': 'teams',
                'ordering': ['unit_id'],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(choices=[('chief', 'commander'), ('deputy', 'deputy commander'), ('instructor', 'instructor'), ('office_head', 'head of the office')], max_length=11, verbose_name='title')),
                ('ex_officio', models.CharField(blank=True, choices=[('governance_leader', 'leader of the governance office'), ('sub_bureau_leader', 'leader of the sub-bureau'), ('town_governance_leader', 'town leader in charge of governance'), ('community_officer', 'community police officer'), ('village_director', "director of the village or residents' committee")], help_text='The office that brings this post with it, such as the community police officer.', max_length=40, verbose_name='held ex officio by')),
                ('abolished_on', models.DateField(blank=True, null=True, verbose_name='abolished on')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='organization.team', verbose_name='team')),
                ('unit', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='organization.unit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'post',
                'verbose_name_plural': 'posts',
                'ordering': ['unit_id', 'title', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Employer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('nature', models.CharField(choices=[('security_company', 'security company'), ('government', 'government office or association'), ('school', 'school'), ('enterprise', 'enterprise'), ('property', 'property management'), ('entertainment', 'entertainment venue'), ('sub_bureau', 'sub-bureau'), ('town_office', 'town or village office')], max_length=16, verbose_name='nature')),
                ('self_recruiting', models.BooleanField(default=False, verbose_name='recruits guards itself')),
                ('declared_guards', models.PositiveIntegerField(blank=True, null=True, verbose_name='guards declared')),
                ('filed_on', models.DateField(blank=True, null=True, verbose_name='filed with the police on')),
                ('started_on', models.DateField(blank=True, null=True, verbose_name='employs guards since')),
                ('ended_on', models.DateField(blank=True, help_text='First day without guards.', null=True, verbose_name='employs guards until')),
                ('contact', models.CharField(blank=True, max_length=60, verbose_name='contact')),
                ('unit', models.ForeignKey(help_text='The village of the premises; the town where that is unknown.', on_delete=django.db.models.deletion.PROTECT, related_name='employers', to='organization.unit', verbose_name='place')),
            ],
            options={
                'verbose_name': 'employer',
                'verbose_name_plural': 'employers',
                'ordering': ['unit_id', 'id'],
            },
        ),
        migrations.AddField(
            model_name='account',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='organization.unit', verbose_name='unit'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('code__gte', models.F('root')), ('code__lte', organization.models.unit.SpanHigh(models.F('root')))), name='unit_lies_inside_the_root', violation_error_message="The code lies outside the office's own division code."),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='unit_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('closed_on', None), ('opened_on', None), ('closed_on__gt', models.F('opened_on')), _connector='OR'), name='unit_closes_after_it_opens', violation_error_message='A unit closes after it opens.'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_on', None), ('successor', None)), models.Q(('closed_on__isnull', False), ('successor__isnull', False)), _connector='OR'), name='unit_closes_with_a_successor', violation_error_message='A closed unit names its successor.'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('successor', models.F('code')), _negated=True), name='unit_is_not_its_own_successor'),
        ),
        migrations.AddConstraint(
            model_name='team',
            constraint=models.UniqueConstraint(condition=models.Q(('disbanded_on', None)), fields=('unit',), name='team_one_a_unit', violation_error_message='This unit has its team already.'),
        ),
        migrations.AddConstraint(
            model_name='team',
            constraint=models.CheckConstraint(condition=models.Q(('disbanded_on', None), ('disbanded_on__gt', models.F('established_on')), _connector='OR'), name='team_disbands_after_it_is_established', violation_error_message='A team is disbanded after it is established.'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.UniqueConstraint(condition=models.Q(('abolished_on', None), ('title', 'chief')), fields=('team',), name='post_one_chief_a_team', violation_error_message='This team has its chief post already.'),
        ),
        migrations.AddIndex(
            model_name='employer',
            index=models.Index(fields=['unit', 'id'], name='employer_by_unit'),
        ),
        migrations.AddConstraint(
            model_name='employer',
            constraint=models.CheckConstraint(condition=models.Q(('nature', 'entertainment'), ('self_recruiting', True), _negated=True), name='employer_entertainment_does_not_recruit_guards_itself', violation_error_message='An entertainment venue may not recruit guards itself (Regulation on Security Services, art. 13).'),
        ),
        migrations.AddConstraint(
            model_name='employer',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on', None), ('started_on', None), ('ended_on__gt', models.F('started_on')), _connector='OR'), name='employer_ends_after_it_starts', violation_error_message='The last day must lie after the first.'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(fields=['unit', 'id'], name='account_by_unit'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='account_user_name_is_unique', violation_error_message='This user name is taken.'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('role__isnull', True), models.Q(('role', 'clerk'), django.db.models.lookups.GreaterThan(django.db.models.functions.math.Mod(models.F('unit'), 1000), 0)), models.Q(('role', 'staff'), django.db.models.lookups.Exact(django.db.models.functions.math.Mod(models.F('unit'), 1000), 0), django.db.models.lookups.GreaterThan(django.db.models.functions.math.Mod(models.F('unit'), 1000000), 0)), models.Q(models.Q(('role__in', ['clerk', 'staff']), _negated=True), models.Q(django.db.models.lookups.Exact(django.db.models.functions.math.Mod(models.F('unit'), 1000000), 0), django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.math.Mod(models.F('unit'), 1000000), 900000), _connector='OR')), _connector='OR'), name='account_role_fits_its_unit', violation_error_message='This role does not fit this unit: clerks belong to villages, town staff to towns, the others to the district or its offices.'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('role', None), ('role__in', ['clerk', 'staff', 'hr', 'finance', 'training', 'governance', 'sysadmin', 'secadmin', 'auditor']), _connector='OR'), name='account_role_is_known'),
        ),
    ]
