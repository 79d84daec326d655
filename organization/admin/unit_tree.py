"""The list of units as a tree: one row a unit, indented by level, with what is counted below it."""

from dataclasses import dataclass, field

from django.contrib.admin.views.main import ChangeList
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from organization import counts, divisions
from organization.models import Team, Unit


@dataclass(frozen=True)
class Number:
    """A cell: the number, or None where nothing is known, and where it leads."""

    value: int | None
    url: str = ""


@dataclass(frozen=True)
class TreeRow:
    """A unit as the tree shows it; `depth` counts from the reader's own unit."""

    unit: Unit
    depth: int
    url: str
    code: str
    is_open: bool
    open_below: int = 0
    closed_below: int = 0
    team: Team | None = None
    team_url: str = ""
    numbers: list[Number] = field(default_factory=list)


class UnitTree(ChangeList):
    """The stock list, with the rows of a page gathered in a fixed number of queries."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list.select_related("successor"))
        self.columns = counts.columns("unit", request.user)
        self.top = divisions.LEVELS.index(divisions.level(request.user.unit_id))

    @cached_property
    def rows(self):
        units, day = self.result_list, timezone.localdate()
        codes = [unit.pk for unit in units]
        below = counts.units_below(codes, day)
        teams = {team.unit_id: team for team in Team.objects.on(day).filter(unit__in=codes)}
        numbers = [counts.of_units(column, codes, day) for column in self.columns]
        return [
            TreeRow(
                unit=unit,
                depth=divisions.LEVELS.index(unit.level) - self.top,
                url=self.url_for_result(unit),
                code=divisions.format_code(unit.pk),
                is_open=unit.is_open_on(day),
                open_below=below[unit.pk][0],
                closed_below=below[unit.pk][1],
                team=teams.get(unit.pk),
                team_url=self._team_url(teams.get(unit.pk)),
                numbers=[self._number(*pair, unit.pk) for pair in zip(self.columns, numbers, strict=True)],
            )
            for unit in units
        ]

    @staticmethod
    def _team_url(team):
        return reverse("admin:organization_team_change", args=[team.pk]) if team else ""

    @staticmethod
    def _number(column, found, code):
        value = found.get(code)
        return Number(value, column.link(code) if value and column.link else "")
