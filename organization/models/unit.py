from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Mod
from django.utils.translation import gettext_lazy as _

from organization import divisions
from organization.models.installation import Installation


class SpanHigh(Func):
    """The last code below a division code; `division_high` is an immutable SQL function."""

    function = "division_high"
    arity = 1
    output_field = models.BigIntegerField()


class UnitQuerySet(models.QuerySet):
    def below(self, code):
        """Units inside a unit's range, itself included."""
        return self.filter(code__range=divisions.span(code))

    def open_on(self, day):
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day), Q(opened_on=None) | Q(opened_on__lte=day))

    def towns(self):
        """Towns, streets and functional units: a town group, no village group."""
        return self.alias(village=Mod("code", 1000), town=Mod("code", 1_000_000)).filter(village=0, town__gt=0)

    def villages(self):
        """Villages, communities and squads of functional units."""
        return self.alias(village=Mod("code", 1000)).filter(village__gt=0)


class Unit(models.Model):
    """A node of the hierarchy; its 12-digit code says where it lies (GB/T 2260 and the statistical code)."""

    code = models.BigIntegerField(_("code"), primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    aliases = ArrayField(
        models.CharField(max_length=60), verbose_name=_("other names"), default=list, blank=True,
        help_text=_("Former and colloquial names under which rosters may call it."),
    )
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True, help_text=_("First day it no longer exists."))
    successor = models.ForeignKey("self", models.PROTECT, verbose_name=_("successor"), null=True, blank=True, related_name="predecessors")
    population = models.PositiveIntegerField(_("resident population"), null=True, blank=True)
    root = models.ForeignKey(Installation, models.PROTECT, editable=False, related_name="units")

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="unit_lies_inside_the_root",
                condition=Q(code__gte=F("root")) & Q(code__lte=SpanHigh(F("root"))),
                violation_error_message=_("The code lies outside the office's own division code."),
            ),
            models.CheckConstraint(name="unit_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="unit_closes_after_it_opens",
                condition=Q(closed_on=None) | Q(opened_on=None) | Q(closed_on__gt=F("opened_on")),
                violation_error_message=_("A unit closes after it opens."),
            ),
            models.CheckConstraint(
                name="unit_closes_with_a_successor",
                condition=Q(closed_on=None, successor=None) | Q(closed_on__isnull=False, successor__isnull=False),
                violation_error_message=_("A closed unit names its successor."),
            ),
            models.CheckConstraint(name="unit_is_not_its_own_successor", condition=~Q(successor=F("code"))),
        ]

    def __str__(self):
        return self.name

    @property
    def span(self):
        return divisions.span(self.code)

    @property
    def level(self):
        return divisions.level(self.code)

    @property
    def kind(self):
        return divisions.kind(self.code)

    def get_kind_display(self):
        return divisions.KIND_NAMES[self.kind]
