"""How an account likes its list of people: filters it saved, columns it chose."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from organization.models import Unit


class SavedFilter(models.Model):
    """Conditions of the people list under a name; the owner's alone, or open to the accounts of the same unit."""

    unit = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    actor = models.BigIntegerField(editable=False)
    name = models.CharField(_("name of the filter"), max_length=30)
    query = models.CharField(max_length=400)  # `personnel.saved_filters.canonical`: parameters that lists know
    is_shared = models.BooleanField(_("shared with my unit"), default=False)
    saved_at = models.DateTimeField(_("saved at"), db_default=Now())

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name", "id"]
        indexes = [models.Index(name="saved_filter_by_unit", fields=["unit"], condition=Q(is_shared=True))]
        constraints = [
            models.UniqueConstraint(
                name="saved_filter_name_once",
                fields=["actor", "name"],
                violation_error_message=_("You have a filter of this name already."),
            ),
            models.CheckConstraint(name="saved_filter_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self):
        return self.name


class ListSetting(models.Model):
    """The columns of an account's people list in their order, and the filter that it opens with."""

    unit = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    actor = models.BigIntegerField(unique=True)
    columns = ArrayField(models.CharField(max_length=30), default=list)
    # No foreign key: its owner may throw a shared filter away without seeing who opens lists with it.
    opens_with = models.BigIntegerField(null=True)

    def __str__(self):
        return str(self.actor)
