"""Rosters that were sent: imports, what became of their lines, and answers."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.models import Unit
from personnel.models.assignment import Force
from personnel.roster.eligibility import LEVELS

STAGED_FOR = timedelta(days=1)  # the policy of the staged rows says the same


class RosterImportQuerySet(models.QuerySet):
    def known(self, sha256, unit):
        """Earlier imports of the same bytes into the unit that still stand."""
        return self.filter(sha256=sha256, unit=unit, committed_at__isnull=False, undone_at=None)


class RosterImport(models.Model):
    """A list that somebody sent for a unit: what was in it, and what came of it."""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+", db_index=False)
    account = models.BigIntegerField(_("account"), editable=False)
    account_name = models.CharField(_("sent by"), max_length=80, editable=False)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(_("fingerprint of the file"), max_length=64)
    size = models.PositiveBigIntegerField(_("size (bytes)"))
    force = models.CharField(_("force"), max_length=13, choices=Force, blank=True)
    is_whole = models.BooleanField(_("whole roster of the unit"), default=False)
    sent_at = models.DateTimeField(_("sent at"), db_default=Now())
    # Without names for people: the history tells what became of an import, not how its columns were read.
    sheets = models.JSONField(default=list)
    notices = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    committed_at = models.DateTimeField(_("imported at"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.CharField(_("undone by"), max_length=80, blank=True)
    failed_at = models.DateTimeField(_("last failed at"), null=True, blank=True)
    failure = models.CharField(_("why it failed"), max_length=300, blank=True)

    objects = RosterImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster import")
        verbose_name_plural = _("roster imports")
        ordering = ["-id"]
        indexes = [models.Index(name="roster_by_unit", fields=["unit", "id"])]
        constraints = [
            models.CheckConstraint(
                name="roster_is_undone_after_it_was_imported",
                condition=Q(undone_at=None) | Q(committed_at__isnull=False, undone_at__gte=F("committed_at")),
            ),
        ]

    def __str__(self):
        return self.file_name

    @property
    def state(self):
        """One of "undone", "imported", "expired", "waiting"; a failed commit goes on waiting."""
        if self.undone_at:
            return "undone"
        if self.committed_at:
            return "imported"
        return "expired" if self.sent_at + STAGED_FOR < timezone.now() else "waiting"


class ImportedRow(models.Model):
    """What became of a line of which there is more to tell than whom it went to: what stood before, what was said."""

    pk = models.CompositePrimaryKey("roster_id", "sheet", "number")

    class Fate(models.TextChoices):
        CREATE = "create", _("new")
        CHANGE = "change", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        REJECT = "reject", _("rejected")
        SKIP = "skip", _("skipped")
        ASK = "ask", _("to be decided")

    # That it exists is checked once a statement, by a trigger.
    roster = models.ForeignKey(
        RosterImport, models.PROTECT, related_name="own_records", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    sheet = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    fate = models.CharField(max_length=9, choices=Fate)
    member_id = models.BigIntegerField(null=True)
    service_id = models.BigIntegerField(null=True)  # begun by this line
    contact_id = models.BigIntegerField(null=True)
    request_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)  # {"member": {column: text}, "service": {"id": …, column: text}}
    findings = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(name="imported_row_by_member", fields=["member_id"])]

    def __str__(self):
        return f"{self.sheet}:{self.number}"


class ImportedBlock(models.Model):
    """What became of a few dozen lines of one fate and unit, in the order of the members they went to.

    The lists have an element for each line. `lowest` and `highest` are the first and the last member.
    """

    roster = models.ForeignKey(RosterImport, models.PROTECT, related_name="block_records", db_constraint=False)
    unit = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    fate = models.CharField(max_length=9, choices=ImportedRow.Fate)
    lowest = models.BigIntegerField()
    highest = models.BigIntegerField()
    sheets = ArrayField(models.PositiveSmallIntegerField())
    numbers = ArrayField(models.PositiveIntegerField())
    members = ArrayField(models.BigIntegerField())
    services = ArrayField(models.BigIntegerField(null=True))  # begun by these lines

    class Meta:
        indexes = [models.Index(name="imported_block_by_member", fields=["lowest", "highest"])]

    def __str__(self):
        return f"{self.roster_id}: {self.lowest}–{self.highest}"


class ImportedLineQuerySet(models.QuerySet):
    def about(self, member):
        """The lines that went to the member with this key: looked for in few blocks."""
        return self.filter(member_id=member, lowest__lte=member, highest__gte=member)


class ImportedLine(models.Model):
    """What became of a line of a roster, wherever it is recorded."""

    pk = models.CompositePrimaryKey("roster_id", "sheet", "number")
    roster = models.ForeignKey(RosterImport, models.DO_NOTHING, related_name="rows", db_constraint=False)
    unit = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+", db_constraint=False)
    sheet = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    fate = models.CharField(max_length=9, choices=ImportedRow.Fate)
    member_id = models.BigIntegerField(null=True)
    service_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)
    request_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    findings = models.JSONField()
    lowest = models.BigIntegerField(null=True)
    highest = models.BigIntegerField(null=True)

    objects = ImportedLineQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "personnel_importedline"

    def __str__(self):
        return f"{self.sheet}:{self.number}"


class RosterAnswer(models.Model):
    """How a unit answered a question about rosters with these headers; its next one is not asked again."""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+", db_index=False)
    headers = models.CharField(max_length=12)
    about = models.CharField(max_length=200)
    choice = models.CharField(max_length=60)
    answered_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("remembered answer about rosters")
        verbose_name_plural = _("remembered answers about rosters")
        constraints = [models.UniqueConstraint(name="roster_answer_once", fields=["unit", "headers", "about"])]

    def __str__(self):
        return f"{self.about}: {self.choice}"


class EligibilityRule(models.Model):
    """Who may join a force, and up to which age people serve in it, from when to when; data that an office edits."""

    force = models.CharField(_("force"), max_length=13, choices=Force)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True, help_text=_("First day no longer valid."))
    min_age = models.PositiveSmallIntegerField(_("youngest age"), default=18)
    max_age = models.PositiveSmallIntegerField(_("oldest age"), null=True, blank=True)
    leaving_age = models.PositiveSmallIntegerField(
        _("oldest age in service"),
        null=True,
        blank=True,
        help_text=_("Whoever serves above it is listed; blank: nobody."),
    )
    is_max_age_hard = models.BooleanField(_("the oldest age is binding"), default=False)
    min_education = models.CharField(_("lowest education"), max_length=20, blank=True, choices=LEVELS)
    is_education_hard = models.BooleanField(_("the lowest education is binding"), default=False)
    needs_check = models.BooleanField(
        _("a background check is needed"), default=True, help_text=_("Nobody is taken in before it was made.")
    )
    source = models.CharField(_("source"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("eligibility rule")
        verbose_name_plural = _("eligibility rules")
        ordering = ["force", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="eligibility_rule_one_a_force_and_day",
                fields=["force", "valid_from"],
                violation_error_message=_("There is a rule for this force from this day on already."),
            ),
            models.CheckConstraint(
                name="eligibility_rule_ends_after_it_starts",
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                violation_error_message=_("The rule ends before it starts."),
            ),
            models.CheckConstraint(
                name="eligibility_rule_ages_in_order",
                condition=Q(min_age__gte=16) & (Q(max_age=None) | Q(max_age__gte=F("min_age"))),
                violation_error_message=_("The youngest age is 16 or more and not above the oldest."),
            ),
            models.CheckConstraint(
                name="eligibility_rule_serves_at_least_as_long",
                condition=Q(leaving_age=None)
                | (Q(leaving_age__gte=F("min_age")) & (Q(max_age=None) | Q(leaving_age__gte=F("max_age")))),
                violation_error_message=_("The oldest age in service is not below those on joining."),
            ),
        ]

    def __str__(self):
        return f"{self.get_force_display()} {self.valid_from}"
