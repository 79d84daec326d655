"""The strength dashboard (D1): every figure of a unit on a day, each with the way to what it counts."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards import discipline_work, quota_work, strength_quality
from dashboards.asked import Asked
from dashboards.charts import WIDE, Datum, bar_chart, strip_chart, timeline, with_others
from dashboards.charts.shapes import number
from dashboards.strength_tables import bands, by_unit_table, composition, right_at
from organization import figures as of_organization
from personnel import figures
from personnel.figures.course import month_ends
from personnel.figures.quotas import approved
from personnel.models import Force
from personnel.people import AGE_BANDS, EDUCATION_BANDS

MONTHS = 12
UNITS_DRAWN = 20

SEX = {"male": gettext_lazy("men"), "female": gettext_lazy("women")}
# The professional forces, joint defence by who runs it; volunteers stand apart.
FORCES = {
    "force.auxiliary": (gettext_lazy("auxiliary police"), {"force": "auxiliary"}),
    "force.patrol": (gettext_lazy("public-security patrol"), {"force": "patrol"}),
    "sponsor.town": (gettext_lazy("joint defence, town-run"), {"force": "joint_defence", "sponsor": "town"}),
    "sponsor.village": (gettext_lazy("joint defence, village-run"), {"force": "joint_defence", "sponsor": "village"}),
    "force.guard": (gettext_lazy("guards"), {"force": "guard"}),
}
CATEGORIES = {
    "category.operational": (gettext_lazy("operational"), {"force": "auxiliary", "category": "operational"}),
    "category.clerical": (gettext_lazy("clerical"), {"force": "auxiliary", "category": "clerical"}),
}


def context(asked: Asked) -> dict:
    """What templates/dashboards/strength.html asks for."""
    children = of_organization.children(asked.unit.code)
    codes = [child.code for child in children]
    people, *places = figures.by_unit(asked.day, asked.within, codes, asked.force)
    quotas = approved(asked.day, asked.within, asked.force)
    register = strength_quality.counts(asked)
    return {
        "day": asked.day,
        "today": asked.today,
        "unit": asked.unit,
        "trail": asked.trail(),
        "units": children,
        "forces": Force.choices,
        "force": asked.force or "",
        "may_see_discipline": asked.account.has_perm(discipline_work.VIEW),
        "headline": [
            *headline(asked, people),
            *quota_work.items(asked, people, quotas),
            *strength_quality.items(asked, people["total"], register),
        ],
        "warnings": [
            *warnings(asked, people),
            *quota_work.warnings(asked, people, quotas),
            *strength_quality.warnings(asked, register),
        ],
        "charts": charts(asked, people, children, places),
        "tables": [
            *([by_unit_table(asked, people, children, places)] if children else []),
            composition(asked, people),
        ],
    }


def ratio(part: int, whole: int) -> str:
    """A part of a whole as it is printed: "257 / 257"."""
    return f"{number(part)} / {number(whole)}"


def headline(asked: Asked, people: dict[str, int]) -> list[dict]:
    moved = figures.movement(asked.day, asked.within, asked.force)
    teams = of_organization.teams(asked.day, asked.within)
    posts = figures.posts(asked.day, asked.within)
    turnover = _("turnover %(share)s") % {"share": f"{100 * moved['turnover']:.1f}%"}
    items = [
        _item(_("People serving"), people["total"], asked.people(), _per_thousand(asked, people["total"])),
        _item(_("Joined this month"), moved["joined"], asked.listing("joined"), _("net %+d") % moved["net"]),
        _item(_("Left this month"), moved["left"], asked.listing("left"), turnover),
    ]
    if asked.force is None:
        items.insert(1, _item(_("Volunteers"), people["force.volunteer"], asked.people(force=Force.VOLUNTEER.value)))
    if asked.force in (None, Force.GUARD):
        items += _employers(asked)
    if teams["towns"]:
        items.append(_item(_("Brigades"), ratio(teams["brigades"], teams["towns"]), asked.listing("brigades")))
    if teams["villages"]:
        items.append(_item(_("Squads"), ratio(teams["squads"], teams["villages"]), asked.listing("squads")))
    if posts["total"]:
        vacant = _("%(vacant)s vacant") % {"vacant": number(posts["vacant"])}
        items.append(
            _item(_("Posts held"), ratio(posts["filled"], posts["total"]), asked.listing("posts-held"), vacant)
        )
    return items


def _employers(asked):
    guards = figures.guards(asked.day, asked.within)
    among = _("%(units)s institutions with %(guards)s guards") % {
        "units": number(guards["institutions"]),
        "guards": number(guards["in_institutions"]),
    }
    gap = _("%(declared)s declared, difference %(difference)s") % {
        "declared": number(guards["declared"]),
        "difference": f"{guards['difference']:+,}",
    }
    return [
        _item(_("Employers with guards"), guards["employers"], asked.listing("employers"), among),
        _item(_("Guards"), guards["named"], asked.people(force=Force.GUARD.value), gap),
    ]


def _item(label, value, url, note=""):
    return {"label": label, "value": number(value) if isinstance(value, int) else value, "url": url, "note": note}


def _per_thousand(asked, people):
    if not asked.unit.population:
        return ""
    return _("%(rate)s per 1,000 residents") % {"rate": f"{1000 * people / asked.unit.population:.1f}"}


def warnings(asked: Asked, people: dict[str, int]) -> list[dict]:
    found = []
    if not people["total"]:
        found.append(
            {
                "label": _("Nobody serves here on this day."),
                "count": 0,
                "url": asked.people(status="all"),
                "hint": _("Choose another day, unit or force, or enter the people who serve."),
            }
        )
    squads = figures.squads_at_risk(asked.day, asked.within)
    for slug, label, count in [
        ("squads-empty", _("Squads without members"), sum(squad.is_empty for squad in squads)),
        ("squads-small", _("Squads of one or two"), sum(squad.is_small for squad in squads)),
        ("squads-leaderless", _("Squads without a leader"), sum(squad.is_leaderless for squad in squads)),
    ]:
        if count:
            found.append({"label": label, "count": number(count), "url": asked.listing(slug)})
    return found


def charts(asked: Asked, people: dict[str, int], children, places) -> list:
    if not people["total"]:
        return [course(asked)]
    drawn = [course(asked)]
    if asked.force is None:
        drawn.append(bar_chart("by-force", _("By force"), _data(asked, people, FORCES), header=_("Force")))
    elif parts := _parts(asked.force):
        drawn.append(strip_chart("by-kind", _("By kind"), _data(asked, people, parts), header=_("Kind")))
    sexes = {slug: (label, {"sex": slug}) for slug, label in SEX.items()}
    drawn.append(strip_chart("by-sex", _("Men and women"), _data(asked, people, sexes), header=_("Sex")))
    drawn.append(
        bar_chart("by-age", _("By age"), _data(asked, people, bands("age", AGE_BANDS, people)), header=_("Age"))
    )
    educations = bands("education", EDUCATION_BANDS, people)
    drawn.append(bar_chart("by-education", _("By education"), _data(asked, people, educations), header=_("Education")))
    if children:
        units = [
            Datum(child.name, counts["total"], asked.page(child.code))
            for child, counts in zip(children, places[1:], strict=True)
            if counts["total"]
        ]
        if places[0]["total"]:
            units.append(Datum(right_at(asked.unit), places[0]["total"], asked.listing("right-here")))
        units = with_others(units, UNITS_DRAWN, _("%(n)d others"))
        drawn.append(bar_chart("by-unit", _("By unit"), units, header=_("Unit"), width=WIDE))
    return drawn


def course(asked: Asked):
    """The headcount at the end of each of the last months, and on the day."""
    days = month_ends(asked.day, MONTHS)
    counts = figures.headcounts(days, asked.within, asked.force)
    data = [Datum(f"{day:%Y-%m}", count, asked.people(day=day)) for day, count in zip(days, counts, strict=True)]
    return timeline("course", _("Headcount by month"), data if any(counts) else [], width=WIDE)


def _parts(force):
    if force == Force.JOINT_DEFENCE:
        return {key: value for key, value in FORCES.items() if key.startswith("sponsor.")}
    return CATEGORIES if force == Force.AUXILIARY else {}


def _data(asked, people, parts):
    return [Datum(str(label), people[key], asked.people(**conditions)) for key, (label, conditions) in parts.items()]
