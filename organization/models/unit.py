import re

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CharField, F, Func, Q, Value
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from organization import divisions
from organization.models.installation import Installation

# How many codes a unit of a level spans, and the level below each.
_SIZES = dict(zip(divisions.LEVELS, (10**10, 10**8, 10**6, 10**3, 1), strict=True))
_BELOW = dict(zip(divisions.LEVELS, (*divisions.LEVELS[1:], "village"), strict=True))


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

    def succeeded_by(self, code):
        """Codes of the closed units whose place a unit has taken, through any chain of successors."""
        found: list[int] = []
        nearest = [code]
        while nearest:
            nearest = list(self.filter(successor__in=nearest).exclude(pk__in=found).values_list("pk", flat=True))
            found += nearest
        return found

    def children(self, code):
        """Units one level down; the towns of a city without districts lie directly below the city."""
        low, high = divisions.span(code)
        level = divisions.level(code)
        below = Q(own=0, code__gt=low, code__lte=high)
        if level == "city":
            below |= Q(village=0, code__gt=low, code__lt=low + _SIZES["district"])
        return self.alias(own=Mod("code", _SIZES[_BELOW[level]]), village=Mod("code", 1000)).filter(below)

    def ways_on(self, code, above=()):
        """From a unit down to those right below it, with the given ones above; whoever leaves levels out is among them.

        Of a district that is every town, of a city or province every district and city: never all the villages.
        """
        level = divisions.level(code)
        size = _SIZES["district"] if level in {"province", "city"} else _SIZES[_BELOW[level]]
        below = Q(code__range=divisions.span(code)) & Q(Exact(Mod(F("code"), size), 0))
        if level == "city":  # towns of a city without districts
            below |= Q(code__range=(code, code + _SIZES["district"] - 1)) & Q(Exact(Mod(F("code"), 1000), 0))
        return self.filter(below | Q(code__in=above))

    def at_level(self, level):
        """Units of one level: province, city, district, town or village."""
        wider = 10**12 if level == "province" else _SIZES[divisions.LEVELS[divisions.LEVELS.index(level) - 1]]
        return self.alias(own=Mod("code", _SIZES[level]), wider=Mod("code", wider)).filter(own=0, wider__gt=0)

    def functional(self):
        """Sub-bureau, police stations and special squads with their squads: town numbers 900 to 999."""
        return self.alias(place=Mod("code", _SIZES["district"])).filter(place__gte=900_000)

    def called(self, text):
        """Units by part of a name or of a former one, or by the first digits of the code."""
        text = text.strip()
        digits = re.sub(r"[\s-]", "", text)
        if digits.isascii() and digits.isdecimal() and len(digits) <= 12:
            return self.filter(code__range=(int(digits.ljust(12, "0")), int(digits.ljust(12, "9"))))
        former = Func(F("aliases"), Value("\n"), function="array_to_string", output_field=CharField())
        return self.alias(former=former).filter(Q(name__icontains=text) | Q(former__icontains=text))

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
        models.CharField(max_length=60),
        verbose_name=_("other names"),
        default=list,
        blank=True,
        help_text=_("Former and colloquial names under which rosters may call it."),
    )
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True, help_text=_("First day it no longer exists."))
    successor = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("successor"), null=True, blank=True, related_name="predecessors"
    )
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

    @property
    def is_functional(self):
        return self.code % _SIZES["district"] >= 900_000

    def is_open_on(self, day):
        return (self.closed_on is None or self.closed_on > day) and (self.opened_on is None or self.opened_on <= day)

    def rename(self, name):
        """Take a new name; the old one stays among the other names, so that older rosters are still understood."""
        if name == self.name:
            return
        self.aliases = [*(alias for alias in self.aliases if alias not in (name, self.name)), self.name]
        self.name = name
