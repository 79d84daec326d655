from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class JobQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(ended_at=None)

    def about(self, kinds, subject):
        """Jobs of these kinds about one row, the latest first."""
        return self.filter(kind__in=kinds, subject=subject).order_by("-id")


class Job(models.Model):
    """Long work that goes on beside the site: of what kind, about which row, for whom, and how far it is."""

    kind = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    account = models.ForeignKey("organization.Account", models.CASCADE, related_name="+", db_constraint=False)
    options = models.JSONField(default=dict)
    asked_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    phase = models.CharField(max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    said = models.CharField(_("outcome"), max_length=300, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="job_waiting", fields=["id"], condition=Q(ended_at=None)),
            models.Index(name="job_by_subject", fields=["kind", "subject"]),
        ]

    def __str__(self):
        return f"{self.kind} {self.subject}"

    @property
    def percent(self):
        return min(100, self.done * 100 // self.total) if self.total else 0
