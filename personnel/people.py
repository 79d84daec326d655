"""Which people a list shows: one selection for lists, drill-downs and exports, read from address parameters."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from organization import belonging
from organization.scope import current
from personnel import codes, identity
from personnel.models import Assignment, Card
from personnel.realname import levels

PROFESSIONAL = "professional"
STATUSES = {"serving": _("serving"), "left": _("left"), "all": _("all")}
BAND_STARTS = (25, 41)  # the full years with which an age band begins
AGE_BANDS = {"under_25": _("under 25"), "25_40": _("25 to 40"), "41_up": _("41 and over"), "unknown": _("unknown")}
EDUCATION_BANDS = {
    "junior_or_below": _("junior secondary or below"),
    "senior_or_vocational": _("senior secondary or vocational"),
    "college_or_above": _("college or above"),
    "unclassified": _("unclassified"),
    "unknown": _("unknown"),
}
FORMER_BANDS = {
    "unemployed": _("unemployed or laid off"),
    "retired": _("retired"),
    "farmer": _("farmers"),
    "self_employed": _("self-employed"),
    "employed": _("workers and employees"),
    "other": _("other"),
    "unknown": _("unknown"),
}
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True)
class Selection:
    """Conditions of a list: a subtree of units, a day, a standing on that day, what is said of person and service."""

    day: date
    unit: int | None = None
    status: str = "serving"
    service: dict[str, str] = field(default_factory=dict)
    person: dict[str, str] = field(default_factory=dict)
    text: str = ""
    members: tuple[int, ...] = ()

    @cached_property
    def inside(self):
        """Condition on `unit`: the subtree, and closed units that belong to it now."""
        return belonging.reach(self.unit).q() if self.unit else Q()

    def cards(self):
        """One card a person: of several cards that fit, the one of the lowest unit code, so nobody is counted twice."""
        of_lower_units = self._reasons().filter(member=OuterRef("member"), unit__lt=OuterRef("unit"))
        return self._fitting().filter(~Exists(of_lower_units))

    def people(self):
        """The members of `cards`, to be counted: four times as fast as the cards themselves.

        All cards of a person say the same, so it does not matter whether a lower unit code has one as well; and where
        nothing is asked of the person, the services alone know.
        """
        return self._counted().distinct()

    def count(self, most: int) -> int:
        """How many people, counted up to `most`.

        A quarter more rows nearly always name so many people, and need neither be sorted nor all be read.
        """
        rows = most + most // 4
        some = self._counted()[:rows].aggregate(people=Count("member", distinct=True), rows=Count("member"))
        if some["people"] < most and some["rows"] == rows:
            return self.people()[:most].count()
        return min(some["people"], most)

    def _counted(self):
        if self.status == "serving" and not (self.person or self.text.strip() or self.members):
            found = self._reasons()
        else:
            found = self._fitting()
        return found.order_by().values("member")

    def _fitting(self):
        """All cards that fit, several of a person."""
        cards = Card.objects.filter(self.inside, described(self.person, self.day), named(self.text))
        if self.members:
            cards = cards.filter(member__in=self.members)
        if self.status == "left":
            cards = cards.filter(~Exists(self._services().on(self.day).filter(member=OuterRef("member"))))
        if self.status == "all" and not self.service:
            return cards
        return cards.filter(Exists(self._reasons().filter(member=OuterRef("member"), unit=OuterRef("unit"))))

    def _reasons(self):
        """What puts a member on the list, in a unit: a service, or the mere card where services do not matter."""
        if self.status == "serving":
            return self._services().on(self.day)
        if self.status == "left":
            return self._services().filter(started_on__lte=self.day)
        return self._services() if self.service else Card.objects.filter(self.inside)

    def _services(self):
        conditions = {key: value for key, value in self.service.items() if value != PROFESSIONAL}
        services = Assignment.objects.filter(self.inside, **conditions)
        return services.professional() if self.service.get("force") == PROFESSIONAL else services


def described(conditions: dict[str, str], day: date) -> Q:
    """Condition on a card by what is said of the person, as `personnel.words` names it; the rest is left out."""
    condition = Q()
    if sex := conditions.get("sex"):
        condition &= Q(sex=sex)
    if age := conditions.get("age"):
        condition &= aged(age, day)
    if education := conditions.get("education"):
        condition &= educated(education)
    if former := conditions.get("former"):
        condition &= occupied_before(former)
    if level := conditions.get("level"):
        condition &= levels.described(level, day)
    return condition


def aged(band: str, day: date) -> Q:
    """Condition on `birth_date`: full years on that day; bands touch without overlap."""
    of_25, of_41 = (identity.latest_birth_date(years, day) for years in BAND_STARTS)
    return {
        "under_25": Q(birth_date__gt=of_25),
        "25_40": Q(birth_date__gt=of_41, birth_date__lte=of_25),
        "41_up": Q(birth_date__lte=of_41),
        "unknown": Q(birth_date=None),
    }[band]


def educated(band: str) -> Q:
    """Condition on `education` by band of GB/T 4658."""
    return Q(education=None) if band == "unknown" else Q(education__in=codes.EDUCATION_BANDS[band])


def occupied_before(band: str) -> Q:
    """Condition on `occupation`, what somebody did before, by band of GB/T 2261.4."""
    return Q(occupation=None) if band == "unknown" else Q(occupation__in=codes.FORMER_BANDS[band])


def named(text: str) -> Q:
    """Condition on a part of a name, or on the beginning of a reading.

    Beginnings are written as ranges of text, which an index beneath a policy can use.
    """
    text = text.strip()
    if not text:
        return Q()
    if text.isascii():
        key = "".join(letter for letter in text.lower() if letter.isalpha())
        bounds = (key, key + LAST_CHARACTER)
        return (
            (
                Q(pinyin__gte=bounds[0], pinyin__lt=bounds[1])
                | Q(initials__gte=bounds[0], initials__lt=bounds[1])
                | Q(other_pinyin__gte=bounds[0], other_pinyin__lt=bounds[1])
            )
            if key
            else Q(pk=None)
        )
    part = Q(name__contains=text)
    # An index of characters is of use where no policy stands before it: of a part of a unit all cards are read.
    return part & Q(name__has_characters_of=text) if current().role == "whole" else part
