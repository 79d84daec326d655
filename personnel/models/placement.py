"""Where each person lands in a merger, and what is to be done for the person afterwards."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.models import Unit
from personnel.models.assignment import Assignment
from personnel.models.dossier import follows_member, hangs_on_member
from personnel.models.file import FileModel
from personnel.models.member import Member
from personnel.models.merger import FollowUp, PlacementBatch, Programme


class Outcome(models.TextChoices):
    PENDING = "pending", _("pending")
    ABSORBED = "absorbed", _("absorbed")
    TRANSFERRED = "transferred", _("transferred to joint defence")
    EXITED = "exited", _("left")


class PlacementQuerySet(models.QuerySet):
    def landed(self):
        """Whoever is not pending any more."""
        return self.exclude(outcome=Outcome.PENDING)


class Placement(models.Model):
    """Where a person lands in a programme: one row a person, one outcome a row, so nobody can land twice.

    `verdict` is what is proposed and confirmed; the outcome is pending until exactly that is carried out.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="placements")
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="placements", db_constraint=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+", db_index=False)
    service = models.ForeignKey(
        Assignment, models.PROTECT, verbose_name=_("old service"), related_name="+", db_constraint=False
    )
    batch = models.ForeignKey(PlacementBatch, models.PROTECT, null=True, related_name="placements")
    verdict = models.CharField(_("decided"), max_length=11, choices=Outcome, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    outcome = models.CharField(_("where the person lands"), max_length=11, choices=Outcome, default=Outcome.PENDING)
    new_service = models.OneToOneField(
        Assignment, models.PROTECT, verbose_name=_("new service"), null=True, related_name="+", db_constraint=False
    )

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering = ["unit_id", "member_id"]
        indexes = [models.Index(name="placement_by_unit", fields=["unit", "member"])]
        constraints = [
            hangs_on_member("placement_hangs_on_member"),
            models.UniqueConstraint(name="placement_each_person_once", fields=["programme", "member"]),
            models.UniqueConstraint(
                name="placement_moves_a_service_once",
                fields=["service"],
                condition=Q(outcome__in=["absorbed", "transferred"]),
            ),
            models.CheckConstraint(name="placement_outcome_is_known", condition=Q(outcome__in=Outcome.values)),
            models.CheckConstraint(
                name="placement_lands_where_it_was_decided",
                condition=Q(outcome="pending") | Q(outcome=F("verdict")),
            ),
            models.CheckConstraint(
                name="placement_is_decided_in_a_batch",
                condition=Q(verdict="", batch=None)
                | Q(verdict__in=["absorbed", "transferred", "exited"], batch__isnull=False),
            ),
            models.CheckConstraint(
                name="placement_of_the_failed_has_a_reason", condition=~Q(outcome="transferred") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="placement_begins_a_service",
                condition=Q(outcome__in=["absorbed", "transferred"], new_service__isnull=False)
                | Q(outcome__in=["pending", "exited"], new_service=None),
            ),
        ]

    def __str__(self):
        # Not the member's name: the file may lie out of sight.
        return f"{self._meta.verbose_name} {self.programme}"


class MergerTaskQuerySet(models.QuerySet):
    def standing(self):
        """Of batches that were not taken back."""
        return self.filter(batch__reverted_at=None)

    def undone(self):
        return self.standing().filter(done_on=None)


class MergerTask(FileModel):
    """What is to be done for a person after a merger; it follows the file, since its keeper does it."""

    batch = models.ForeignKey(PlacementBatch, models.PROTECT, related_name="tasks", editable=False)
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="merger_tasks", db_constraint=False
    )
    kind = models.CharField(_("what is to be done"), max_length=8, choices=FollowUp)
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)

    objects = MergerTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task after a merger")
        verbose_name_plural = _("tasks after a merger")
        ordering = ["unit_id", "member_id", "kind"]
        indexes = [models.Index(name="merger_task_by_unit", fields=["unit", "member"])]
        constraints = [
            follows_member("merger_task_follows_member"),
            models.UniqueConstraint(name="merger_task_once", fields=["batch", "member", "kind"]),
        ]

    def __str__(self):
        return self.get_kind_display()

    @property
    def is_late(self):
        return self.done_on is None and self.due_on < timezone.localdate()
