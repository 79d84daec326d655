from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from organization.models.unit import Unit


class DraftQuerySet(models.QuerySet):
    def unsaved(self):
        return self.filter(saved_at=None)


class Draft(models.Model):
    """What an account is typing in one open page, sealed, for its own eyes and a day; once saved, where that led."""

    unit = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    actor = models.BigIntegerField()
    staged_at = models.DateTimeField(db_default=Now())
    key = models.UUIDField()  # of the page as it was opened: two windows of one form do not mix
    page = models.CharField(max_length=500)
    typed = models.BinaryField(db_column="typed_sealed", null=True)
    saved_at = models.DateTimeField(null=True)
    led_to = models.CharField(max_length=500, blank=True, default="")

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="draft_once_a_page", fields=["actor", "key"]),
            models.CheckConstraint(
                name="draft_keeps_nothing_once_saved",
                condition=Q(typed=None, saved_at__isnull=False) | Q(typed__isnull=False, saved_at=None),
            ),
        ]

    def __str__(self):
        return str(self.key)
