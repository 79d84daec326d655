"""Rosters that wait for a confirmation: sealed, seen by their sender alone, and gone in a day."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from organization.models import Unit
from personnel.models.roster import RosterImport


class Staged(models.Model):
    """What is kept of a roster between upload and confirmation: only its sender sees it, for a day."""

    unit = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    actor = models.BigIntegerField()
    staged_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True


class StagedRow(Staged):
    """A line of a roster of which something is said, or that somebody has touched; all others are in their blocks."""

    # A check of each of many thousand rows at the commit took a second; they are written by one statement.
    roster = models.ForeignKey(
        RosterImport, models.CASCADE, related_name="own_rows", db_index=False, db_constraint=False
    )
    sheet = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    cells = models.BinaryField(db_column="cells_sealed", null=True)  # None: they stand in the block
    block_id = models.BigIntegerField(null=True)
    is_skipped = models.BooleanField(default=False)
    is_corrected = models.BooleanField(default=False)
    fate = models.CharField(max_length=9, blank=True, default="")
    effect = models.CharField(max_length=12, blank=True, default="")
    refusal = models.CharField(max_length=20, blank=True, default="")  # by the database, at an earlier commit
    member_id = models.BigIntegerField(null=True)
    findings = models.JSONField(default=list)
    changes = models.JSONField(default=dict)  # {field: [old, new]} as people read them, of person and service

    class Meta:
        constraints = [
            models.UniqueConstraint(name="staged_row_once_a_line", fields=["roster", "sheet", "number"]),
        ]

    def __str__(self):
        return f"{self.sheet}:{self.number}"


class StagedBlock(Staged):
    """Some hundred lines between upload and confirmation: their cells, sealed as one, and what is to be done with them.

    The lists have an element for each line. Of a line that has a row of its own, that row is what counts.
    """

    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="blocks", db_constraint=False)
    content = models.BinaryField(db_column="content_sealed")
    sheets = ArrayField(models.PositiveSmallIntegerField())
    numbers = ArrayField(models.PositiveIntegerField())
    fates = ArrayField(models.CharField(max_length=9, blank=True))
    effects = ArrayField(models.CharField(max_length=12, blank=True))
    members = ArrayField(models.BigIntegerField(null=True))

    def __str__(self):
        return f"{self.roster_id}: {self.pk}"


class StagedLine(models.Model):
    """A line of a roster between upload and confirmation, wherever it is kept; only its sender sees it, for a day."""

    pk = models.CompositePrimaryKey("roster_id", "sheet", "number")
    roster = models.ForeignKey(RosterImport, models.DO_NOTHING, related_name="staged", db_constraint=False)
    sheet = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    own_id = models.BigIntegerField(null=True)  # of its own row
    cells = models.BinaryField(db_column="cells_sealed", null=True)
    block_id = models.BigIntegerField(null=True)
    is_skipped = models.BooleanField()
    is_corrected = models.BooleanField()
    fate = models.CharField(max_length=9)
    effect = models.CharField(max_length=12)
    refusal = models.CharField(max_length=20)
    member_id = models.BigIntegerField(null=True)
    findings = models.JSONField()
    changes = models.JSONField()

    class Meta:
        managed = False
        db_table = "personnel_stagedline"

    def __str__(self):
        return f"{self.sheet}:{self.number}"


class StagedRoster(Staged):
    """What a roster that waits still asks, and whom it leaves out; gone with its lines."""

    roster = models.OneToOneField(RosterImport, models.CASCADE, primary_key=True, related_name="open")
    questions = models.JSONField(default=list)
    leavers = models.JSONField(default=list)  # [member id, name]
    cleaned = models.JSONField(default=dict)  # what the values kept with the lines depend on, and their fields
    depends_on = models.JSONField(default=dict)  # what the prepared rows were made from; empty where there are none
    rest = models.BinaryField(db_column="rest_sealed", null=True)  # the rows of the file that are nobody's

    def __str__(self):
        return str(self.roster_id)


class StagedWrite(Staged):
    """Rows as a confirmation will write them, sealed: some thousands of one table, in the order of the keys."""

    roster = models.ForeignKey(StagedRoster, models.CASCADE, related_name="writes", db_constraint=False)
    content = models.BinaryField(db_column="content_sealed")

    def __str__(self):
        return f"{self.roster_id}: {self.pk}"
