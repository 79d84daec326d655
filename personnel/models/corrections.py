"""Corrections of the register: former numbers, files withdrawn, files merged, and pairs that are two people."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.models import Unit
from personnel.models.dossier import follows_member
from personnel.models.fields import DigestField, SealedField
from personnel.models.file import FileModel
from personnel.models.member import Member, Sex


class FormerNumberQuerySet(models.QuerySet):
    def standing(self):
        """Those that still lead to their member."""
        return self.filter(dropped_at=None)


class FileMerge(models.Model):
    """Two files of one person became one. Written once; `before` holds every row that the merge changed, as it was."""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+", db_index=False)
    # Neither is a foreign key: the survivor may itself be withdrawn or absorbed later.
    survivor_id = models.BigIntegerField()
    survivor_name = models.CharField(_("file that stays"), max_length=50)
    absorbed_id = models.BigIntegerField()
    absorbed_name = models.CharField(_("file that was absorbed"), max_length=50)
    reason = models.CharField(_("reason"), max_length=200)
    before = models.JSONField(default=dict)  # {table: [row]}
    seen = models.BigIntegerField(default=0)  # the last entry of the trail about either file until then
    merged_at = models.DateTimeField(_("merged at"), db_default=Now())
    actor = models.BigIntegerField(null=True)
    account_name = models.CharField(_("merged by"), max_length=80)

    class Meta:
        verbose_name = _("merged file")
        verbose_name_plural = _("merged files")
        ordering = ["-id"]
        indexes = [
            models.Index(name="file_merge_by_unit", fields=["unit", "id"]),
            models.Index(name="file_merge_by_survivor", fields=["survivor_id"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="file_merge_is_of_two_files", condition=~Q(survivor_id=F("absorbed_id")),
                violation_error_message=_("A file cannot be merged with itself."),
            ),
            models.CheckConstraint(name="file_merge_has_a_reason", condition=~Q(reason="")),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.absorbed_name} → {self.survivor_name}"

    @property
    def batch(self):
        """What the trail calls the writing of this merge, and of its undoing."""
        return f"merge {self.pk}"


class FileUnmerge(models.Model):
    """A merge that was taken back: both files are what they were."""

    merge = models.OneToOneField(FileMerge, models.PROTECT, related_name="undoing")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    undone_at = models.DateTimeField(_("undone at"), db_default=Now())
    actor = models.BigIntegerField(null=True)
    account_name = models.CharField(_("undone by"), max_length=80)

    def __str__(self):
        return str(self.merge_id)


class FormerNumber(FileModel):
    """A number that a member was registered with before: a slip, or the number of an absorbed file."""

    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="former_numbers", db_constraint=False
    )
    number = SealedField(_("document number"), db_column="number_sealed", row="member_id")
    number_digest = DigestField(of="number", purpose="id")
    reason = models.CharField(_("reason"), max_length=200)
    merge = models.ForeignKey(FileMerge, models.PROTECT, null=True, related_name="aliases", editable=False)
    corrected_at = models.DateTimeField(_("corrected at"), db_default=Now())
    corrected_by = models.CharField(_("corrected by"), max_length=80)
    dropped_at = models.DateTimeField(_("in use again since"), null=True, blank=True)

    objects = FormerNumberQuerySet.as_manager()

    class Meta:
        verbose_name = _("former document number")
        verbose_name_plural = _("former document numbers")
        ordering = ["-id"]
        indexes = [models.Index(name="former_number_by_digest", fields=["number_digest"], condition=Q(dropped_at=None))]
        constraints = [
            follows_member("former_number_follows_member"),
            models.UniqueConstraint(
                name="former_number_once_a_member", fields=["member", "number_digest"], condition=Q(dropped_at=None)
            ),
            models.CheckConstraint(name="former_number_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="former_number_is_dropped_after_it_was_kept",
                condition=Q(dropped_at=None) | Q(dropped_at__gte=F("corrected_at")),
            ),
        ]

    def __str__(self):
        return str(self.corrected_at)


class WithdrawnFileQuerySet(models.QuerySet):
    def standing(self):
        """Those that were not brought back; an absorbed file is found among the merges."""
        return self.filter(~Exists(ReturnedFile.objects.filter(withdrawn=OuterRef("pk"))), merge=None)


class WithdrawnFile(models.Model):
    """A file out of the register, with all that hung on it: no list, figure, export or search can find it there.

    The rows lie in `file`, {table: [row]}, put there by a trigger in the statement that makes their removal possible.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+", db_index=False)
    member_id = models.BigIntegerField()
    merge = models.OneToOneField(FileMerge, models.PROTECT, null=True, related_name="withdrawn")
    name = models.CharField(pgettext_lazy("person", "name"), max_length=50)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex)
    birth_date = models.DateField(_("birth date"))
    number_digest = models.BinaryField()
    reason = models.CharField(_("reason"), max_length=200)
    file = models.JSONField(default=dict)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), db_default=Now())
    actor = models.BigIntegerField(null=True)
    account_name = models.CharField(_("withdrawn by"), max_length=80)

    objects = WithdrawnFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawn file")
        verbose_name_plural = _("withdrawn files")
        ordering = ["-id"]
        indexes = [
            models.Index(name="withdrawn_file_by_unit", fields=["unit", "id"]),
            models.Index(name="withdrawn_file_by_time", fields=["withdrawn_at"]),
            models.Index(name="withdrawn_file_by_digest", fields=["number_digest"]),
        ]
        constraints = [models.CheckConstraint(name="withdrawn_file_has_a_reason", condition=~Q(reason=""))]

    def __str__(self):
        return self.name


class ReturnedFile(models.Model):
    """A withdrawn file that was brought back."""

    withdrawn = models.OneToOneField(WithdrawnFile, models.PROTECT, related_name="returning")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    returned_at = models.DateTimeField(_("brought back at"), db_default=Now())
    actor = models.BigIntegerField(null=True)
    account_name = models.CharField(_("brought back by"), max_length=80)

    def __str__(self):
        return str(self.withdrawn_id)


class DifferentPeopleQuerySet(models.QuerySet):
    def standing(self):
        """Those that nobody took back."""
        return self.filter(taken_back_at=None)


class DifferentPeople(models.Model):
    """Two files that look like one person's and are not. One spelling: the lower number comes first."""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+", db_index=False)
    # No foreign keys: a mark outlives a file that is withdrawn, and is there again when the file is.
    first_id = models.BigIntegerField()
    second_id = models.BigIntegerField()
    names = models.CharField(_("people"), max_length=105)
    reason = models.CharField(_("reason"), max_length=200)
    marked_at = models.DateTimeField(_("marked at"), db_default=Now())
    account_name = models.CharField(_("marked by"), max_length=80)
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    taken_back_by = models.CharField(_("taken back by"), max_length=80, blank=True)

    objects = DifferentPeopleQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair of different people")
        verbose_name_plural = _("pairs of different people")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="different_people_in_order", condition=Q(first_id__lt=F("second_id"))),
            models.CheckConstraint(name="different_people_for_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="different_people_taken_back_whole",
                condition=Q(taken_back_at=None, taken_back_by="")
                | (~Q(taken_back_by="") & Q(taken_back_at__gte=F("marked_at"))),
            ),
            models.UniqueConstraint(
                name="different_people_marked_once", fields=["first_id", "second_id"], condition=Q(taken_back_at=None),
                violation_error_message=_("This pair is marked already."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.names
