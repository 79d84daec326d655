"""Who is related to whom: nobody scores their own family."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from personnel.models.dossier import follows_member
from personnel.models.file import FileModel
from personnel.models.member import Member


class Kinship(FileModel):
    """A member and the holder of an account are related: that account never scores this member."""

    class Relation(models.TextChoices):
        SPOUSE = "spouse", _("spouse")
        PARENT = "parent", _("parent or child")
        SIBLING = "sibling", _("brother or sister")
        OTHER = "other", _("other close relation")

    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="kinships", db_constraint=False
    )
    account = models.ForeignKey(Account, models.PROTECT, verbose_name=_("related examiner"), related_name="+")
    relation = models.CharField(_("relation"), max_length=7, choices=Relation)
    declared_on = models.DateField(_("declared on"))
    withdrawn_on = models.DateField(
        _("withdrawn on"), null=True, blank=True, help_text=_("Only where the declaration was a mistake.")
    )

    class Meta:
        verbose_name = _("kinship declaration")
        verbose_name_plural = _("kinship declarations")
        ordering = ["unit_id", "-id"]
        constraints = [
            follows_member("kinship_follows_member"),
            models.UniqueConstraint(
                name="kinship_is_declared_once",
                fields=["member", "account"],
                condition=Q(withdrawn_on=None),
                violation_error_message=_("This kinship is declared already."),
            ),
        ]

    def __str__(self):
        return f"{self.get_relation_display()} {self.declared_on}"
