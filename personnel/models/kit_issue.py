"""Kit in people's hands: sizes, campaigns, who is to get something in a campaign, and what was issued and came back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.models import Unit
from personnel.models.assignment import Force
from personnel.models.dossier import follows_member
from personnel.models.file import FileModel
from personnel.models.kit import KitItem, KitScale, KitScheme
from personnel.models.member import Member


class KitSize(FileModel):
    """The size a person takes in a scale."""

    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="kit_sizes", db_constraint=False
    )
    scale = models.ForeignKey(KitScale, models.PROTECT, verbose_name=_("size scale"), related_name="+")
    size = models.CharField(pgettext_lazy("kit", "size"), max_length=12)

    class Meta:
        verbose_name = _("size of a person")
        verbose_name_plural = _("sizes of people")
        ordering = ["unit_id", "member_id", "scale_id"]
        constraints = [
            follows_member("kit_size_follows_member"),
            models.UniqueConstraint(
                name="kit_size_once_a_scale",
                fields=["member", "scale"],
                violation_error_message=_("The size of this person is on record already; change it there."),
            ),
        ]

    def __str__(self):
        return f"{self.scale} {self.size}"


class KitCampaignQuerySet(models.QuerySet):
    def running(self):
        """Opened, and not closed yet."""
        return self.filter(opened_on__isnull=False, closed_on=None)


class KitCampaign(models.Model):
    """Kit issued to whole forces: from one day, to be worn from a later one. It opens once, with its recipients."""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("office in charge"), related_name="+", editable=False)
    name = models.CharField(_("name of the campaign"), max_length=60)
    forces = ArrayField(models.CharField(max_length=13, choices=Force), verbose_name=_("forces"))
    scheme = models.ForeignKey(
        KitScheme,
        models.PROTECT,
        verbose_name=_("scheme"),
        related_name="campaigns",
        help_text=_("The scheme that is issued. Items of no scheme are issued along with it."),
    )
    issue_on = models.DateField(
        _("issued from"), help_text=_("Whoever serves in these forces on this day is a recipient.")
    )
    in_use_on = models.DateField(
        _("in use from"), help_text=_("From this day on it is worn; what is mandatory on it is what is issued.")
    )
    opened_on = models.DateField(_("opened on"), null=True, blank=True, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)

    objects = KitCampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("kit campaign")
        verbose_name_plural = _("kit campaigns")
        ordering = ["-issue_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="kit_campaign_name_is_unique",
                fields=["unit", "name"],
                violation_error_message=_("There is a campaign of this name already."),
            ),
            models.CheckConstraint(
                name="kit_campaign_has_forces",
                condition=Q(forces__len__gt=0) & Q(forces__contained_by=Force.values),
                violation_error_message=_("Choose at least one force."),
            ),
            models.CheckConstraint(
                name="kit_campaign_is_issued_before_it_is_worn",
                condition=Q(in_use_on__gte=F("issue_on")),
                violation_error_message=_("Kit is issued before it is worn."),
            ),
            models.CheckConstraint(
                name="kit_campaign_closes_after_it_opens",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on"), opened_on__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name


class KitRecipient(FileModel):
    """Somebody who is to get the kit of a campaign, by the force served in on its first day."""

    campaign = models.ForeignKey(
        KitCampaign, models.PROTECT, verbose_name=_("campaign"), related_name="recipients", db_index=False
    )
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="kit_campaigns", db_constraint=False
    )
    force = models.CharField(_("force"), max_length=13, choices=Force)

    class Meta:
        verbose_name = _("recipient of kit")
        verbose_name_plural = _("recipients of kit")
        ordering = ["unit_id", "member_id"]
        constraints = [
            follows_member("kit_recipient_follows_member"),
            models.UniqueConstraint(name="kit_recipient_once", fields=["campaign", "member"]),
            models.CheckConstraint(name="kit_recipient_force_is_known", condition=Q(force__in=Force.values)),
        ]

    def __str__(self):
        return f"{self.campaign}"


class KitIssueQuerySet(models.QuerySet):
    def held(self, day):
        """What people have in their hands on that day."""
        return self.filter(Q(returned_on=None) | Q(returned_on__gt=day), issued_on__lte=day)


class KitIssue(FileModel):
    """Pieces of an item in a person's hands, from one day on until they come back or are given up."""

    class Ending(models.TextChoices):
        RETURNED = "returned", _("handed back")
        REPLACED = "replaced", _("replaced")
        LOST = "lost", _("lost")
        WAIVED = "waived", _("not asked back")

    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="kit", db_constraint=False
    )
    item = models.ForeignKey(KitItem, models.PROTECT, verbose_name=_("item"), related_name="issues", db_index=False)
    campaign = models.ForeignKey(
        KitCampaign, models.PROTECT, verbose_name=_("campaign"), null=True, blank=True, related_name="issues",
        db_index=False,
    )  # fmt: skip
    size = models.CharField(pgettext_lazy("kit", "size"), max_length=12, blank=True)
    count = models.PositiveSmallIntegerField(_("pieces"), default=1)
    issued_on = models.DateField(_("issued on"))
    returned_on = models.DateField(
        _("handed back on"), null=True, blank=True, help_text=_("First day on which the person has it no more.")
    )
    ending = models.CharField(_("what became of it"), max_length=8, choices=Ending, blank=True)

    objects = KitIssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issued kit")
        verbose_name_plural = _("issued kit")
        ordering = ["unit_id", "member_id", "item_id", "id"]
        indexes = [
            models.Index(name="kit_issue_by_unit", fields=["unit", "member"]),
            models.Index(name="kit_issue_by_campaign", fields=["campaign", "member"]),
        ]
        constraints = [
            follows_member("kit_issue_follows_member"),
            models.UniqueConstraint(
                name="kit_issue_once_a_campaign_unless_it_came_back",
                fields=["member", "item", "campaign"],
                condition=Q(returned_on=None),
                violation_error_message=_("This person has this item of this campaign already."),
            ),
            models.CheckConstraint(
                name="kit_issue_has_pieces",
                condition=Q(count__range=(1, 20)),
                violation_error_message=_("Between 1 and 20 pieces."),
            ),
            models.CheckConstraint(
                name="kit_issue_comes_back_after_it_went_out",
                condition=Q(returned_on=None) | Q(returned_on__gte=F("issued_on")),
                violation_error_message=_("It cannot come back before it was issued."),
            ),
            models.CheckConstraint(
                name="kit_issue_ends_in_some_way",
                condition=Q(returned_on=None, ending="")
                | Q(returned_on__isnull=False, ending__in=["returned", "replaced", "lost", "waived"]),
                violation_error_message=_("Give both the day and what became of it, or neither."),
            ),
        ]

    def __str__(self):
        return f"{self.item} {self.issued_on}"
