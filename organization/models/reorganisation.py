from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organization.models.unit import Unit


class Reorganisation(models.Model):
    """Units merged, renumbered or split from one day on, as one batch. Written once."""

    class Kind(models.TextChoices):
        MERGE = "merge", _("merger of units")
        RENUMBER = "renumber", _("renumbering")
        SPLIT = "split", _("splitting off")

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("within"), related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    day = models.DateField(_("from the day"))
    batch = models.CharField(_("batch"), max_length=36, unique=True, help_text=_("The trail has the changes under it."))
    account = models.BigIntegerField(_("account"), editable=False)
    account_name = models.CharField(_("carried out by"), max_length=80, editable=False)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=TransactionNow(), editable=False)

    class Meta:
        verbose_name = _("reorganisation")
        verbose_name_plural = _("reorganisations")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.get_kind_display()} {self.day}"


class ReorganisationStep(models.Model):
    """What went from one unit to another in a reorganisation."""

    reorganisation = models.ForeignKey(Reorganisation, models.PROTECT, related_name="steps")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("from"), related_name="+", db_index=False)
    successor = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("to"), related_name="+", db_index=False)
    is_closed = models.BooleanField(_("closed"))
    moved = models.JSONField(_("moved"))  # [[slug of what, number]]

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="reorganisation_step_one_a_unit", fields=["reorganisation", "unit"]),
            models.CheckConstraint(name="reorganisation_step_goes_elsewhere", condition=~Q(unit=F("successor"))),
        ]

    def __str__(self):
        return f"{self.unit_id} → {self.successor_id}"
