import django.db.models.deletion
from django.db import migrations, models

import personnel.models.dossier

OPEN = """
INSERT INTO personnel_dossier (member_id, unit_id)
SELECT m.id, m.unit_id FROM personnel_member m WHERE m.id IN (
  SELECT member_id FROM personnel_appeal
  UNION SELECT member_id FROM personnel_appointment
  UNION SELECT member_id FROM personnel_assessment
  UNION SELECT member_id FROM personnel_certificate
  UNION SELECT member_id FROM personnel_correctionrequest
  UNION SELECT member_id FROM personnel_erasureentry
  UNION SELECT member_id FROM personnel_erasurehold
  UNION SELECT member_id FROM personnel_formernumber
  UNION SELECT member_id FROM personnel_kinship
  UNION SELECT member_id FROM personnel_mergertask
  UNION SELECT member_id FROM personnel_placement
  UNION SELECT member_id FROM personnel_transferconsent)
"""


class Migration(migrations.Migration):
    """What seldom hangs on a member hangs on the dossier."""

    dependencies = [("personnel", "0031_dossiers")]

    operations = [
        migrations.RunSQL(OPEN, migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name="correctionrequest",
            name='correction_follows_member',
        ),
        migrations.RemoveConstraint(
            model_name="erasureentry",
            name='erasure_entry_follows_member',
        ),
        migrations.RemoveConstraint(
            model_name="erasurehold",
            name='erasure_hold_follows_member',
        ),
        migrations.RemoveConstraint(
            model_name="formernumber",
            name='former_number_follows_member',
        ),
        migrations.RemoveConstraint(
            model_name="kinship",
            name='kinship_follows_member',
        ),
        migrations.RemoveConstraint(
            model_name="mergertask",
            name='merger_task_follows_member',
        ),
        migrations.RemoveConstraint(
            model_name="transferconsent",
            name='transfer_consent_follows_file',
        ),
        migrations.AlterField(
            model_name="appeal",
            name='member',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='personnel.member', verbose_name='member'),
        ),
        migrations.AlterField(
            model_name="appointment",
            name='member',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='personnel.member', verbose_name='member'),
        ),
        migrations.AlterField(
            model_name="assessment",
            name='member',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='personnel.member', verbose_name='member'),
        ),
        migrations.AlterField(
            model_name="certificate",
            name='member',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='personnel.member', verbose_name='member'),
        ),
        migrations.AlterField(
            model_name="placement",
            name='member',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='personnel.member', verbose_name='member'),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=personnel.models.dossier.InDossier(name='appeal_hangs_on_member', unit=None),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=personnel.models.dossier.InDossier(name='appointment_hangs_on_member', unit=None),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=personnel.models.dossier.InDossier(name='assessment_hangs_on_member', unit=None),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=personnel.models.dossier.InDossier(name='certificate_hangs_on_member', unit=None),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=personnel.models.dossier.InDossier(name='correction_follows_member', unit='unit_id'),
        ),
        migrations.AddConstraint(
            model_name="erasureentry",
            constraint=personnel.models.dossier.InDossier(name='erasure_entry_follows_member', unit='unit_id'),
        ),
        migrations.AddConstraint(
            model_name="erasurehold",
            constraint=personnel.models.dossier.InDossier(name='erasure_hold_follows_member', unit='unit_id'),
        ),
        migrations.AddConstraint(
            model_name="formernumber",
            constraint=personnel.models.dossier.InDossier(name='former_number_follows_member', unit='unit_id'),
        ),
        migrations.AddConstraint(
            model_name="kinship",
            constraint=personnel.models.dossier.InDossier(name='kinship_follows_member', unit='unit_id'),
        ),
        migrations.AddConstraint(
            model_name="mergertask",
            constraint=personnel.models.dossier.InDossier(name='merger_task_follows_member', unit='unit_id'),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=personnel.models.dossier.InDossier(name='placement_hangs_on_member', unit=None),
        ),
        migrations.AddConstraint(
            model_name="transferconsent",
            constraint=personnel.models.dossier.InDossier(name='transfer_consent_follows_file', unit='kept_by_id'),
        ),
    ]
