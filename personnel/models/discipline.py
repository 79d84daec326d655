"""Discipline cases: what somebody did in service, what was decided about it, and by which two accounts.

There is no state but what the moments say: recorded, proposed, confirmed, withdrawn.
"""

from datetime import date, timedelta

from django.contrib.postgres.functions import TransactionNow
from django.db import connection, models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.models import Unit
from personnel.models.assignment import Assignment, Force
from personnel.models.dossier import hangs_on_member
from personnel.models.fields import SealedField
from personnel.models.member import Member
from personnel.models.sighting import OfficeDay
from personnel.spans import months_before

HANDLING_DAYS = 30  # from the report to the decision
SERVING_ON_DAYS = 15  # after a dismissal was decided, by which the service should have ended
SUMMARY_LENGTH = 500


def year_before(day: date) -> date:
    """The last day before the twelve months that end on that day."""
    return months_before(day, 12)


def goes_on(decided_on) -> Q:
    """Condition on services: begun by the day of the dismissal or carrying on one that was, and not taken on anew."""
    return Q(started_on__lte=decided_on) | Q(beginning__in=["transferred", "merged", "second"])


def next_case_id():
    """Drawn before the row is written, since the sealed summary is bound to it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('personnel_disciplinecase_id_seq')")
        return cursor.fetchone()[0]


class DisciplineCaseQuerySet(models.QuerySet):
    """Verbs take the day; what was withdrawn was a mistake, hence counts on no day at all."""

    def standing(self):
        return self.filter(withdrawn_at=None)

    def decided(self, day: date):
        """Decided by that day, in a decision that somebody else confirmed."""
        return self.standing().filter(confirmed_at__isnull=False, decided_on__lte=day)

    def undecided(self, day: date):
        """Reported by that day, without a confirmed decision of that day or earlier."""
        return self.standing().filter(Q(confirmed_at=None) | Q(decided_on__gt=day), reported_on__lte=day)

    def overdue(self, day: date):
        return self.undecided(day).filter(reported_on__lt=day - timedelta(HANDLING_DAYS))

    def decided_within_year(self, day: date):
        """Decided in the twelve months up to that day."""
        return self.decided(day).filter(decided_on__gt=year_before(day))

    def counted(self, day: date):
        """The cases of the twelve months up to that day: decided, and not unfounded."""
        return self.decided_within_year(day).exclude(outcome=DisciplineCase.Outcome.UNFOUNDED)

    def timely(self):
        return self.filter(decided_on__lte=ExpressionWrapper(F("reported_on") + HANDLING_DAYS, models.DateField()))

    def to_confirm(self):
        """Waiting for a second account: a decision that was proposed, or a withdrawal that was asked for."""
        is_asked = Q(withdrawal_asked_at__isnull=False)
        return self.standing().filter(is_asked | Q(proposed_at__isnull=False, confirmed_at=None))

    def to_confirm_by(self, account: int):
        """Of these, what is not that account's own: nobody confirms that."""
        is_asked = Q(withdrawal_asked_by__isnull=False) & ~Q(withdrawal_asked_by=account)
        is_proposed = Q(proposed_by__isnull=False, confirmed_at=None, withdrawal_asked_by=None) & ~Q(
            proposed_by=account
        )
        return self.standing().filter(is_asked | is_proposed)

    def dismissed_still_serving(self, day: date):
        """Dismissed more than some days ago, and serving on. Who was taken on again afterwards was dismissed before."""
        running = (
            Assignment.objects.on(day).professional().filter(goes_on(OuterRef("decided_on")), member=OuterRef("member"))
        )
        late = self.decided(day).filter(outcome=DisciplineCase.Outcome.DISMISSED)
        return late.filter(Exists(running), decided_on__lt=day - timedelta(SERVING_ON_DAYS))


class DisciplineCase(models.Model):
    """Something that a member is said to have done while serving, where and in the force that he or she served in then.

    One account proposes the decision, another confirms it, and then it stays. A mistake is withdrawn the same way.
    """

    class Category(models.TextChoices):
        WORK = "work", _("discipline of work")
        ATTENDANCE = "attendance", _("attendance")
        CONDUCT = "conduct", _("conduct in service")
        IDENTITY = "identity", _("misuse of identity or uniform")
        CORRUPTION = "corruption", _("corruption")
        PENALTY = "penalty", _("administrative penalty")
        CRIMINAL = "criminal", _("criminal offence")
        OTHER = "other", _("other misconduct")

    class Source(models.TextChoices):
        INSPECTION = "inspection", _("inspection")
        COMPLAINT = "complaint", _("complaint")
        STATION = "station", _("police station")
        OTHER_UNIT = "other_unit", _("another unit")
        SELF = "self", _("told by the person")

    class Outcome(models.TextChoices):
        UNFOUNDED = "unfounded", _("unfounded")
        TALK = "talk", _("talk of admonition")
        WARNING = "warning", _("warning")
        DEMERIT = "demerit", _("demerit")
        SUSPENDED = "suspended", _("suspended from service")
        DISMISSAL_PROPOSED = "dismissal", _("dismissal proposed")
        DISMISSED = "dismissed", _("dismissed from service")
        HANDED_OVER = "handed_over", _("handed to the competent authority")

    WITHOUT_DOCUMENT = (Outcome.UNFOUNDED, Outcome.TALK)

    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="discipline_cases", db_constraint=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+", db_index=False)
    service = models.ForeignKey(
        Assignment,
        models.PROTECT,
        verbose_name=_("service"),
        related_name="discipline_cases",
        editable=False,
        db_constraint=False,  # asked once a statement: sql/services_by_statement.sql
    )
    force = models.CharField(_("force"), max_length=13, choices=Force, editable=False)
    occurred_on = models.DateField(_("day of the incident"))
    reported_on = models.DateField(
        _("day of the report"), help_text=_("When the office came to know of it; the term of handling runs from here.")
    )
    category = models.CharField(_("kind of misconduct"), max_length=10, choices=Category)
    source = models.CharField(_("how it came to be known"), max_length=10, choices=Source)
    summary = SealedField(
        _("what happened"),
        db_column="summary_sealed",
        null=True,
        help_text=_("In a few sentences. Do not enter data of police cases: no case numbers, suspects or evidence."),
    )
    recorded_by = models.BigIntegerField(editable=False)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=TransactionNow(), editable=False)
    decided_on = models.DateField(_("day of the decision"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=11, choices=Outcome, blank=True)
    document = models.CharField(pgettext_lazy("of a decision", "document number"), max_length=60, blank=True)
    proposed_by = models.BigIntegerField(null=True, editable=False)
    proposed_at = models.DateTimeField(_("proposed at"), null=True, editable=False)
    confirmed_by = models.BigIntegerField(null=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, editable=False)
    withdrawal_reason = models.CharField(_("why the case is withdrawn"), max_length=200, blank=True)
    withdrawal_asked_by = models.BigIntegerField(null=True, editable=False)
    withdrawal_asked_at = models.DateTimeField(_("withdrawal asked for at"), null=True, editable=False)
    withdrawn_by = models.BigIntegerField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)

    objects = DisciplineCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("discipline case")
        verbose_name_plural = _("discipline cases")
        ordering = ["-reported_on", "-id"]
        indexes = [
            models.Index(name="discipline_case_by_unit", fields=["unit", "id"]),
            # The few that wait for somebody.
            models.Index(
                name="discipline_case_undecided",
                fields=["unit", "reported_on"],
                condition=Q(confirmed_at=None, withdrawn_at=None),
            ),
        ]
        constraints = [
            hangs_on_member("discipline_case_hangs_on_member"),
            models.CheckConstraint(name="discipline_case_force_is_known", condition=Q(force__in=Force.values)),
            models.CheckConstraint(
                name="discipline_case_category_is_known",
                condition=Q(category__in=[
                    "work", "attendance", "conduct", "identity", "corruption", "penalty", "criminal", "other",
                ]),
            ),
            models.CheckConstraint(
                name="discipline_case_source_is_known",
                condition=Q(source__in=["inspection", "complaint", "station", "other_unit", "self"]),
            ),
            models.CheckConstraint(
                name="discipline_case_is_reported_after_the_incident",
                condition=Q(reported_on__gte=F("occurred_on")),
                violation_error_message=_("The report cannot come before the incident."),
            ),
            models.CheckConstraint(
                name="discipline_case_is_recorded_after_the_report",
                condition=Q(reported_on__lte=OfficeDay("recorded_at")),
                violation_error_message=_("The day of the report lies after the day on which the case was recorded."),
            ),
            models.CheckConstraint(
                name="discipline_case_is_proposed_whole",
                condition=Q(decided_on=None, outcome="", document="", proposed_by=None, proposed_at=None)
                | Q(
                    decided_on__isnull=False, proposed_by__isnull=False, proposed_at__isnull=False,
                    outcome__in=[
                        "unfounded", "talk", "warning", "demerit", "suspended", "dismissal", "dismissed", "handed_over",
                    ],
                ),
                violation_error_message=_("A decision has a day and an outcome."),
            ),
            models.CheckConstraint(
                name="discipline_case_sanction_names_its_document",
                condition=Q(outcome__in=["", "unfounded", "talk"]) | ~Q(document=""),
                violation_error_message=_("This outcome needs the number of the document that says so."),
            ),
            models.CheckConstraint(
                name="discipline_case_is_decided_after_the_report",
                condition=Q(decided_on=None)
                | (Q(decided_on__gte=F("reported_on")) & Q(decided_on__lte=OfficeDay("proposed_at"))),
                violation_error_message=_("The day of the decision lies between the report and today."),
            ),
            models.CheckConstraint(
                name="discipline_case_is_confirmed_by_another",
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (
                    Q(confirmed_by__isnull=False, confirmed_at__isnull=False, proposed_by__isnull=False)
                    & ~Q(confirmed_by=F("proposed_by"))
                ),
                violation_error_message=_("Nobody confirms what he or she proposed; please ask a second account."),
            ),
            models.CheckConstraint(
                name="discipline_case_withdrawal_is_asked_for_a_reason",
                condition=Q(withdrawal_reason="", withdrawal_asked_by=None, withdrawal_asked_at=None)
                | (
                    Q(withdrawal_asked_by__isnull=False, withdrawal_asked_at__isnull=False)
                    & ~Q(withdrawal_reason="")
                ),
                violation_error_message=_("Say why the case is to be withdrawn."),
            ),
            models.CheckConstraint(
                name="discipline_case_is_withdrawn_by_another",
                condition=Q(withdrawn_by=None, withdrawn_at=None)
                | (
                    Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False, withdrawal_asked_by__isnull=False)
                    & ~Q(withdrawn_by=F("withdrawal_asked_by"))
                ),
                violation_error_message=_("Nobody confirms what he or she proposed; please ask a second account."),
            ),
        ]  # fmt: skip

    def __str__(self):
        # Not the member's name: the file may lie out of sight.
        return f"{self.get_category_display()} {self.occurred_on}"

    @property
    def due_on(self) -> date:
        """The last day on which a decision is in time."""
        return self.reported_on + timedelta(HANDLING_DAYS)

    @property
    def is_dismissal(self) -> bool:
        """Whether a dismissal was decided; one that is only proposed to another authority ends nothing yet."""
        return self.confirmed_at is not None and self.outcome == self.Outcome.DISMISSED
