"""Taking somebody in: proposed by the unit, checked by the personnel office, decided by somebody else."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization import rights
from organization.models import Unit
from personnel.models.assignment import Assignment, Force
from personnel.models.fields import CodeField, DigestField, MaskField, SealedField, code_check
from personnel.models.member import ERASED, Sex

OF_PERSONNEL_OFFICE = rights.FORCES_WRITTEN["hr"]
KEPT_DAYS = 30  # what is known of somebody who was not taken in


class EntryQuerySet(models.QuerySet):
    def open(self):
        """Proposed and not decided."""
        return self.filter(decision="")

    def approved(self):
        return self.filter(decision="approved")

    def decidable_by(self, account):
        """Those that wait for the word of this account: nobody decides what they proposed themselves."""
        rows = self.open().exclude(proposed_by=account.pk)
        if account.role == "hr":
            return rows
        return rows.filter(force__in=OF_PERSONNEL_OFFICE) if account.role == "governance" else rows.none()

    def outdated(self, day):
        """Not taken in, and decided long enough ago for the person to be forgotten."""
        return self.filter(
            decision__in=["declined", "withdrawn"], wiped_on=None, decided_on__lte=day - timedelta(days=KEPT_DAYS)
        )


class Entry(models.Model):
    """A unit wants to take a person into a force. The number stays no longer than the question is open."""

    class Way(models.TextChoices):
        OPEN = "open", _("open recruitment")
        RECOMMENDED = "recommended", _("recommended")
        RETURNING = "returning", _("served before")
        OTHER = "other", _("another way")

    class Decision(models.TextChoices):
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="entries", db_index=False)
    force = models.CharField(_("force"), max_length=13, choices=Force)
    sponsor = models.CharField(_("run by"), max_length=7, choices=Assignment.Sponsor, blank=True)
    post = models.CharField(_("post"), max_length=40, blank=True)
    starts_on = models.DateField(_("planned first day"))
    way = models.CharField(_("how the person was found"), max_length=11, choices=Way)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    exception = models.CharField(_("why in spite of the rule"), max_length=200, blank=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=50)
    document = CodeField(_("kind of document"), table="document", null=False, blank=False, default="resident_id")
    id_number = SealedField(_("document number"), db_column="id_sealed", null=True)
    id_digest = DigestField(of="id_number", purpose="id", null=True)
    id_mask = MaskField(_("document number"), max_length=24, of="id_number")
    sex = models.CharField(_("sex"), max_length=6, choices=Sex)
    birth_date = models.DateField(_("birth date"), null=True)
    phone = SealedField(_("phone"), db_column="phone_sealed", null=True, blank=True)
    education = CodeField(_("education"), table="education")
    proposed_by = models.BigIntegerField(editable=False)
    proposer_name = models.CharField(_("proposed by"), max_length=80, editable=False)
    proposed_on = models.DateField(_("proposed on"))
    proposed_at = models.DateTimeField(db_default=Now(), editable=False)
    decision = models.CharField(_("decision"), max_length=9, choices=Decision, blank=True)
    decided_by = models.BigIntegerField(null=True, editable=False)
    decider_name = models.CharField(_("decided by"), max_length=80, blank=True, editable=False)
    decided_on = models.DateField(_("decided on"), null=True)
    answer = models.CharField(_("reason of the decision"), max_length=200, blank=True)
    # Plain keys: the entry stays when the file is withdrawn, and finds it again when that comes back.
    member_id = models.BigIntegerField(null=True, editable=False)
    made_for = models.BigIntegerField(null=True, editable=False)
    wiped_on = models.DateField(_("erased on"), null=True, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["unit_id", "-id"]
        indexes = [
            models.Index(name="entry_by_unit", fields=["unit", "id"]),
            models.Index(name="entry_open", fields=["unit"], condition=Q(decision="")),
            models.Index(name="entry_by_member", fields=["member_id"], condition=Q(member_id__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                name="entry_is_open_once",
                fields=["unit", "id_digest"],
                condition=Q(decision=""),
                violation_error_message=_("This person is proposed already; the decision is awaited."),
            ),
            models.CheckConstraint(name="entry_force_is_known", condition=Q(force__in=Force.values)),
            models.CheckConstraint(name="entry_sex_is_known", condition=Q(sex__in=Sex.values)),
            models.CheckConstraint(
                name="entry_for_joint_defence_has_a_sponsor",
                condition=(Q(force="joint_defence") & ~Q(sponsor="")) | (~Q(force="joint_defence") & Q(sponsor="")),
                violation_error_message=_(
                    "Joint defence is run by a town or by a village; other forces leave this blank."
                ),
            ),
            models.CheckConstraint(
                name="entry_is_decided_by_somebody_else",
                condition=Q(decision="withdrawn") | Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                violation_error_message=_("Nobody decides their own proposal."),
            ),
            models.CheckConstraint(
                name="entry_is_decided_whole",
                condition=Q(decision="", decided_by=None, decided_on=None)
                | Q(
                    decision__in=["approved", "declined", "withdrawn"], decided_by__isnull=False,
                    decided_on__gte=F("proposed_on"),
                ),
            ),
            models.CheckConstraint(
                name="entry_is_declined_for_a_reason", condition=~Q(decision="declined") | ~Q(answer="")
            ),
            models.CheckConstraint(
                name="entry_approved_takes_a_person_in",
                condition=Q(decision="approved", member_id__isnull=False, made_for__isnull=False)
                | (~Q(decision="approved") & Q(member_id=None, made_for=None)),
            ),
            models.CheckConstraint(
                name="entry_open_knows_the_person",
                condition=~Q(decision="")
                | Q(id_number__isnull=False, id_digest__isnull=False, birth_date__isnull=False, wiped_on=None),
            ),
            models.CheckConstraint(
                name="entry_approved_keeps_no_number",
                condition=~Q(decision="approved") | Q(id_number=None, id_digest=None, phone=None),
            ),
            models.CheckConstraint(
                name="entry_wiped_says_nothing_of_anybody",
                condition=Q(wiped_on=None)
                | Q(
                    name=ERASED, id_number=None, id_digest=None, id_mask="", phone=None, birth_date=None,
                    education=None, post="", reason="", exception="",
                ),
            ),
            code_check("entry", "document", "document"),
            code_check("entry", "education", "education"),
        ]  # fmt: skip

    def __str__(self):
        return self.name
