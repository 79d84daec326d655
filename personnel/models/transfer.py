"""Asking for a person who serves elsewhere, and the keeping unit's answer: two tables, one for each side's eyes."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.models import Unit
from personnel.models.assignment import Assignment, Force
from personnel.models.file import FileModel, follows_member
from personnel.models.member import Member


class TransferRequest(models.Model):
    """A unit asks for a person by number and name. It sees "sent", and later the answer: no place, no unit, no file."""

    class Answer(models.TextChoices):
        AGREED = "agreed", _("agreed")
        REFUSED = "refused", _("refused")
        LAPSED = "lapsed", _("lapsed")

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("asking unit"), related_name="transfer_requests")
    name = models.CharField(pgettext_lazy("person", "name"), max_length=50)
    id_digest = models.BinaryField(editable=False)
    force = models.CharField(_("force"), max_length=13, choices=Force)
    sponsor = models.CharField(_("run by"), max_length=7, choices=Assignment.Sponsor, blank=True)
    post = models.CharField(_("post"), max_length=40, blank=True)
    share = models.PositiveSmallIntegerField(
        _("share of full time (%)"),
        default=Assignment.FULL_TIME,
        help_text=_("100 moves the person; less asks for a second, part-time service."),
    )
    asked_by = models.BigIntegerField(editable=False)
    asked_on = models.DateField(_("asked on"))
    answer = models.CharField(_("answer"), max_length=7, choices=Answer, blank=True, editable=False)
    answered_on = models.DateField(_("answered on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("transfer request")
        verbose_name_plural = _("transfer requests")
        ordering = ["unit_id", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="transfer_request_is_open_once",
                fields=["unit", "id_digest"],
                condition=Q(answer=""),
                violation_error_message=_("This person was asked for already; the answer is awaited."),
            ),
            models.CheckConstraint(name="transfer_request_share_is_a_percentage", condition=Q(share__range=(1, 100))),
            models.CheckConstraint(
                name="transfer_request_is_answered_on_a_day",
                condition=Q(answer="", answered_on=None) | (~Q(answer="") & Q(answered_on__isnull=False)),
            ),
        ]

    def __str__(self):
        return self.name


class TransferConsent(FileModel):
    """The same question as the keeping unit sees it. Written by trigger; decided by somebody else."""

    request = models.OneToOneField(TransferRequest, models.PROTECT, related_name="consent", db_constraint=False)
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="transfer_consents", db_constraint=False
    )
    to_unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("asking unit"), related_name="+", db_index=False)
    asked_by = models.BigIntegerField(editable=False)
    asked_on = models.DateField(_("asked on"))
    share = models.PositiveSmallIntegerField(_("share of full time (%)"))
    decision = models.CharField(_("decision"), max_length=7, choices=TransferRequest.Answer, blank=True)
    decided_by = models.BigIntegerField(null=True, blank=True, editable=False)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("transfer consent")
        verbose_name_plural = _("transfer consents")
        ordering = ["unit_id", "-id"]
        constraints = [
            follows_member("transfer_consent_follows_member"),
            models.CheckConstraint(
                name="transfer_consent_is_decided_by_somebody_else",
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                violation_error_message=_("Nobody decides their own request."),
            ),
            models.CheckConstraint(
                name="transfer_consent_is_decided_whole",
                condition=Q(decision="", decided_by=None, decided_on=None)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_on__isnull=False)),
            ),
        ]

    def __str__(self):
        return str(self.member)
