from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TrailEntry(models.Model):
    """One changed row: who, when, from where, before and after. Written by triggers, read through a masking view."""

    class Action(models.TextChoices):
        INSERT = "I", _("added")
        UPDATE = "U", _("changed")
        DELETE = "D", _("removed")

    at = models.DateTimeField(_("time"))
    action = models.CharField(_("action"), max_length=1, choices=Action)
    table = models.CharField(_("what"), max_length=63, db_column="table_name")
    row = models.BigIntegerField(_("row"))
    unit = models.ForeignKey(
        "organization.Unit",
        models.DO_NOTHING,
        verbose_name=_("unit"),
        null=True,
        db_constraint=False,
        related_name="+",
    )
    member = models.BigIntegerField(_("member"), null=True, db_column="member_id")
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    actor = models.BigIntegerField(_("account"), null=True)
    actor_name = models.CharField(_("who"), max_length=80)
    address = models.CharField(_("address"), max_length=45, null=True)
    origin = models.CharField(_("page or command"), max_length=200, null=True)
    request = models.CharField(_("request"), max_length=36, null=True)
    batch = models.CharField(_("batch"), max_length=36, null=True)

    class Meta:
        managed = False
        db_table = "organization_trail_masked"
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail")
        ordering = ["-id"]

    def __str__(self):
        model = next((each for each in apps.get_models() if each._meta.db_table == self.table), None)
        what = model._meta.verbose_name if model else self.table
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {self.get_action_display()} {what} {self.row}"

    @property
    def who(self):
        """Whose doing it was, as far as the reader may know: no names from other units."""
        return self.actor_name or (_("somebody of another unit") if self.actor else _("the office itself"))
