from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organization.models.unit import Unit

# Regulation on Security Services, art. 14: who recruits guards itself files within 30 days from the start.
FILING_DAYS = 30


class EmployerQuerySet(models.QuerySet):
    def filing(self, state, day):
        """Employers whose filing with the police stands so on that day; see `Employer.filing_on`."""
        obliged = self.filter(self_recruiting=True)
        late = Q(filed_on__gt=F("started_on") + timedelta(days=FILING_DAYS))
        conditions = {
            "filed": Q(filed_on__isnull=False) & (Q(started_on=None) | ~late),
            "late": Q(filed_on__isnull=False, started_on__isnull=False) & late,
            "missing": Q(filed_on=None) & (Q(started_on=None) | Q(started_on__lt=day - timedelta(days=FILING_DAYS))),
            "due": Q(filed_on=None, started_on__gte=day - timedelta(days=FILING_DAYS)),
        }
        return self.filter(self_recruiting=False) if state == "not_required" else obliged.filter(conditions[state])


class Employer(models.Model):
    """A body that signs contracts with members: sub-bureau, town, security company, a unit with its own guards."""

    class Nature(models.TextChoices):
        SECURITY_COMPANY = "security_company", _("security company")
        GOVERNMENT = "government", _("government office or association")
        SCHOOL = "school", _("school")
        ENTERPRISE = "enterprise", _("enterprise")
        PROPERTY = "property", _("property management")
        ENTERTAINMENT = "entertainment", _("entertainment venue")
        SUB_BUREAU = "sub_bureau", _("sub-bureau")
        TOWN_OFFICE = "town_office", _("town or village office")

    class Filing(models.TextChoices):
        FILED = "filed", _("filed in time")
        LATE = "late", _("filed late")
        MISSING = "missing", _("not filed")
        DUE = "due", _("not yet due")
        NOT_REQUIRED = "not_required", _("not required")

    INSTITUTIONS = (Nature.GOVERNMENT, Nature.SCHOOL)

    name = models.CharField(_("name"), max_length=80)
    nature = models.CharField(_("nature"), max_length=16, choices=Nature)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name=_("place"),
        related_name="employers",
        help_text=_("The village of the premises; the town where that is unknown."),
    )
    self_recruiting = models.BooleanField(_("recruits guards itself"), default=False)
    declared_guards = models.PositiveIntegerField(_("guards declared"), null=True, blank=True)
    filed_on = models.DateField(_("filed with the police on"), null=True, blank=True)
    started_on = models.DateField(_("employs guards since"), null=True, blank=True)
    ended_on = models.DateField(
        _("employs guards until"), null=True, blank=True, help_text=_("First day without guards.")
    )
    contact = models.CharField(_("contact"), max_length=60, blank=True)

    objects = EmployerQuerySet.as_manager()

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        ordering = ["unit_id", "id"]
        indexes = [models.Index(name="employer_by_unit", fields=["unit", "id"])]
        constraints = [
            models.CheckConstraint(
                name="employer_entertainment_does_not_recruit_guards_itself",
                condition=~Q(nature="entertainment", self_recruiting=True),
                violation_error_message=_(
                    "An entertainment venue may not recruit guards itself (Regulation on Security Services, art. 13)."
                ),
            ),
            models.CheckConstraint(
                name="employer_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(started_on=None) | Q(ended_on__gt=F("started_on")),
                violation_error_message=_("The last day must lie after the first."),
            ),
        ]

    def __str__(self):
        return self.name

    def filing_on(self, day):
        """How the filing with the police stands: who recruits guards itself files within 30 days from the start."""
        if not self.self_recruiting:
            return self.Filing.NOT_REQUIRED
        last_day = self.started_on and self.started_on + timedelta(days=FILING_DAYS)
        if self.filed_on:
            return self.Filing.LATE if last_day and self.filed_on > last_day else self.Filing.FILED
        return self.Filing.DUE if last_day and day <= last_day else self.Filing.MISSING
