from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organization import divisions
from organization.models.unit import Unit


class Team(models.Model):
    """The mass-prevention team of a unit: the district's corps, a town's brigade, a village's squad."""

    class Seat(models.TextChoices):
        SUB_BUREAU = "sub_bureau", _("sub-bureau")
        GOVERNANCE_CENTRE = "governance_centre", _("governance centre")
        POLICE_ROOM = "police_room", _("community police room")
        SECURITY_COMMITTEE = "security_committee", _("security committee")
        POLICE_STATION = "police_station", _("police station")
        OTHER = "other", _("other place")

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="teams")
    established_on = models.DateField(_("established on"))
    disbanded_on = models.DateField(_("disbanded on"), null=True, blank=True, help_text=_("First day it no longer exists."))
    seat = models.CharField(_("seat"), max_length=18, choices=Seat)
    address = models.CharField(_("address"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["unit_id"]
        constraints = [
            models.UniqueConstraint(
                name="team_one_a_unit", fields=["unit"], condition=Q(disbanded_on=None),
                violation_error_message=_("This unit has its team already."),
            ),
            models.CheckConstraint(
                name="team_disbands_after_it_is_established",
                condition=Q(disbanded_on=None) | Q(disbanded_on__gt=F("established_on")),
                violation_error_message=_("A team is disbanded after it is established."),
            ),
        ]

    def __str__(self):
        return f"{self.unit} {self.get_kind_display()}"

    def get_kind_display(self):
        """Corps, brigade or squad, by the level of the unit."""
        names = {"town": _("brigade"), "village": _("squad")}
        return names.get(divisions.level(self.unit_id), _("corps"))


class Post(models.Model):
    """A post at a team that somebody should hold; who does, and since when, is an appointment (personnel)."""

    class Title(models.TextChoices):
        CHIEF = "chief", _("commander")
        DEPUTY = "deputy", _("deputy commander")
        INSTRUCTOR = "instructor", _("instructor")
        OFFICE_HEAD = "office_head", _("head of the office")

    team = models.ForeignKey(Team, models.PROTECT, verbose_name=_("team"), related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="posts", editable=False)
    title = models.CharField(_("title"), max_length=11, choices=Title)
    ex_officio = models.CharField(
        _("held ex officio by"), max_length=40, blank=True,
        help_text=_("The office that brings this post with it, such as the community police officer."),
    )
    abolished_on = models.DateField(_("abolished on"), null=True, blank=True)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["unit_id", "title", "id"]
        constraints = [
            models.UniqueConstraint(
                name="post_one_chief_a_team", fields=["team"], condition=Q(title="chief", abolished_on=None),
                violation_error_message=_("This team has its chief post already."),
            ),
        ]

    def __str__(self):
        return f"{self.team} {self.get_title_display()}"
