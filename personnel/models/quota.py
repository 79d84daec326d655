from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization.models import Unit
from personnel.models.assignment import Force

FIRST_YEAR, LAST_YEAR = 1949, 2199
FORCES = [choice for choice in Force.choices if choice[0] != Force.VOLUNTEER]


class Quota(models.Model):
    """How many people of a force a unit may have in a year, as the government approved it."""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+", db_index=False)
    force = models.CharField(_("force"), max_length=13, choices=FORCES, default=Force.AUXILIARY)
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    number = models.PositiveIntegerField(_("people approved"))
    document = models.CharField(
        _("approval document"), max_length=120, help_text=_("Title and number of the paper that approved it.")
    )
    approved_by = models.CharField(_("approved by"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        ordering = ["-year", "unit_id", "force"]
        constraints = [
            models.UniqueConstraint(
                name="quota_one_a_unit_force_and_year",
                fields=["unit", "force", "year"],
                violation_error_message=_(
                    "This unit has a quota of this force for this year already; change that one."
                ),
            ),
            models.CheckConstraint(name="quota_names_its_document", condition=~Q(document="")),
            models.CheckConstraint(
                name="quota_year_is_one", condition=Q(year__gte=FIRST_YEAR) & Q(year__lte=LAST_YEAR)
            ),
            models.CheckConstraint(
                name="quota_is_of_a_professional_force",
                condition=~Q(force=Force.VOLUNTEER),
                violation_error_message=_("Volunteers have no quota."),
            ),
        ]

    def __str__(self):
        return f"{self.unit} {self.get_force_display()} {self.year}"
