"""One force merges into another: the programme, and what is proposed, confirmed and carried out in it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organization.models import Employer, Unit
from organization.models.account import Role
from personnel.models.assessment import FULL_SCORE, AssessmentCycle
from personnel.models.assignment import Assignment, Force


class Indicator(models.TextChoices):
    """What makes those who were absorbed one force with the others."""

    TITLE = "title", _("common title")
    INSIGNIA = "insignia", _("insignia")
    CONTRACT = "contract", _("contract")
    TRAINING = "training", _("training")


class FollowUp(models.TextChoices):
    """What is to be done for somebody who was placed."""

    CONTRACT = "contract", _("contract to be signed")
    KIT = "kit", _("kit to be issued")
    TRAINING = "training", _("training to be attended")


def all_follow_ups():
    return list(FollowUp.values)


def all_indicators():
    return list(Indicator.values)


def proposing_roles():
    return ["hr"]


def confirming_roles():
    return ["governance", "hr"]


class ProgrammeQuerySet(models.QuerySet):
    def to_be_proposed(self, role, today):
        """Those that the role proposes, whose assessment is over and of which no proposal stands."""
        standing = PlacementBatch.objects.standing().filter(programme=models.OuterRef("pk"))
        over = Q(cycle__closed_on__isnull=False) | Q(cycle__ends_on__lte=today)
        return self.filter(over, ~models.Exists(standing), proposing_roles__contains=[role])


class Programme(models.Model):
    """Which force merges into which, from which day, by which assessment; and who proposes and who confirms."""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("office in charge"), related_name="+", editable=False)
    name = models.CharField(_("name of the programme"), max_length=60)
    from_force = models.CharField(_("force that is merged"), max_length=13, choices=Force, default=Force.PATROL)
    into_force = models.CharField(_("into"), max_length=13, choices=Force, default=Force.AUXILIARY)
    merged_on = models.DateField(
        _("from the day"), help_text=_("On this day the old services end and the new ones begin.")
    )
    cycle = models.ForeignKey(AssessmentCycle, models.PROTECT, verbose_name=_("assessment"), related_name="programmes")
    pass_mark = models.IntegerField(_("pass mark"), default=6_000)
    exempt_cohorts = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("years of recruitment that pass without assessment"),
        default=list,
        blank=True,
        help_text=_("Years with commas between them, such as 2003; blank for none."),
    )
    former_title = models.CharField(
        _("former title"),
        max_length=20,
        default="公建治安员",
        help_text=_("Kept with those who had no former title yet."),
    )
    failed_sponsor = models.CharField(
        _("who does not pass goes to joint defence"),
        max_length=7,
        choices=Assignment.Sponsor,
        default=Assignment.Sponsor.TOWN,
    )
    employer = models.ForeignKey(
        Employer, models.PROTECT, verbose_name=_("employer from then on"), related_name="+", db_index=False
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("days for appeals"), default=5, help_text=_("Days between the confirmation and the carrying out.")
    )
    follow_ups = ArrayField(
        models.CharField(max_length=8, choices=FollowUp),
        verbose_name=_("what is to be done afterwards"),
        default=all_follow_ups,
        blank=True,
        help_text=_("Who is transferred has a contract to sign only."),
    )
    task_days = models.PositiveSmallIntegerField(
        _("days for what is to be done afterwards"), default=30, help_text=_("Contract, kit and training.")
    )
    proposing_roles = ArrayField(
        models.CharField(max_length=10, choices=Role), verbose_name=_("who proposes"), default=proposing_roles
    )
    confirming_roles = ArrayField(
        models.CharField(max_length=10, choices=Role), verbose_name=_("who confirms"), default=confirming_roles
    )
    indicators = ArrayField(
        models.CharField(max_length=9, choices=Indicator),
        verbose_name=_("indicators of unification"),
        default=all_indicators,
    )
    confirm_by = models.DateField(_("to be confirmed by"), null=True, blank=True)
    standin_roles = ArrayField(
        models.CharField(max_length=10, choices=Role),
        verbose_name=_("who stands in"),
        default=list,
        blank=True,
        help_text=_("Confirms as well, once the day by which it should have been confirmed is over."),
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merger programme")
        verbose_name_plural = _("merger programmes")
        ordering = ["-merged_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="programme_name_is_unique",
                fields=["unit", "name"],
                violation_error_message=_("There is a programme of this name already."),
            ),
            models.CheckConstraint(
                name="programme_merges_two_forces",
                condition=~Q(from_force=F("into_force")) & ~Q(from_force="volunteer") & ~Q(into_force="volunteer"),
                violation_error_message=_("A force merges into another one; volunteers do not."),
            ),
            models.CheckConstraint(
                name="programme_does_not_merge_joint_defence",
                condition=~Q(from_force="joint_defence") & ~Q(into_force="joint_defence"),
                violation_error_message=_("Joint defence is where those go who do not pass; it is not merged itself."),
            ),
            models.CheckConstraint(
                name="programme_mark_is_a_score",
                condition=Q(pass_mark__range=(0, FULL_SCORE)),
                violation_error_message=_("The pass mark lies between 0 and 100."),
            ),
            models.CheckConstraint(
                name="programme_has_indicators",
                condition=Q(indicators__len__gt=0),
                violation_error_message=_("Choose at least one indicator."),
            ),
            models.CheckConstraint(
                name="programme_follow_ups_are_known", condition=Q(follow_ups__contained_by=FollowUp.values)
            ),
            models.CheckConstraint(
                name="programme_asks_for_training_that_it_gives",
                condition=~Q(indicators__contains=["training"]) | Q(follow_ups__contains=["training"]),
                violation_error_message=_("Training counts only where it is to be attended afterwards."),
            ),
            models.CheckConstraint(
                name="programme_failed_go_somewhere", condition=Q(failed_sponsor__in=Assignment.Sponsor.values)
            ),
            models.CheckConstraint(
                name="programme_has_a_route",
                condition=Q(proposing_roles__len__gt=0, confirming_roles__len__gt=0),
                violation_error_message=_("Say who proposes and who confirms."),
            ),
            models.CheckConstraint(
                name="programme_stand_ins_have_a_day",
                condition=Q(standin_roles__len=0) | Q(confirm_by__isnull=False),
                violation_error_message=_("Give the day by which it is to be confirmed; after it others stand in."),
            ),
        ]

    def __str__(self):
        return self.name

    def is_late(self, today):
        """Whether the day by which a proposal should have been confirmed is over."""
        return self.confirm_by is not None and self.confirm_by < today

    def confirmers(self, today):
        """Roles that confirm; those who stand in come in when it is late."""
        return [*self.confirming_roles, *(self.standin_roles if self.is_late(today) else ())]


class BatchQuerySet(models.QuerySet):
    def open(self):
        """Proposed, and neither sent back nor carried out yet."""
        return self.filter(rejected_at=None, carried_out_at=None)

    def standing(self):
        """Neither sent back nor taken back."""
        return self.filter(rejected_at=None, reverted_at=None)

    def to_be_confirmed(self, role, today):
        """Open ones that the role confirms on that day: by the route, or standing in when it is late."""
        late = Q(programme__standin_roles__contains=[role], programme__confirm_by__lt=today)
        return self.open().filter(Q(programme__confirming_roles__contains=[role]) | late, confirmed_at=None)

    def to_be_carried_out(self, today):
        """Open ones that are confirmed, and the days for appeals are over."""
        return self.open().filter(confirmed_at__isnull=False, appeals_until__lte=today)


class PlacementBatch(models.Model):
    """What one person proposes for many, what another confirms, and when it was carried out or taken back."""

    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="batches")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("office in charge"), related_name="+")
    mark = models.IntegerField(_("pass mark"))
    proposed_at = models.DateTimeField(_("proposed at"))
    proposed_by = models.BigIntegerField()
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    confirmed_by = models.BigIntegerField(null=True)
    appeals_until = models.DateField(_("appeals until"), null=True)
    rejected_at = models.DateTimeField(_("sent back at"), null=True)
    rejected_by = models.BigIntegerField(null=True)
    carried_out_at = models.DateTimeField(_("carried out at"), null=True)
    carried_out_by = models.BigIntegerField(null=True)
    reverted_at = models.DateTimeField(_("taken back at"), null=True)
    reverted_by = models.BigIntegerField(null=True)
    note = models.CharField(_("reason"), max_length=300, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("placement proposal")
        verbose_name_plural = _("placement proposals")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="batch_one_open_a_programme",
                fields=["programme"],
                condition=Q(rejected_at=None, carried_out_at=None),
                violation_error_message=_("A proposal of this programme is open already."),
            ),
            models.CheckConstraint(
                name="batch_is_confirmed_by_somebody_else",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")),
                violation_error_message=_("Nobody confirms their own proposal."),
            ),
            models.CheckConstraint(
                name="batch_is_confirmed_whole",
                condition=Q(confirmed_at=None, confirmed_by=None, appeals_until=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, appeals_until__isnull=False),
            ),
            models.CheckConstraint(
                name="batch_is_carried_out_after_confirmation",
                condition=Q(carried_out_at=None, carried_out_by=None)
                | Q(carried_out_at__gte=F("confirmed_at"), carried_out_by__isnull=False, rejected_at=None),
            ),
            models.CheckConstraint(
                name="batch_is_carried_out_of_a_confirmed_proposal",
                condition=Q(carried_out_at=None) | Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="batch_is_sent_back_by_somebody",
                condition=Q(rejected_at=None, rejected_by=None)
                | Q(rejected_at__isnull=False, rejected_by__isnull=False),
            ),
            models.CheckConstraint(
                name="batch_is_taken_back_after_it_was_carried_out",
                condition=Q(reverted_at=None, reverted_by=None)
                | Q(reverted_at__isnull=False, reverted_by__isnull=False, carried_out_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.proposed_at:%Y-%m-%d}"

    @property
    def trail_batch(self):
        """What the trail calls it."""
        return f"merger-{self.pk}"
