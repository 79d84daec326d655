from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organization import divisions
from organization.models.unit import Unit


class TeamQuerySet(models.QuerySet["Team"]):
    def on(self, day):
        """Teams that exist on that day."""
        return self.filter(Q(disbanded_on=None) | Q(disbanded_on__gt=day), established_on__lte=day)

    @transaction.atomic
    def establish(self, unit, day, seat, address=""):
        """A unit's team from that day, with its standard posts: a chief and two deputies."""
        team = self.create(unit=unit, established_on=day, seat=seat, address=address)
        team.create_standard_posts()
        return team


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
    disbanded_on = models.DateField(
        _("disbanded on"), null=True, blank=True, help_text=_("First day it no longer exists.")
    )
    seat = models.CharField(_("seat"), max_length=18, choices=Seat)
    address = models.CharField(_("address"), max_length=120, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["unit_id"]
        constraints = [
            models.UniqueConstraint(
                name="team_one_a_unit",
                fields=["unit"],
                condition=Q(disbanded_on=None),
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

    @property
    def kind(self):
        """corps, brigade or squad, by the level of the unit."""
        return {"town": "brigade", "village": "squad"}.get(divisions.level(self.unit_id), "corps")

    def get_kind_display(self):
        return {"corps": _("corps"), "brigade": _("brigade"), "squad": _("squad")}[self.kind]

    def create_standard_posts(self):
        """A chief and two deputies, ex officio as the founding document has it: corps, brigades and squads differ."""
        posts = [(Post.Title.CHIEF, ""), *((Post.Title.DEPUTY, office) for office in DEPUTIES[self.kind])]
        return Post.objects.bulk_create(
            Post(team=self, unit_id=self.unit_id, title=title, ex_officio=office) for title, office in posts
        )


class PostQuerySet(models.QuerySet):
    def on(self, day):
        """Posts of teams that exist on that day, and not abolished by then."""
        return self.filter(Q(abolished_on=None) | Q(abolished_on__gt=day), team__in=Team.objects.on(day))

    def chiefs(self):
        return self.filter(title=Post.Title.CHIEF)


class Post(models.Model):
    """A post at a team that somebody should hold; who does, and since when, is an appointment (personnel)."""

    class Title(models.TextChoices):
        CHIEF = "chief", _("commander")
        DEPUTY = "deputy", _("deputy commander")
        INSTRUCTOR = "instructor", _("instructor")
        OFFICE_HEAD = "office_head", _("head of the office")

    class Office(models.TextChoices):
        GOVERNANCE_LEADER = "governance_leader", _("leader of the governance office")
        SUB_BUREAU_LEADER = "sub_bureau_leader", _("leader of the sub-bureau")
        TOWN_GOVERNANCE_LEADER = "town_governance_leader", _("town leader in charge of governance")
        COMMUNITY_OFFICER = "community_officer", _("community police officer")
        VILLAGE_DIRECTOR = "village_director", _("director of the village or residents' committee")

    team = models.ForeignKey(Team, models.PROTECT, verbose_name=_("team"), related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="posts", editable=False)
    title = models.CharField(_("title"), max_length=11, choices=Title)
    ex_officio = models.CharField(
        _("held ex officio by"),
        max_length=40,
        blank=True,
        choices=Office,
        help_text=_("The office that brings this post with it, such as the community police officer."),
    )
    abolished_on = models.DateField(_("abolished on"), null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["unit_id", "title", "id"]
        constraints = [
            models.UniqueConstraint(
                name="post_one_chief_a_team",
                fields=["team"],
                condition=Q(title="chief", abolished_on=None),
                violation_error_message=_("This team has its chief post already."),
            ),
        ]

    def __str__(self):
        return f"{self.team} {self.get_title_display()}"


# Requirements 34 to 36: governance and sub-bureau leaders are deputies of the corps, the town's leader of governance
# of the brigade, community officer and director of the squad. One deputy of a brigade is named; the second is open.
DEPUTIES = {
    "corps": (Post.Office.GOVERNANCE_LEADER, Post.Office.SUB_BUREAU_LEADER),
    "brigade": (Post.Office.TOWN_GOVERNANCE_LEADER, ""),
    "squad": (Post.Office.COMMUNITY_OFFICER, Post.Office.VILLAGE_DIRECTOR),
}
