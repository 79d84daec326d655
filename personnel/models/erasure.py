"""The end of a file: what holds it back, who proposed and who confirmed that it is erased."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from organization.models import Unit
from personnel.models.dossier import follows_member
from personnel.models.file import FileModel
from personnel.models.member import Member


class ErasureHold(FileModel):
    """An open dispute or inquiry: the file is not erased while it lasts."""

    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="erasure_holds", db_constraint=False
    )
    reason = models.CharField(_("reason"), max_length=200, help_text=_("Which dispute or inquiry; its number."))
    held_from = models.DateField(_("from"))
    lifted_on = models.DateField(_("until"), null=True, blank=True, help_text=_("First day no longer held."))
    set_by = models.BigIntegerField(editable=False)

    class Meta:
        verbose_name = _("erasure hold")
        verbose_name_plural = _("erasure holds")
        ordering = ["unit_id", "member_id"]
        constraints = [
            follows_member("erasure_hold_follows_member"),
            models.CheckConstraint(name="erasure_hold_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="erasure_hold_ends_after_it_starts",
                condition=Q(lifted_on=None) | Q(lifted_on__gt=F("held_from")),
                violation_error_message=_("The hold ends before it starts."),
            ),
            models.UniqueConstraint(
                name="erasure_hold_is_open_once",
                fields=["member"],
                condition=Q(lifted_on=None),
                violation_error_message=_("This file is held already."),
            ),
        ]

    def __str__(self):
        return self.reason[:30]


class ErasureBatch(models.Model):
    """Files whose time has run out: proposed by one, confirmed (and thereby erased) by another, or declined."""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+", editable=False)
    reason = models.CharField(_("reason"), max_length=200)
    proposed_by = models.BigIntegerField(editable=False)
    proposed_at = models.DateTimeField(_("proposed at"), db_default=Now(), editable=False)
    approved_by = models.BigIntegerField(null=True, editable=False)
    approved_at = models.DateTimeField(_("erased at"), null=True, editable=False)
    declined_by = models.BigIntegerField(null=True, editable=False)
    declined_at = models.DateTimeField(_("declined at"), null=True, editable=False)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="erasure_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="erasure_is_approved_by_somebody_else",
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")),
                violation_error_message=_("Nobody confirms their own proposal."),
            ),
            models.CheckConstraint(
                name="erasure_is_decided_whole",
                condition=Q(approved_by=None, approved_at=None, declined_by=None, declined_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False, declined_by=None, declined_at=None)
                | Q(approved_by=None, approved_at=None, declined_by__isnull=False, declined_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.pk} {self.reason[:30]}"

    @property
    def state(self):
        """One of "erased", "declined", "proposed"."""
        return "erased" if self.approved_at else "declined" if self.declined_at else "proposed"


class ErasureEntry(FileModel):
    """One file of a batch, and what came of it."""

    class Outcome(models.TextChoices):
        ERASED = "erased", _("erased")
        HELD = "held", _("held back: an open dispute")
        NOT_DUE = "not_due", _("left: serves again, or its time has not run out")

    batch = models.ForeignKey(ErasureBatch, models.PROTECT, verbose_name=_("erasure"), related_name="entries")
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="erasure_entries", db_constraint=False
    )
    last_day = models.DateField(_("last service ended"))
    due_on = models.DateField(_("kept until"))
    outcome = models.CharField(_("what came of it"), max_length=7, choices=Outcome, blank=True, editable=False)

    class Meta:
        verbose_name = _("file to be erased")
        verbose_name_plural = _("files to be erased")
        ordering = ["unit_id", "member_id"]
        constraints = [
            follows_member("erasure_entry_follows_member"),
            models.UniqueConstraint(name="erasure_entry_once_a_batch", fields=["batch", "member"]),
            models.UniqueConstraint(name="erasure_entry_erased_once", fields=["member"], condition=Q(outcome="erased")),
        ]
        indexes = [models.Index(name="erasure_entry_by_member", fields=["unit", "member"])]

    def __str__(self):
        return str(self.member_id)
