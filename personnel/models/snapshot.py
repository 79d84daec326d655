"""The half-yearly confirmation of a unit's list: when it is due, and the list as it was signed."""

from datetime import timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.models import Unit
from personnel.models.assignment import Assignment, Force
from personnel.models.member import Sex
from personnel.models.sighting import OfficeDay

DAYS_OF_CYCLE = Func(F("starts_on"), F("ends_on"), function="daterange", output_field=DateRangeField())


class ConfirmationCycleQuerySet(models.QuerySet):
    def on(self, day):
        return self.filter(starts_on__lte=day, ends_on__gt=day)

    def lately(self, day):
        """The cycle of the day and the one before it: what was confirmed in either still counts."""
        return self.filter(starts_on__lte=day).order_by("-starts_on")[:2]


class ConfirmationCycle(models.Model):
    """A stretch of days in which every unit confirms its list once; the office sets them."""

    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), help_text=_("First day after the cycle; lists are due on the day before."))

    objects = ConfirmationCycleQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation cycle")
        verbose_name_plural = _("confirmation cycles")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                name="confirmation_cycle_ends_after_it_starts",
                condition=Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("The cycle ends before it starts."),
            ),
            ExclusionConstraint(
                name="confirmation_cycle_one_at_a_time",
                expressions=[(DAYS_OF_CYCLE, RangeOperators.OVERLAPS)],
                violation_error_message=_("Another cycle covers some of these days; shorten that one first."),
            ),
        ]

    def __str__(self):
        return f"{self.starts_on} – {self.due_on}"

    @property
    def due_on(self):
        """The last day on which a list can be signed in time."""
        return self.ends_on - timedelta(days=1)


class RosterSnapshotQuerySet(models.QuerySet):
    def signed_by(self, day):
        """Signed on that day or before."""
        return self.alias(day=OfficeDay("signed_at")).filter(day__lte=day)

    def newest(self):
        """Of the given ones, the last of each unit and force."""
        later = RosterSnapshot.objects.filter(unit=OuterRef("unit"), force=OuterRef("force"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(later))


class RosterSnapshot(models.Model):
    """The list of a unit and a force as somebody signed it: a version, written once."""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+", db_index=False)
    cycle = models.ForeignKey(
        ConfirmationCycle, models.PROTECT, verbose_name=_("confirmation cycle"), related_name="snapshots"
    )
    force = models.CharField(_("force"), max_length=13, choices=Force)
    version = models.PositiveSmallIntegerField(_("version"))
    reason = models.CharField(_("why it was signed again"), max_length=200, blank=True)
    serving = models.PositiveIntegerField(_("serve here"))
    absent = models.PositiveIntegerField(_("do not serve here"))
    digest = models.CharField(_("fingerprint of the list"), max_length=64)
    account = models.BigIntegerField(_("account"), editable=False)
    account_name = models.CharField(_("signed by"), max_length=80, editable=False)
    account_unit = models.CharField(_("unit of the signer"), max_length=60, editable=False)
    unit_name = models.CharField(_("unit as it was called"), max_length=60, editable=False)
    signed_at = models.DateTimeField(_("signed at"), db_default=TransactionNow())

    objects = RosterSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmed list")
        verbose_name_plural = _("confirmed lists")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="snapshot_one_a_version",
                fields=["unit", "force", "cycle", "version"],
                violation_error_message=_("This list was signed by somebody else at this moment."),
            ),
            models.CheckConstraint(
                name="snapshot_signed_again_for_a_reason",
                condition=Q(version=1, reason="") | (Q(version__gt=1) & ~Q(reason="")),
                violation_error_message=_("Say why the list is signed again."),
            ),
        ]

    def __str__(self):
        return f"{self.unit_name} {self.signed_at:%Y-%m-%d}"


class SnapshotEntry(models.Model):
    """A person on a signed list, as the list said it then: enough to print it again."""

    # Checked once a statement by a trigger, which also closes the list when its transaction ends.
    snapshot = models.ForeignKey(
        RosterSnapshot, models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    number = models.PositiveIntegerField()
    member_id = models.BigIntegerField()
    service_id = models.BigIntegerField()
    name = models.CharField(pgettext_lazy("person", "name"), max_length=50)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex)
    birth_date = models.DateField(_("birth date"))
    mask = models.CharField(_("document number"), max_length=24)
    force = models.CharField(_("force"), max_length=13, choices=Force)
    sponsor = models.CharField(_("run by"), max_length=7, choices=Assignment.Sponsor, blank=True)
    post = models.CharField(_("post"), max_length=40, blank=True)
    grade = models.CharField(_("grade"), max_length=20, blank=True)
    started_on = models.DateField(_("started on"))
    serves = models.BooleanField(_("serves here"))
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(name="snapshot_entry_by_member", fields=["member_id"])]
        constraints = [
            models.UniqueConstraint(name="snapshot_entry_one_a_service", fields=["snapshot", "service_id"]),
            models.CheckConstraint(
                name="snapshot_entry_absence_is_explained",
                condition=Q(serves=True) | ~Q(remark=""),
                violation_error_message=_("Say where somebody is who does not serve here."),
            ),
        ]

    def __str__(self):
        return self.name
