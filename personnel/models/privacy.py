"""What the office owes the people in the register: to be told, to have wrong entries corrected, within a time."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from personnel.models.assignment import Force
from personnel.models.dossier import follows_member
from personnel.models.file import FileModel
from personnel.models.following import follows_member_itself
from personnel.models.member import Member


class PrivacyTermQuerySet(models.QuerySet):
    def on(self, day):
        """Terms that are valid on that day, of each kind the youngest first."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day).order_by(
            "kind", "-valid_from"
        )


class PrivacyTerm(models.Model):
    """How long a file is kept after the last service, by force, and how soon a correction is answered; dated data."""

    CORRECTION = "correction"
    KINDS = [*Force.choices, (CORRECTION, _("answer to a correction request"))]

    kind = models.CharField(_("kind"), max_length=13, choices=KINDS)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True, help_text=_("First day no longer valid."))
    length = models.PositiveSmallIntegerField(
        _("length"), help_text=_("Of a force: years after the last service ended. Of a correction: working days.")
    )
    source = models.CharField(_("source"), max_length=200)

    objects = PrivacyTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("privacy term")
        verbose_name_plural = _("privacy terms")
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="privacy_term_one_a_kind_and_day",
                fields=["kind", "valid_from"],
                violation_error_message=_("There is a term of this kind from this day on already."),
            ),
            models.CheckConstraint(
                name="privacy_term_ends_after_it_starts",
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                violation_error_message=_("The term ends before it starts."),
            ),
            models.CheckConstraint(
                name="privacy_term_has_a_length_and_a_source",
                condition=Q(length__range=(1, 100)) & ~Q(source=""),
                violation_error_message=_("Give a length between 1 and 100 and the source that it is taken from."),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.valid_from}"


class CorrectionRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(answered_on=None)

    def overdue(self, day):
        """Requests that are still open after the day on which an answer was due."""
        return self.open().filter(due_on__lt=day)


class CorrectionRequest(FileModel):
    """Somebody says that an entry about them is wrong or missing, and is answered in time."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")

    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="correction_requests", db_constraint=False
    )
    wrong = models.CharField(_("what is wrong"), max_length=300)
    wanted = models.CharField(_("what it should say"), max_length=300, blank=True)
    brought_by = models.CharField(
        _("brought by"), max_length=50, help_text=_("The person, or who speaks for them; how they proved who they are.")
    )
    received_on = models.DateField(_("received on"))
    due_on = models.DateField(_("answer due on"), editable=False)
    recorded_by = models.BigIntegerField(editable=False)
    outcome = models.CharField(_("answer"), max_length=7, choices=Outcome, blank=True)
    reason = models.CharField(
        _("what was done, or why not"), max_length=300, blank=True, help_text=_("A refusal needs a reason.")
    )
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answered_by = models.BigIntegerField(null=True, editable=False)

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction request")
        verbose_name_plural = _("correction requests")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(name="correction_open_by_due_day", fields=["due_on"], condition=Q(answered_on=None)),
            models.Index(name="correction_by_member", fields=["unit", "member"]),
        ]
        constraints = [
            follows_member("correction_follows_member"),
            models.CheckConstraint(name="correction_says_what_and_who", condition=~Q(wrong="") & ~Q(brought_by="")),
            models.CheckConstraint(name="correction_is_due_after_it_came", condition=Q(due_on__gt=F("received_on"))),
            models.CheckConstraint(
                name="correction_is_answered_whole",
                condition=Q(outcome="", answered_on=None, answered_by=None, reason="")
                | (~Q(outcome="") & Q(answered_on__isnull=False, answered_by__isnull=False)),
                violation_error_message=_("Give the answer together with its day, or neither."),
            ),
            models.CheckConstraint(
                name="correction_is_refused_for_a_reason",
                condition=~Q(outcome="refused") | ~Q(reason=""),
                violation_error_message=_("Please say why the correction is refused."),
            ),
            models.CheckConstraint(
                name="correction_is_answered_after_it_came",
                condition=Q(answered_on=None) | Q(answered_on__gte=F("received_on")),
                violation_error_message=_("The answer lies before the request."),
            ),
        ]

    def __str__(self):
        return self.wrong[:30]


class NoticeText(models.Model):
    """The text by which people are told what is kept of them and why; a new version is a new row."""

    title = models.CharField(_("title"), max_length=60)
    valid_from = models.DateField(_("valid from"), unique=True)
    body = models.TextField(_("text"), max_length=8000, help_text=_("Paragraphs are parted by an empty line."))

    class Meta:
        verbose_name = _("notice text")
        verbose_name_plural = _("notice texts")
        ordering = ["-valid_from"]
        constraints = [models.CheckConstraint(name="notice_has_words", condition=~Q(title="") & ~Q(body=""))]

    def __str__(self):
        return f"{self.title} {self.valid_from}"


class NoticeGiven(FileModel):
    """A person was given a version of the notice on a day."""

    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="notices_given", db_constraint=False
    )
    notice = models.ForeignKey(NoticeText, models.PROTECT, verbose_name=_("notice text"), related_name="given")
    given_on = models.DateField(_("given on"))
    given_by = models.BigIntegerField(editable=False)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("notice given")
        verbose_name_plural = _("notices given")
        ordering = ["unit_id", "member_id", "-given_on"]
        constraints = [
            follows_member_itself("notice_given_follows_member"),
            models.UniqueConstraint(name="notice_given_once", fields=["member", "notice"]),
        ]

    def __str__(self):
        return str(self.given_on)
