from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from personnel.models.file import FileModel
from personnel.models.following import follows_member_itself
from personnel.models.member import Member


class OfficeDay(Func):
    """The day of a moment where the office is; immutable, so that constraints may use it."""

    template = "(%(expressions)s AT TIME ZONE 'Asia/Shanghai')::date"
    arity = 1
    output_field = models.DateField()


class DocumentSightingQuerySet(models.QuerySet):
    def by(self, day):
        """What had been seen, or taken back, by the end of that day."""
        return self.filter(seen_on__lte=day)


class DocumentSighting(FileModel):
    """Somebody compared an original document with the file on a day; or took such an entry back. Never changed."""

    class Document(models.TextChoices):
        RESIDENT_CARD = "resident_card", _("resident identity card")
        TEMPORARY_CARD = "temporary_card", _("temporary identity card")
        HOUSEHOLD_BOOK = "household_book", _("household register")
        PERMIT = "permit", _("travel or residence permit")
        PASSPORT = "passport", _("passport")

    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="sightings", db_constraint=False
    )
    document = models.CharField(_("document seen"), max_length=14, choices=Document)
    seen_on = models.DateField(_("seen on"))
    taken_back = models.CharField(
        _("taken back because"), max_length=120, blank=True, help_text=_("Why the entries before this one are wrong.")
    )
    # Of the number as it stood: when the number is corrected, what was seen before does not prove the new one.
    number_digest = models.BinaryField(editable=False)
    account = models.BigIntegerField(_("account"), editable=False)
    account_name = models.CharField(_("seen by"), max_length=80, editable=False)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=TransactionNow(), editable=False)

    objects = DocumentSightingQuerySet.as_manager()

    class Meta:
        verbose_name = _("document seen")
        verbose_name_plural = _("documents seen")
        ordering = ["-id"]
        constraints = [
            follows_member_itself("sighting_follows_member"),
            models.CheckConstraint(
                name="sighting_document_is_known",
                condition=Q(document__in=["resident_card", "temporary_card", "household_book", "permit", "passport"]),
            ),
            models.CheckConstraint(
                name="sighting_is_not_in_the_future",
                condition=Q(seen_on__lte=OfficeDay("recorded_at")),
                violation_error_message=_("The document cannot have been seen on a day to come."),
            ),
        ]

    def __str__(self):
        return f"{self.get_document_display()} {self.seen_on}"
