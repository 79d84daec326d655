"""The printed tables of the strength dashboard."""

from django.utils.translation import gettext as _

from dashboards.asked import Asked
from dashboards.charts.shapes import number, percent
from dashboards.shares import shares
from personnel.models import Force
from personnel.people import AGE_BANDS, EDUCATION_BANDS, FORMER_BANDS


def bands(kind: str, labels: dict, people: dict[str, int]) -> dict:
    """The bands of age, education or former occupation as {key: (label, conditions)}.

    What cannot be classified is there only where somebody is.
    """
    return {
        f"{kind}.{slug}": (label, {kind: slug})
        for slug, label in labels.items()
        if slug != "unclassified" or people[f"{kind}.{slug}"]
    }


def by_unit_table(asked: Asked, people: dict[str, int], children, places) -> dict:
    """A row a unit below, one for those who serve right at the unit itself, and the unit as the total."""
    columns = _columns(asked)
    rows = [
        _row(asked, child, counts, columns)
        for child, counts in zip(children, places[1:], strict=True)
        if counts["total"] or _was_open(child, asked.day)
    ]
    if any(places[0].values()):
        rows.insert(0, _right_here(asked, places[0], columns))
    return {
        "title": _("People by unit"),
        "headers": [_("Unit"), *(label for _key, label, _conditions in columns), _("Per 1,000 residents")],
        "rows": rows,
        "total": _row(asked, asked.unit, people, columns) | {"label": _("Total"), "url": ""},
        "note": _("Who serves in two units or forces is counted in each, and once in the total."),
    }


def right_at(unit) -> str:
    """The name of those who serve in none of the units below."""
    return _("right at %(unit)s") % {"unit": unit.name}


def _right_here(asked, counts, columns):
    """The list of people knows subtrees only, so these figures have a list of their own."""
    cells = [
        {"value": number(counts[key]), "url": asked.listing("right-here", **conditions) if counts[key] else ""}
        for key, _label, conditions in columns
    ]
    return {"label": right_at(asked.unit), "cells": [*cells, {"value": "—"}]}


def _was_open(unit, day):
    return unit.opened_on is None or unit.opened_on <= day


def _columns(asked):
    """Key of the figure, heading and conditions of the list; sexes and ages where one force is asked for."""
    if asked.force:
        return [
            ("total", _("Total"), {}),
            ("male", _("men"), {"sex": "male"}),
            ("female", _("women"), {"sex": "female"}),
            *((f"age.{slug}", label, {"age": slug}) for slug, label in AGE_BANDS.items()),
        ]
    run_by = {"force": Force.JOINT_DEFENCE.value}
    return [
        ("force.auxiliary", _("auxiliary police"), {"force": "auxiliary"}),
        ("force.patrol", _("public-security patrol"), {"force": "patrol"}),
        ("sponsor.town", _("joint defence, town-run"), run_by | {"sponsor": "town"}),
        ("sponsor.village", _("joint defence, village-run"), run_by | {"sponsor": "village"}),
        ("force.guard", _("guards"), {"force": "guard"}),
        ("total", _("Total"), {}),
        ("force.volunteer", _("volunteers"), {"force": "volunteer"}),
    ]


def _row(asked, unit, counts, columns):
    cells = [
        {"value": number(counts[key]), "url": asked.people(unit=unit.code, **conditions) if counts[key] else ""}
        for key, _label, conditions in columns
    ]
    rate = f"{1000 * counts['total'] / unit.population:.1f}" if unit.population else "—"
    return {"label": unit.name, "url": asked.page(unit.code), "cells": [*cells, {"value": rate}]}


def composition(asked: Asked, people: dict[str, int]) -> dict:
    """Count and share together by sex, age, education and former occupation; each group adds up to the total."""
    sexes = {"male": (_("men"), {"sex": "male"}), "female": (_("women"), {"sex": "female"})}
    groups = [
        (_("Sex"), sexes),
        (_("Age"), bands("age", AGE_BANDS, people)),
        (_("Education"), bands("education", EDUCATION_BANDS, people)),
        (_("Former occupation"), bands("former", FORMER_BANDS, people)),
    ]
    return {
        "title": _("People by sex, age, education and former occupation"),
        "headers": [_("Category"), _("Count"), _("Share")],
        "rows": [row for heading, parts in groups for row in _group(asked, people, heading, parts)],
        "total": {"label": _("Total"), "cells": [_count(asked, people["total"], {}), {"value": _whole(people)}]},
        "note": _(
            "Ages in full years on the day: 24 and younger, 25 to 40, 41 and older. Education by GB/T 4658-2006,"
            " former occupation by GB/T 2261.4-2003. Shares add up to 100.0% in each group."
        ),
    }


def _group(asked, people, heading, parts):
    counts = [people[key] for key in parts]
    for (label, conditions), count, share in zip(parts.values(), counts, shares(counts), strict=True):
        cells = [_count(asked, count, conditions), {"value": percent(share)}]
        yield {"label": f"{heading} · {label}", "cells": cells}


def _count(asked, count, conditions):
    return {"value": number(count), "url": asked.people(**conditions) if count else ""}


def _whole(people):
    return percent(shares([people["total"]])[0])
