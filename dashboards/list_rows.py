"""How a record of each kind stands in a list: the headings, a label with its address, and the cells behind it."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from dashboards.asked import Asked
from personnel import ages
from personnel.figures import leadership
from personnel.models import Card, Force, Member


def change_page(model: str, pk) -> str:
    """Address of a record in the admin, nothing where that has no page."""
    try:
        return reverse(f"admin:{model}_change", args=[pk])
    except NoReverseMatch:
        return ""


def _text(value):
    return {"value": "—" if value is None or value == "" else value}


def services(rows, asked: Asked):
    """Services by the name on the card; the link leads to the file where it is in sight, else to the card."""
    members = [row.member_id for row in rows]
    cards = {(card.member_id, card.unit_id): card for card in Card.objects.filter(member__in=members)}
    files = set(Member.objects.filter(pk__in=members).values_list("pk", flat=True))
    for row in rows:
        card = cards[row.member_id, row.unit_id]
        model, pk = ("personnel_member", row.member_id) if row.member_id in files else ("personnel_card", card.pk)
        days = [row.started_on, row.ended_on, row.contract_until]
        cells = [row.unit.name, row.get_force_display(), *(day and day.isoformat() for day in days)]
        yield {"label": card.name, "url": change_page(model, pk), "cells": [_text(cell) for cell in cells]}


def files(rows, asked: Asked):
    for row in rows:
        cells = [row.unit.name, row.get_sex_display(), row.birth_date.isoformat()]
        yield {
            "label": row.name,
            "url": change_page("personnel_member", row.pk),
            "cells": [_text(cell) for cell in cells],
        }


def joinings(rows, asked: Asked):
    """Files with the day of joining, the age then and the oldest age allowed, so that none needs to be opened."""
    begun = ages.joinings([row.pk for row in rows], asked.day)
    for row, told in zip(rows, files(rows, asked), strict=True):
        joining = begun.get(row.pk)  # none where somebody corrected it at this moment
        more = (
            [Force(joining.force).label, joining.day.isoformat(), joining.age, joining.oldest] if joining else [""] * 4
        )
        yield told | {"cells": [*told["cells"], *map(_text, more)]}


def squads(rows, asked: Asked):
    for squad in rows:
        people = {"value": squad.members, "url": asked.people(unit=squad.unit, force=leadership.SQUAD_FORCE.value)}
        led = _("yes") if squad.is_led else _("no")
        yield {"label": squad.name, "url": asked.page(squad.unit), "cells": [people, _text(led)]}


def teams(rows, asked: Asked):
    for team in rows:
        cells = [team.get_seat_display(), team.established_on.isoformat()]
        yield {
            "label": team.unit.name,
            "url": change_page("organization_team", team.pk),
            "cells": [_text(cell) for cell in cells],
        }


def posts(rows, asked: Asked):
    for post in rows:
        cells = [post.get_title_display(), post.get_ex_officio_display()]
        yield {
            "label": post.unit.name,
            "url": change_page("organization_post", post.pk),
            "cells": [_text(cell) for cell in cells],
        }


def employers(rows, asked: Asked):
    for employer in rows:
        filed = employer.filed_on and employer.filed_on.isoformat()
        cells = [employer.unit.name, employer.get_nature_display(), employer.declared_guards, filed]
        yield {
            "label": employer.name,
            "url": change_page("organization_employer", employer.pk),
            "cells": [_text(cell) for cell in cells],
        }


SERVICE = (_("Person"), _("Unit"), _("Force"), _("Started"), _("Ended"), _("Contract until"))
FILE = (_("Person"), _("Unit"), _("Sex"), _("Birth date"))
JOINING = (*FILE, _("Force"), _("Joined on"), _("Age on joining"), _("Oldest age allowed"))
SQUAD = (_("Squad"), _("Members"), _("Led by somebody"))
TEAM = (_("Team of"), _("Seat"), _("Established on"))
POST = (_("Team of"), _("Post"), _("Held ex officio by"))
EMPLOYER = (_("Employer"), _("Place"), _("Nature"), _("Guards declared"), _("Filed on"))
