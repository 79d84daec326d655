"""Asking for a person who serves elsewhere, and the keeping unit's answer: two tables, one for each side's eyes."""

from datetime import timedelta

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization import rights
from organization.models import Unit
from personnel.models.assignment import Assignment, Force
from personnel.models.card import Card
from personnel.models.dossier import follows_member
from personnel.models.file import FileModel
from personnel.models.member import Member

OF_PERSONNEL_OFFICE = rights.FORCES_WRITTEN["hr"]


class TransferRequestQuerySet(models.QuerySet):
    def open(self):
        """Nobody has answered, and the time is not up."""
        return self.filter(answer="")

    def answered_since(self, day):
        """Agreed, refused or lapsed on that day or later; what the asker withdrew is no answer."""
        return self.filter(answered_on__gte=day).exclude(answer__in=["", "withdrawn"])

    def lately_answered(self, account, today):
        """What this account asked, answered within a week."""
        return self.answered_since(today - timedelta(days=7)).filter(asked_by=account.pk)


class TransferRequest(models.Model):
    """A unit asks for a person by number and name. It sees "sent", and later the answer: no place, no unit, no file."""

    class Answer(models.TextChoices):
        AGREED = "agreed", _("agreed")
        REFUSED = "refused", _("refused")
        LAPSED = "lapsed", _("lapsed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("asking unit"), related_name="transfer_requests")
    name = models.CharField(pgettext_lazy("person", "name"), max_length=50)
    id_digest = models.BinaryField(editable=False)
    force = models.CharField(_("force"), max_length=13, choices=Force)
    sponsor = models.CharField(_("run by"), max_length=7, choices=Assignment.Sponsor, blank=True)
    post = models.CharField(_("post"), max_length=40, blank=True)
    share = models.PositiveSmallIntegerField(
        _("share of full time (%)"),
        default=Assignment.FULL_TIME,
        help_text=_("100 moves the person; less asks for a second, part-time service."),
    )
    asked_by = models.BigIntegerField(editable=False)
    asked_on = models.DateField(_("asked on"))
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    answer = models.CharField(_("answer"), max_length=9, choices=Answer, blank=True, editable=False)
    answered_on = models.DateField(_("answered on"), null=True, blank=True, editable=False)

    objects = TransferRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer request")
        verbose_name_plural = _("transfer requests")
        ordering = ["unit_id", "-id"]
        indexes = [models.Index(name="transfer_request_waiting", fields=["asked_on"], condition=Q(answer=""))]
        constraints = [
            models.UniqueConstraint(
                name="transfer_request_is_open_once",
                fields=["unit", "id_digest"],
                condition=Q(answer=""),
                violation_error_message=_("This person was asked for already; the answer is awaited."),
            ),
            models.CheckConstraint(name="transfer_request_share_is_a_percentage", condition=Q(share__range=(1, 100))),
            models.CheckConstraint(
                name="transfer_request_is_answered_on_a_day",
                condition=Q(answer="", answered_on=None) | (~Q(answer="") & Q(answered_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="transfer_request_for_joint_defence_has_a_sponsor",
                condition=(Q(force="joint_defence") & ~Q(sponsor="")) | (~Q(force="joint_defence") & Q(sponsor="")),
                violation_error_message=_(
                    "Joint defence is run by a town or by a village; other forces leave this blank."
                ),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_whole(self):
        """Whether the person is to move, rather than to serve a second time."""
        return self.share == Assignment.FULL_TIME


class TransferConsentQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(decision="")

    def with_name(self):
        """`name` as the unit's own card has it: the file may be elsewhere by now."""
        cards = Card.objects.filter(member=OuterRef("member"), unit=OuterRef("unit"))
        return self.annotate(name=Subquery(cards.values("name")[:1]))

    def with_force_held(self):
        """`held`: the force of the running or last service, first of all in the unit that keeps the file."""
        away = Case(When(unit=OuterRef("unit"), then=Value(0)), default=Value(1))
        services = Assignment.objects.filter(member=OuterRef("member")).alias(away=away)
        last = services.order_by("away", F("ended_on").desc(nulls_first=True), "-started_on")
        return self.annotate(held=Subquery(last.values("force")[:1]))

    def decidable_by(self, account):
        """Those that wait for this account: by force for who keeps the file, else for the common superior."""
        rows = self.waiting().exclude(asked_by=account.pk).with_force_held()
        if account.role == "governance":
            return rows.filter(Q(held=None) | ~Q(held__in=OF_PERSONNEL_OFFICE))
        forces = rights.FORCES_WRITTEN.get(account.role or "", ())
        return rows.filter(Q(held=None) | Q(held__in=forces)) if forces else rows.none()


class TransferConsent(FileModel):
    """The same question as the keeping unit sees it. Written by trigger; decided by somebody else.

    While it waits it follows the file (`kept_by`); a decision stays in the unit that made it.
    """

    request = models.OneToOneField(TransferRequest, models.PROTECT, related_name="consent", db_constraint=False)
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="transfer_consents", db_constraint=False
    )
    kept_by = models.ForeignKey(
        Unit, models.DO_NOTHING, null=True, editable=False, related_name="+", db_constraint=False, db_index=False
    )
    to_unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("asking unit"), related_name="+", db_index=False)
    asked_by = models.BigIntegerField(editable=False)
    asked_on = models.DateField(_("asked on"))
    force = models.CharField(_("force"), max_length=13, choices=Force)
    sponsor = models.CharField(_("run by"), max_length=7, choices=Assignment.Sponsor, blank=True)
    post = models.CharField(_("post"), max_length=40, blank=True)
    share = models.PositiveSmallIntegerField(_("share of full time (%)"))
    decision = models.CharField(_("decision"), max_length=9, choices=TransferRequest.Answer, blank=True)
    decided_by = models.BigIntegerField(null=True, blank=True, editable=False)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = TransferConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer consent")
        verbose_name_plural = _("transfer consents")
        ordering = ["unit_id", "-id"]
        indexes = [models.Index(name="transfer_consent_waiting", fields=["unit"], condition=Q(decision=""))]
        constraints = [
            follows_member("transfer_consent_follows_file", unit="kept_by_id"),
            models.CheckConstraint(
                name="transfer_consent_is_decided_by_somebody_else",
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                violation_error_message=_("Nobody decides their own request."),
            ),
            models.CheckConstraint(
                name="transfer_consent_is_decided_whole",
                condition=Q(decision="", decided_by=None, decided_on=None)
                | Q(decision__in=["lapsed", "withdrawn"], decided_by=None, decided_on__isnull=False)
                | Q(decision__in=["agreed", "refused"], decided_by__isnull=False, decided_on__isnull=False),
            ),
            models.CheckConstraint(
                name="transfer_consent_follows_the_file_while_it_waits",
                condition=Q(decision="", kept_by__isnull=False, kept_by=F("unit"))
                | (~Q(decision="") & Q(kept_by=None)),
            ),
        ]

    def __str__(self):
        return getattr(self, "name", None) or str(self.pk)  # the member may be hidden by now

    @property
    def is_whole(self):
        return self.share == Assignment.FULL_TIME
