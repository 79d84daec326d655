"""Background checks: by whom and when somebody was checked. The outcome is sealed, what was found is not kept."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from personnel.models.assignment import Force
from personnel.models.entry import Entry
from personnel.models.fields import SealedField
from personnel.models.file import FileModel
from personnel.models.sighting import OfficeDay


class BackgroundCheckQuerySet(models.QuerySet):
    def standing(self):
        """Checks that were not taken back."""
        back = BackgroundCheck.objects.filter(takes_back=OuterRef("pk"))
        return self.filter(~Exists(back), takes_back=None)

    def by(self, day):
        """Those made by the end of that day."""
        return self.filter(checked_on__lte=day)

    def latest_first(self):
        return self.order_by("-checked_on", "-id")


class BackgroundCheck(FileModel):
    """A check of a person, or the taking back of one; never changed.

    Made for an entry, it becomes the person's when the entry is approved. It moves with the file, and goes over to the
    file that absorbs it; `made_for` is the file that it was made for. Both are plain keys, since it stays where it is
    when a file is withdrawn: whoever withdraws it may not even see it.
    """

    class Outcome(models.TextChoices):
        CLEARED = "cleared", _("cleared")
        NOT_CLEARED = "not_cleared", _("not cleared")

    member_id = models.BigIntegerField(null=True, editable=False)
    made_for = models.BigIntegerField(null=True, editable=False)
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="checks", editable=False)
    force = models.CharField(_("force"), max_length=13, choices=Force)
    checked_on = models.DateField(_("checked on"))
    office = models.CharField(_("checking office"), max_length=60, blank=True)
    outcome = SealedField(_("outcome"), db_column="outcome_sealed", choices=Outcome, null=True)
    document = SealedField(_("document of the check"), db_column="document_sealed", null=True)
    takes_back = models.OneToOneField("self", models.PROTECT, null=True, related_name="taken_back", editable=False)
    reason = models.CharField(_("taken back because"), max_length=120, blank=True)
    recorded_by = models.BigIntegerField(editable=False)
    recorder_name = models.CharField(_("recorded by"), max_length=80, editable=False)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=TransactionNow(), editable=False)

    objects = BackgroundCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("background check")
        verbose_name_plural = _("background checks")
        default_permissions = ("add", "view")
        ordering = ["-checked_on", "-id"]
        indexes = [models.Index(name="background_check_by_member", fields=["member_id"])]
        constraints = [
            models.CheckConstraint(
                name="background_check_is_of_somebody", condition=Q(member_id__isnull=False) | Q(entry__isnull=False)
            ),
            models.CheckConstraint(
                name="background_check_says_what_came_of_it",
                condition=Q(takes_back=None, outcome__isnull=False, document__isnull=False, reason="") & ~Q(office="")
                | (Q(takes_back__isnull=False, outcome=None, document=None, office="") & ~Q(reason="")),
            ),
            models.CheckConstraint(name="background_check_force_is_known", condition=Q(force__in=Force.values)),
            models.CheckConstraint(
                name="background_check_is_not_in_the_future",
                condition=Q(checked_on__lte=OfficeDay("recorded_at")),
                violation_error_message=_("The check cannot have been made on a day to come."),
            ),
        ]

    def __str__(self):
        return f"{self.checked_on} {self.office}"
