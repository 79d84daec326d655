"""Appeals against results: recorded within their days, decided by neither examiner nor proposer."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organization.models import Unit
from personnel.models.assessment import Assessment
from personnel.models.dossier import hangs_on_member
from personnel.models.member import Member


class AppealQuerySet(models.QuerySet):
    def undecided(self):
        return self.filter(decided_at=None)


class Appeal(models.Model):
    """A person objects to a result. Examiner, proposer and window are filled in by the database, never by a form."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, verbose_name=_("result"), related_name="appeals")
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="appeals", db_constraint=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+", db_index=False)
    received_on = models.DateField(_("received on"))
    last_day = models.DateField(_("appeals until"), editable=False)
    grounds = models.CharField(_("what the person objects to"), max_length=500)
    recorded_by = models.BigIntegerField(editable=False)
    examiner = models.BigIntegerField(editable=False)
    proposer = models.BigIntegerField(null=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    decided_by = models.BigIntegerField(null=True, editable=False)
    is_upheld = models.BooleanField(_("upheld"), null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-id"]
        indexes = [models.Index(name="appeal_by_unit", fields=["unit", "id"])]
        constraints = [
            hangs_on_member("appeal_hangs_on_member"),
            models.UniqueConstraint(
                name="appeal_one_at_a_time",
                fields=["assessment"],
                condition=Q(decided_at=None),
                violation_error_message=_("An appeal of this person is undecided already."),
            ),
            models.CheckConstraint(
                name="appeal_within_its_days",
                condition=Q(received_on__lte=F("last_day")),
                violation_error_message=_("The days for appeals against this result are over."),
            ),
            models.CheckConstraint(
                name="appeal_says_why",
                condition=~Q(grounds=""),
                violation_error_message=_("Say what the person objects to."),
            ),
            models.CheckConstraint(
                name="appeal_is_decided_whole",
                condition=Q(decided_at=None, decided_by=None, is_upheld=None, reason="")
                | (Q(decided_at__isnull=False, decided_by__isnull=False, is_upheld__isnull=False) & ~Q(reason="")),
                violation_error_message=_("A decision has a reason."),
            ),
            models.CheckConstraint(
                name="appeal_is_decided_by_neither_examiner_nor_proposer",
                condition=Q(decided_by=None)
                | (~Q(decided_by=F("examiner")) & (Q(proposer=None) | ~Q(decided_by=F("proposer")))),
                violation_error_message=_(
                    "Whoever scored this person, or proposed the placement, does not decide the appeal."
                ),
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.received_on}"
