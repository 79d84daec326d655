from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.fields.ranges import BigIntegerRangeField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from organization.models import Post, Unit
from personnel.models.dossier import hangs_on_member
from personnel.models.member import Member

SAME_POST = Func(F("post"), F("post"), Value("[]"), function="int8range", output_field=BigIntegerRangeField())
DAYS_HELD = Func(F("started_on"), F("ended_on"), function="daterange", output_field=DateRangeField())


class AppointmentQuerySet(models.QuerySet):
    def on(self, day):
        """Appointments that run on that day."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), started_on__lte=day)


class Appointment(models.Model):
    """Who holds a post at a team, and since when: a member, or an outside official by name and office."""

    post = models.ForeignKey(Post, models.PROTECT, verbose_name=_("post"), related_name="appointments")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), editable=False, related_name="appointments")
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        verbose_name=_("member"),
        null=True,
        blank=True,
        related_name="appointments",
        db_constraint=False,
    )
    official = models.CharField(_("outside official"), max_length=50, blank=True)
    office = models.CharField(
        _("office"),
        max_length=60,
        blank=True,
        help_text=_("Such as community police officer, director of the village committee."),
    )
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True, help_text=_("First day no longer held."))

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["unit_id", "post_id", "-started_on"]
        constraints = [
            hangs_on_member("appointment_hangs_on_member"),
            models.CheckConstraint(
                name="appointment_holder_is_a_member_or_an_official",
                condition=Q(member__isnull=False, official="") | (Q(member=None) & ~Q(official="")),
                violation_error_message=_("Name either a member or an outside official."),
            ),
            models.CheckConstraint(
                name="appointment_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gt=F("started_on")),
                violation_error_message=_("The appointment ends before it starts."),
            ),
            ExclusionConstraint(
                name="appointment_one_holder_at_a_time",
                expressions=[(SAME_POST, RangeOperators.OVERLAPS), (DAYS_HELD, RangeOperators.OVERLAPS)],
                violation_error_message=_("Somebody else holds this post on these days."),
            ),
        ]

    def __str__(self):
        # Not the member's name: the file may lie out of sight. Pages take names from cards (`personnel.vacancies`).
        return f"{self.official} {self.started_on}".strip()
