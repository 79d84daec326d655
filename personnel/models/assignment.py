from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from organization.models import Employer, Unit
from personnel.models.member import Member


class Force(models.TextChoices):
    AUXILIARY = "auxiliary", _("auxiliary police")
    PATROL = "patrol", _("public-security patrol")
    JOINT_DEFENCE = "joint_defence", _("joint defence")
    GUARD = "guard", _("guard")
    VOLUNTEER = "volunteer", _("volunteer")


# Core PostgreSQL excludes overlapping boxes without any extension. A service is a box: its width are its days, its
# height the stretch that it takes of the hundred: full time all of it, a volunteer none. Two boxes of one member may
# not touch the same percent on the same day, so shares cannot add up to more than full time, whoever writes at the
# same moment. Members lie side by side, each wide enough for all days up to the year 9999. (Three ranges in one index
# took four times as long.) Keywords stand in the order of the alphabet, as migrations write and Django compares them.
WIDTH = 2**22
LAST_DAY = WIDTH - 1


def member_day(field, template):
    """The day of a member on the axis of days, of a date column or an expression."""
    place = Func(F("member"), template=f"%(expressions)s::bigint * {WIDTH}")
    day = F(field) if isinstance(field, str) else field
    return Func(place, Func(day, template=template), arg_joiner=" + ", template="(%(expressions)s)")


def corner(day, percent):
    return Func(day, percent, function="point")


# Half a unit short of the next day and percent, since boxes that touch overlap.
BOX_SERVED = Func(
    corner(member_day("started_on", "(%(expressions)s - DATE '0001-01-01')"), F("share_from")),
    corner(
        member_day("ended_on", f"COALESCE(%(expressions)s - DATE '0001-01-01', {LAST_DAY}) - 0.5::float8"),
        Func(F("share_from"), F("share"), arg_joiner=" + ", template="(%(expressions)s - 0.5::float8)"),
    ),
    function="box",
    output_field=models.Field(),
)


class AssignmentQuerySet(models.QuerySet):
    def on(self, day):
        """Services that run on that day."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), started_on__lte=day)

    def professional(self):
        """The four forces that are counted; volunteers stand apart."""
        return self.exclude(force=Force.VOLUNTEER)

    def latest_first(self):
        """Running services, then the one that ended last."""
        return self.order_by(F("ended_on").desc(nulls_first=True), "-started_on")


class Assignment(models.Model):
    """A member serves in one unit, in one force, over one stretch of days."""

    class Sponsor(models.TextChoices):
        TOWN = "town", _("town-run")
        VILLAGE = "village", _("village-run")

    class Category(models.TextChoices):
        OPERATIONAL = "operational", _("operational")
        CLERICAL = "clerical", _("clerical")

    class Beginning(models.TextChoices):
        RECRUITED = "recruited", _("recruited")
        TRANSFERRED = "transferred", _("transferred in")
        MERGED = "merged", _("absorbed in a merger")
        RETURNED = "returned", _("came back")
        SECOND = "second", _("second service")

    class Ending(models.TextChoices):
        RESIGNED = "resigned", _("resigned")
        EXPIRED = "expired", _("contract ended")
        DISMISSED = "dismissed", _("dismissed")
        TRANSFERRED = "transferred", _("transferred out")
        MERGED = "merged", _("moved in a merger")
        RETIRED = "retired", _("retired")
        DECEASED = "deceased", _("deceased")
        OTHER = "other", _("other reason")

    FULL_TIME = 100

    # Member and unit are checked once for each statement: sql/keys_by_statement.sql.
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="assignments", db_constraint=False
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name=_("unit"),
        related_name="assignments",
        db_index=False,
        db_constraint=False,
    )
    force = models.CharField(_("force"), max_length=13, choices=Force)
    category = models.CharField(_("category"), max_length=11, choices=Category, blank=True)
    sponsor = models.CharField(_("run by"), max_length=7, choices=Sponsor, blank=True)
    using_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name=_("using unit"),
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("Where the member works, when that is not the unit above: a police station, a special squad."),
    )
    recruiter = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("recruiter"), null=True, blank=True, related_name="+", db_index=False
    )
    employer = models.ForeignKey(
        Employer,
        models.PROTECT,
        verbose_name=_("employer"),
        null=True,
        blank=True,
        related_name="assignments",
        db_index=False,
    )
    post = models.CharField(_("post"), max_length=40, blank=True)
    grade = models.CharField(_("grade"), max_length=20, blank=True)
    badge = models.CharField(_("service number"), max_length=20, blank=True)
    former_title = models.CharField(_("former title"), max_length=20, blank=True)
    cohort = models.PositiveSmallIntegerField(_("year of recruitment"), null=True, blank=True)
    share = models.PositiveSmallIntegerField(
        _("share of full time (%)"), default=FULL_TIME, help_text=_("100 is full time; a volunteer has 0.")
    )
    share_from = models.PositiveSmallIntegerField(default=0, editable=False)
    started_on = models.DateField(_("started on"))
    beginning = models.CharField(_("how it began"), max_length=11, choices=Beginning, default=Beginning.RECRUITED)
    ended_on = models.DateField(_("ended on"), null=True, blank=True, help_text=_("First day no longer served."))
    ending = models.CharField(_("how it ended"), max_length=11, choices=Ending, blank=True)
    ending_note = models.CharField(_("reason"), max_length=120, blank=True)
    contract_from = models.DateField(_("contract from"), null=True, blank=True)
    contract_until = models.DateField(
        _("contract until"), null=True, blank=True, help_text=_("Last day of the contract.")
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["-started_on", "id"]
        indexes = [
            models.Index(name="assignment_by_unit", fields=["unit", "member"]),
            models.Index(name="assignment_by_employer", fields=["employer"], condition=Q(employer__isnull=False)),
            # The few whose services figures put together, person by person.
            models.Index(name="assignment_in_part", fields=["unit", "member"], condition=Q(share__lt=100)),
        ]
        constraints = [
            models.CheckConstraint(
                name="assignment_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gt=F("started_on")),
                violation_error_message=_("The service ends before it starts."),
            ),
            models.CheckConstraint(
                name="assignment_ends_for_a_reason",
                condition=Q(ended_on=None, ending="") | (Q(ended_on__isnull=False) & ~Q(ending="")),
                violation_error_message=_("Give both the day on which the service ended and how it ended, or neither."),
            ),
            models.CheckConstraint(
                name="assignment_joint_defence_has_a_sponsor",
                condition=(Q(force="joint_defence") & ~Q(sponsor="")) | (~Q(force="joint_defence") & Q(sponsor="")),
                violation_error_message=_(
                    "Joint defence is run by a town or by a village; other forces leave this blank."
                ),
            ),
            models.CheckConstraint(
                name="assignment_category_is_for_auxiliary_police",
                condition=Q(category="") | Q(force="auxiliary"),
                violation_error_message=_("Operational or clerical is said of auxiliary police only."),
            ),
            models.CheckConstraint(
                name="assignment_share_is_a_percentage",
                condition=Q(force="volunteer", share=0)
                | (~Q(force="volunteer") & Q(share__range=(1, 100)) & Q(share_from__lte=100 - F("share"))),
                violation_error_message=_("The share lies between 1 and 100; for a volunteer it is 0."),
            ),
            models.CheckConstraint(name="assignment_force_is_known", condition=Q(force__in=Force.values)),
            models.CheckConstraint(
                name="assignment_contract_ends_after_it_starts",
                condition=Q(contract_until=None) | Q(contract_from=None) | Q(contract_until__gte=F("contract_from")),
                violation_error_message=_("The contract ends before it starts."),
            ),
            ExclusionConstraint(
                name="assignment_no_more_than_full_time",
                expressions=[(BOX_SERVED, RangeOperators.OVERLAPS)],
                condition=Q(share__gt=0),
                violation_error_message=_(
                    "This member already serves elsewhere on these days; together it would be more than full time."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.get_force_display()} {self.started_on}"
