from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.models import Unit
from personnel import identity
from personnel.models.fields import (
    CodeField,
    DigestField,
    MaskField,
    ReadingField,
    SealedField,
    code_check,
    next_member_id,
)

ERASED = "已清除"  # stands for name and number of a file whose time has run out


class Sex(models.TextChoices):
    MALE = "male", _("male")
    FEMALE = "female", _("female")


class Member(models.Model):
    """A person's file, one row a document number. One unit keeps and edits it; it moves with all it carries."""

    class Household(models.TextChoices):
        LOCAL = "local", _("local household")
        CITY = "city", _("elsewhere in the city")
        PROVINCE = "province", _("elsewhere in the province")
        OTHER = "other", _("other province")

    id = models.BigIntegerField(primary_key=True, default=next_member_id, editable=False)
    # Checked once for each statement: sql/keys_by_statement.sql.
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name=_("unit that keeps the file"),
        related_name="members",
        db_index=False,
        db_constraint=False,
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=50)
    former_name = models.CharField(_("former name"), max_length=50, blank=True)
    pinyin = ReadingField(max_length=120, of="name", which=0)
    initials = ReadingField(max_length=30, of="name", which=1)
    other_pinyin = ReadingField(max_length=120, of="name", which=2)
    document = CodeField(_("kind of document"), table="document", null=False, blank=False, default="resident_id")
    id_number = SealedField(_("document number"), db_column="id_sealed")
    id_digest = DigestField(of="id_number", purpose="id")
    id_mask = MaskField(_("document number"), max_length=24, of="id_number")
    sex = models.CharField(_("sex"), max_length=6, choices=Sex)
    birth_date = models.DateField(_("birth date"))
    ethnicity = CodeField(_("ethnicity"), table="ethnicity")
    political = CodeField(_("political affiliation"), table="political")
    education = CodeField(_("education"), table="education")
    graduate_school = models.CharField(_("school"), max_length=60, blank=True)
    major = models.CharField(_("major"), max_length=60, blank=True)
    marital = CodeField(_("marital status"), table="marital")
    occupation = CodeField(_("previous occupation"), table="occupation")
    military = CodeField(_("military service"), table="military")
    phone = SealedField(_("phone"), db_column="phone_sealed", null=True, blank=True)
    phone_digest = DigestField(of="phone", purpose="phone", null=True)
    native_place = models.CharField(_("native place"), max_length=60, blank=True)
    household = models.CharField(_("household"), max_length=8, choices=Household, blank=True)
    household_address = models.CharField(_("household address"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=120, blank=True)
    specialty = models.CharField(_("special skills"), max_length=120, blank=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    erased_on = models.DateField(_("erased on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["unit_id", "id"]
        indexes = [
            models.Index(name="member_by_phone", fields=["phone_digest"], condition=Q(phone_digest__isnull=False))
        ]
        constraints = [
            models.UniqueConstraint(name="member_by_unit", fields=["unit", "id"]),
            models.UniqueConstraint(
                name="member_document_number_is_unique",
                fields=["id_digest"],
                violation_error_message=_("This document number is registered already."),
            ),
            models.CheckConstraint(name="member_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="member_erased_says_nothing_of_anybody",
                condition=Q(erased_on=None)
                | Q(
                    name=ERASED,
                    id_mask=ERASED,
                    pinyin="",
                    phone=None,
                    phone_digest=None,
                    former_name="",
                    address="",
                    household_address="",
                    remark="",
                ),
                violation_error_message=_("This file was erased; nothing is entered in it any more."),
            ),
            models.CheckConstraint(name="member_sex_is_known", condition=Q(sex__in=Sex.values)),
            *(
                code_check("member", field, table)
                for field, table in [
                    ("document", "document"),
                    ("ethnicity", "ethnicity"),
                    ("political", "political"),
                    ("education", "education"),
                    ("marital", "marital"),
                    ("occupation", "occupation"),
                    ("military", "military"),
                ]
            ),
        ]

    def __str__(self):
        return self.name

    def age_on(self, day):
        return identity.age_on(self.birth_date, day)

    def is_written_by(self, forces):
        """Whether the running or last service is of one of these forces; a file without service is anybody's."""
        last = self.assignments.latest_first().first()
        return last is None or last.force in forces
