"""Assessing people: a cycle with weighted items, who may score whom, one sheet of scores a person, and appeals."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from organization.constraints import CompositeForeignKey
from organization.models import Account, Unit
from personnel.models.assignment import Force
from personnel.models.dossier import hangs_on_member
from personnel.models.kinship import Kinship
from personnel.models.member import Member

ITEMS = ["德", "能", "勤", "绩", "廉"]
WEIGHTS = [20, 20, 20, 30, 10]
FULL_SCORE = 10_000  # hundredths of a point


def default_items():
    return list(ITEMS)


def default_weights():
    return list(WEIGHTS)


class Cardinality(Func):
    function = "cardinality"
    output_field = models.IntegerField()


class WeightsAddUp(Func):
    """Whole percents above 0 that make up 100; `array_total` is an immutable SQL function."""

    template = "(array_total(%(expressions)s) = 100 AND 0 < ALL (%(expressions)s))"
    output_field = models.BooleanField()


class ScoresInRange(Func):
    template = "(0 <= ALL (%(expressions)s) AND 10000 >= ALL (%(expressions)s))"
    output_field = models.BooleanField()


class AssessmentCycle(models.Model):
    """An assessment of the people of some forces within some days. Its items are one row, so weights cannot drift."""

    class Rating(models.TextChoices):
        EXCELLENT = "excellent", _("excellent")
        QUALIFIED = "qualified", _("qualified")
        BASIC = "basic", _("basically qualified")
        UNQUALIFIED = "unqualified", _("unqualified")

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("office in charge"), related_name="+", editable=False)
    name = models.CharField(_("name of the assessment"), max_length=60)
    forces = ArrayField(models.CharField(max_length=13, choices=Force), verbose_name=_("forces"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), help_text=_("First day on which nothing is scored any more."))
    items = ArrayField(models.CharField(max_length=20), verbose_name=_("items"), default=default_items)
    weights = ArrayField(models.IntegerField(), verbose_name=_("weights (%)"), default=default_weights)
    excellent_from = models.IntegerField(_("excellent from"), default=9_000)
    qualified_from = models.IntegerField(_("qualified from"), default=7_500)
    basic_from = models.IntegerField(_("basically qualified from"), default=6_000)
    excellent_share = models.PositiveSmallIntegerField(
        _("most that may be excellent (%)"), default=20, help_text=_("Shown as a check; nobody is lowered by it.")
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("days for appeals"), default=5, help_text=_("Counted from the day on which the results are closed.")
    )
    closed_on = models.DateField(_("results closed on"), null=True, blank=True, editable=False)
    closed_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("assessment cycle")
        verbose_name_plural = _("assessment cycles")
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(name="assessment_cycle_by_weights", fields=["id", "weights"]),
            models.UniqueConstraint(
                name="assessment_cycle_name_is_unique",
                fields=["unit", "name"],
                violation_error_message=_("There is an assessment of this name already."),
            ),
            models.CheckConstraint(
                name="assessment_weights_add_up",
                condition=WeightsAddUp(F("weights")),
                violation_error_message=_("The weights are whole percents above 0 and add up to 100."),
            ),
            models.CheckConstraint(
                name="assessment_items_have_a_weight_each",
                condition=Q(items__len__gt=0) & Q(items__len=Cardinality(F("weights"))),
                violation_error_message=_("Every item has one weight."),
            ),
            models.CheckConstraint(
                name="assessment_has_a_force",
                condition=Q(forces__len__gt=0),
                violation_error_message=_("Choose at least one force."),
            ),
            models.CheckConstraint(
                name="assessment_ends_after_it_starts",
                condition=Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("The assessment ends before it starts."),
            ),
            models.CheckConstraint(
                name="assessment_ratings_in_order",
                condition=Q(basic_from__gte=0)
                & Q(qualified_from__gt=F("basic_from"))
                & Q(excellent_from__gt=F("qualified_from"))
                & Q(excellent_from__lte=FULL_SCORE),
                violation_error_message=_("The cut scores of the ratings rise from one rating to the next, up to 100."),
            ),
            models.CheckConstraint(name="assessment_share_is_a_percentage", condition=Q(excellent_share__lte=100)),
            models.CheckConstraint(
                name="assessment_is_closed_by_somebody",
                condition=Q(closed_on=None, closed_by=None) | Q(closed_on__isnull=False, closed_by__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def weighted_items(self):
        """[(item, percent)] in their order."""
        return list(zip(self.items, self.weights, strict=True))

    def day_on(self, today):
        """The day whose people count, asked for today: it stays at the closing, and within the days of the cycle."""
        return self.closed_on or max(self.starts_on, min(today, self.ends_on - timedelta(days=1)))

    def rating(self, total):
        """The rating of a total in ten-thousandths; None for one who is not scored on every item."""
        if total is None:
            return None
        cuts = ((self.excellent_from, "excellent"), (self.qualified_from, "qualified"), (self.basic_from, "basic"))
        return self.Rating(next((name for cut, name in cuts if total >= cut * 100), "unqualified"))


class Examiner(models.Model):
    """Somebody who may score people of a unit, and of all below it, in a cycle."""

    cycle = models.ForeignKey(AssessmentCycle, models.PROTECT, verbose_name=_("cycle"), related_name="examiners")
    account = models.ForeignKey(Account, models.PROTECT, verbose_name=_("account"), related_name="+")
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name=_("scores people of"),
        related_name="+",
        help_text=_("Left blank, the whole unit of the account."),
    )
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("First day on which this person scores no more.")
    )

    class Meta:
        verbose_name = _("examiner")
        verbose_name_plural = _("examiners")
        ordering = ["cycle_id", "unit_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="examiner_once_a_cycle",
                fields=["cycle", "account"],
                violation_error_message=_("This account is an examiner of this assessment already."),
            )
        ]

    def __str__(self):
        return str(self.account)


class AssessmentQuerySet(models.QuerySet):
    def complete(self):
        """Scored on every item."""
        return self.filter(total__isnull=False)

    def scored_by_relatives(self):
        """Sheets that were last written by somebody who is declared to be related, before or after."""
        kin = Kinship.objects.filter(
            member=models.OuterRef("member"), account=models.OuterRef("entered_by"), withdrawn_on=None
        )
        return self.filter(models.Exists(kin))


class Assessment(models.Model):
    """The scores of one person in a cycle, an item a place; the total is the database's own sum, exact to the last."""

    cycle = models.ForeignKey(AssessmentCycle, models.PROTECT, verbose_name=_("cycle"), related_name="assessments")
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="assessments", db_constraint=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+", db_index=False)
    scores = ArrayField(models.IntegerField(null=True), verbose_name=_("scores"))
    weights = ArrayField(models.IntegerField(), editable=False)
    total = models.GeneratedField(
        expression=Func(F("scores"), F("weights"), function="weighted_total"),
        output_field=models.IntegerField(null=True),
        db_persist=True,
        verbose_name=_("total score"),
    )
    entered_by = models.BigIntegerField(editable=False)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment result")
        verbose_name_plural = _("assessment results")
        ordering = ["unit_id", "member_id"]
        indexes = [models.Index(name="assessment_by_unit", fields=["unit", "member"])]
        constraints = [
            hangs_on_member("assessment_hangs_on_member"),
            models.UniqueConstraint(name="assessment_once_a_person", fields=["cycle", "member"]),
            CompositeForeignKey(
                name="assessment_weights_are_those_of_the_cycle",
                columns=["cycle_id", "weights"],
                target="personnel_assessmentcycle",
                target_columns=["id", "weights"],
            ),
            models.CheckConstraint(
                name="assessment_has_a_place_for_every_item",
                condition=Q(scores__len=Cardinality(F("weights"))),
            ),
            models.CheckConstraint(
                name="assessment_scores_lie_between_0_and_100",
                condition=ScoresInRange(F("scores")),
                violation_error_message=_("A score lies between 0 and 100."),
            ),
        ]

    def __str__(self):
        # Not the member's name: the file may lie out of sight.
        return f"{self._meta.verbose_name} {self.cycle}"
