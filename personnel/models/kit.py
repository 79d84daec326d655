"""The catalogue of uniform and insignia: schemes, size scales, items, and what a force has to wear from day to day."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.fields.ranges import BigIntegerRangeField
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from personnel.models.assignment import Force

MOST_PIECES = 20

# One item of one force: ranges of a single number, since core PostgreSQL excludes overlaps of ranges alone.
FORCE_NUMBER = Func(
    F("force"),
    template="array_position(ARRAY['auxiliary', 'patrol', 'joint_defence', 'guard', 'volunteer'], %(expressions)s::text)",  # noqa: E501
)
ITEM_OF_FORCE = Func(
    F("item"), FORCE_NUMBER, arg_joiner=" * 8 + ", template="(%(expressions)s)", output_field=models.BigIntegerField()
)
SAME_ITEM = Func(ITEM_OF_FORCE, ITEM_OF_FORCE, Value("[]"), function="int8range", output_field=BigIntegerRangeField())
DAYS_WORN = Func(F("valid_from"), F("valid_until"), function="daterange", output_field=DateRangeField())


class KitScheme(models.Model):
    """What uniforms of one design are called together, such as the pattern of a year."""

    name = models.CharField(_("name of the scheme"), max_length=30)

    class Meta:
        verbose_name = _("uniform scheme")
        verbose_name_plural = _("uniform schemes")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="kit_scheme_once",
                fields=["name"],
                violation_error_message=_("There is a scheme of this name already."),
            ),
            models.CheckConstraint(name="kit_scheme_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self):
        return self.name


class KitScale(models.Model):
    """The sizes in which something is made, in their order."""

    name = models.CharField(_("name of the scale"), max_length=30)
    sizes = ArrayField(
        models.CharField(max_length=12),
        verbose_name=_("sizes"),
        help_text=_("In their order, with commas between them, such as 165, 170, 175."),
    )

    class Meta:
        verbose_name = _("size scale")
        verbose_name_plural = _("size scales")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="kit_scale_once",
                fields=["name"],
                violation_error_message=_("There is a scale of this name already."),
            ),
            models.CheckConstraint(
                name="kit_scale_has_sizes",
                condition=Q(sizes__len__gt=0) & ~Q(sizes__contains=[""]),
                violation_error_message=_("A scale has at least one size."),
            ),
        ]

    def __str__(self):
        return self.name


class KitItem(models.Model):
    """Something that is issued: made in the sizes of a scale, or in one size for everybody."""

    class Kind(models.TextChoices):
        UNIFORM = "uniform", _("uniform")
        INSIGNIA = "insignia", pgettext_lazy("kit", "insignia")
        GEAR = "gear", _("gear")

    name = models.CharField(_("name of the item"), max_length=30)
    kind = models.CharField(pgettext_lazy("kit", "kind"), max_length=8, choices=Kind)
    scheme = models.ForeignKey(
        KitScheme,
        models.PROTECT,
        verbose_name=_("scheme"),
        null=True,
        blank=True,
        related_name="items",
        help_text=_("Left blank, the item is worn with every scheme."),
    )
    scale = models.ForeignKey(
        KitScale,
        models.PROTECT,
        verbose_name=_("size scale"),
        null=True,
        blank=True,
        related_name="items",
        help_text=_("Left blank, there is one size for everybody."),
    )
    retired_on = models.DateField(
        _("out of use on"), null=True, blank=True, help_text=_("First day on which it is issued no more.")
    )

    class Meta:
        verbose_name = _("kit item")
        verbose_name_plural = _("kit items")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="kit_item_once_a_scheme",
                fields=["name", "scheme"],
                nulls_distinct=False,
                violation_error_message=_("This scheme has an item of this name already."),
            ),
            models.CheckConstraint(name="kit_item_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="kit_item_kind_is_known", condition=Q(kind__in=["uniform", "insignia", "gear"])
            ),
        ]

    def __str__(self):
        return f"{self.name}（{self.scheme}）" if self.scheme_id else self.name


class KitSetEntryQuerySet(models.QuerySet):
    def on(self, day):
        """What is mandatory on that day."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)

    def lacked_by(self, member, day):
        """Entries of which the member holds fewer pieces on that day; `member` refers to the query around it.

        `force` is for the caller to say.
        """
        from personnel.models.kit_issue import KitIssue

        held = KitIssue.objects.held(day).filter(member=member, item=OuterRef("item")).order_by()
        pieces = held.values("item").annotate(pieces=Sum("count")).values("pieces")
        return self.on(day).annotate(held=Coalesce(Subquery(pieces), 0)).filter(held__lt=F("count"))


class KitSetEntry(models.Model):
    """How many pieces of an item everybody in a force has to have, from day to day."""

    force = models.CharField(_("force"), max_length=13, choices=Force)
    item = models.ForeignKey(KitItem, models.PROTECT, verbose_name=_("item"), related_name="entries")
    count = models.PositiveSmallIntegerField(_("pieces"), default=1)
    valid_from = models.DateField(_("mandatory from"))
    valid_until = models.DateField(
        _("mandatory until"), null=True, blank=True, help_text=_("First day on which it is mandatory no more.")
    )

    objects = KitSetEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandatory kit")
        verbose_name_plural = _("mandatory kit")
        ordering = ["force", "item_id", "valid_from"]
        constraints = [
            models.CheckConstraint(name="kit_set_force_is_known", condition=Q(force__in=Force.values)),
            models.CheckConstraint(
                name="kit_set_has_pieces",
                condition=Q(count__range=(1, MOST_PIECES)),
                violation_error_message=_("Between 1 and 20 pieces."),
            ),
            models.CheckConstraint(
                name="kit_set_ends_after_it_starts",
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                violation_error_message=_("It ends before it starts."),
            ),
            ExclusionConstraint(
                name="kit_set_names_an_item_once_a_day",
                expressions=[(SAME_ITEM, RangeOperators.OVERLAPS), (DAYS_WORN, RangeOperators.OVERLAPS)],
                violation_error_message=_(
                    "For some of these days this force has a number of pieces of this item already; end that first."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.get_force_display()} {self.item} × {self.count}"
