import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.models import Unit
from personnel.models.assignment import Assignment, Force
from personnel.models.dossier import hangs_on_member
from personnel.models.fields import CodeField
from personnel.models.member import Member, Sex


class Certificate(models.Model):
    """A certificate of service or of leaving as it was issued: what the register said, on which day, to whom by whom.

    Written once. The facts are kept, since the register goes on and a paper does not; the number of the document is
    not among them but its mask.
    """

    class Kind(models.TextChoices):
        SERVICE = "service", _("certificate of service")
        LEAVING = "leaving", _("certificate of leaving")

    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    issuer = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("issued by"), related_name="+", db_index=False)
    issuer_name = models.CharField(_("issued by"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number"))
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="certificates", db_constraint=False
    )
    service = models.ForeignKey(
        Assignment,
        models.PROTECT,
        verbose_name=_("service"),
        related_name="certificates",
        db_index=False,
        db_constraint=False,  # asked once a statement: sql/services_by_statement.sql
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+", db_index=False)
    unit_name = models.CharField(_("unit"), max_length=120)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=50)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex)
    document = CodeField(_("kind of document"), table="document", null=False)
    mask = models.CharField(_("document number"), max_length=24)
    force = models.CharField(_("force"), max_length=13, choices=Force)
    post = models.CharField(_("post"), max_length=40, blank=True)
    started_on = models.DateField(_("started on"))
    ended_on = models.DateField(_("ended on"), null=True, help_text=_("First day no longer served."))
    contract_from = models.DateField(_("contract from"), null=True)
    contract_until = models.DateField(_("contract until"), null=True)
    day = models.DateField(_("as of day"))
    purpose = models.CharField(_("needed for"), max_length=60, blank=True)
    account = models.BigIntegerField(_("account"))
    account_name = models.CharField(_("issued by"), max_length=80)
    issued_at = models.DateTimeField(_("issued at"), db_default=Now())
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        verbose_name = _("employment certificate")
        verbose_name_plural = _("employment certificates")
        ordering = ["-id"]
        indexes = [models.Index(name="certificate_by_unit", fields=["unit", "id"])]
        constraints = [
            hangs_on_member("certificate_hangs_on_member"),
            models.UniqueConstraint(name="certificate_number_is_unique", fields=["issuer", "year", "serial"]),
            models.CheckConstraint(
                name="certificate_says_what_was_so_on_its_day",
                condition=Q(day__gte=F("started_on"))
                & (
                    Q(kind="service") & (Q(ended_on=None) | Q(ended_on__gt=F("day")))
                    | Q(kind="leaving", ended_on__isnull=False, ended_on__lte=F("day"))
                ),
                violation_error_message=_("On this day the service had not begun, had ended, or was still running."),
            ),
            models.CheckConstraint(name="certificate_is_of_an_employment", condition=~Q(force="volunteer")),
        ]

    def __str__(self):
        return self.number

    @property
    def number(self):
        """The number on the paper; each unit counts its own, a year at a time."""
        return f"群防证〔{self.year}〕第{self.serial:04d}号"
