"""The rest of a person's file: tables that carry the unit which keeps it, and move with the member."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.models import Unit
from personnel.models.fields import DigestField, SealedField
from personnel.models.following import follows_member_itself
from personnel.models.member import Member


class FileModel(models.Model):
    """A table of the file; the database fills `unit` from the member and keeps it so."""

    unit = models.ForeignKey(
        Unit,
        models.DO_NOTHING,
        verbose_name=_("unit"),
        editable=False,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        abstract = True


class EmergencyContact(FileModel):
    """Whom to call when something happens to the member."""

    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="emergency_contacts", db_constraint=False
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=50)
    relation = models.CharField(_("relation"), max_length=20, blank=True)
    phone = SealedField(_("phone"), db_column="phone_sealed", row="member_id")

    class Meta:
        verbose_name = _("emergency contact")
        verbose_name_plural = _("emergency contacts")
        constraints = [follows_member_itself("emergency_contact_follows_member")]

    def __str__(self):
        return self.name


class BankAccount(FileModel):
    """The account that pay goes to."""

    member = models.OneToOneField(
        Member, models.PROTECT, verbose_name=_("member"), related_name="bank_account", db_constraint=False
    )
    bank = models.CharField(_("bank"), max_length=60)
    number = SealedField(_("account number"), db_column="number_sealed", row="member_id")
    number_digest = DigestField(of="number", purpose="account")

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        constraints = [follows_member_itself("bank_account_follows_member")]

    def __str__(self):
        return self.bank


class HealthRecord(FileModel):
    """State of health; seen by the personnel office alone."""

    member = models.OneToOneField(
        Member, models.PROTECT, verbose_name=_("member"), related_name="health_record", db_constraint=False
    )
    condition = SealedField(_("state of health"), db_column="condition_sealed", row="member_id")
    blood_type = SealedField(_("blood type"), db_column="blood_type_sealed", row="member_id", null=True, blank=True)
    height = SealedField(_("height (cm)"), db_column="height_sealed", row="member_id", null=True, blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)

    class Meta:
        verbose_name = _("health record")
        verbose_name_plural = _("health records")
        constraints = [follows_member_itself("health_record_follows_member")]

    def __str__(self):
        return str(self.member_id)
