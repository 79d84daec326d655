"""The rows behind figures that the list of people cannot show: who came and went, gaps, posts, squads, employers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext_lazy as _

from dashboards import changes
from dashboards.asked import SEES_FIGURES, Asked
from dashboards.list_rows import (
    EMPLOYER,
    FILE,
    JOINING,
    POST,
    SERVICE,
    SQUAD,
    TEAM,
    employers,
    files,
    joinings,
    posts,
    services,
    squads,
    teams,
)
from organization import figures as of_organization
from organization import rights
from organization.models import Employer
from organization.refusal import StrOrPromise
from personnel import gaps
from personnel.contracts import standings
from personnel.entries.terms import SEES_CHECKS
from personnel.figures import course, employment, entries, leadership, population

WRITES_FILES = "personnel.change_member"
SEES_CONTRACTS = "personnel.view_contract"


@dataclass(frozen=True)
class Listing:
    """`rows(asked)` is what the figure counts: something a paginator takes, whose length or count is the figure.

    `show(rows, asked)` makes table rows {label, url, cells} of one page of it, one cell fewer than `headers`.
    """

    title: StrOrPromise
    headers: tuple
    rows: Callable
    show: Callable
    right: str = SEES_FIGURES


def ours(asked: Asked) -> tuple[str, ...]:
    """The forces whose files the account writes."""
    return rights.FORCES_WRITTEN.get(asked.account.role or "", ())


def _moved(kind, asked):
    found = course.changed(kind, asked.day, asked.within, asked.force)
    return found.select_related("unit").order_by("unit_id", "member_id")


def _right_here(asked):
    found = population.right_here(asked.day, asked.within, asked.unit.code, asked.force, asked.narrowed)
    return found.select_related("unit").order_by("unit_id", "member_id")


def _uncontracted(asked, of=standings.without, *, is_right_here=False):
    found = of(asked.day, [asked.force] if asked.force else ()).filter(asked.within.q())
    if is_right_here:
        found = found.filter(unit=asked.unit)
    return found.select_related("unit").order_by("unit_id", "id")


def _ours_uncontracted(asked):
    found = standings.without(asked.day, ours(asked)).filter(asked.within.q())
    return found.select_related("unit").order_by("unit_id", "id")


def _files(slug, asked):
    found = gaps.files(slug, asked.day, asked.within, ours(asked))
    return found.select_related("unit").order_by("unit_id", "id")


def _unserved(asked):
    found = gaps.without_service(asked.day, asked.within, ours(asked))
    return found.select_related("unit").order_by("unit_id", "id")


def _unchecked(asked):
    found = entries.unchecked(asked.day, asked.within, asked.force)
    return found.select_related("unit").order_by("unit_id", "id")


def _touched(kind, asked):
    return changes.people(kind, asked).select_related("unit").order_by("unit_id", "id")


def _at_risk(test, asked):
    return [squad for squad in leadership.squads_at_risk(asked.day, asked.within) if test(squad)]


def _teams(condition, asked):
    of = of_organization.teams_of(condition, asked.day, asked.within)
    return of.select_related("unit")


def _posts(function, asked):
    return function(asked.day, asked.within).select_related("unit").order_by("unit_id", "title", "id")


def _employers(asked, *, institutions=False):
    found = employment.employers(asked.day, asked.within, institutions=institutions)
    return found.select_related("unit").order_by("unit_id", "id")


def _unfiled(asked):
    found = of_organization.employers(asked.day, asked.within) & Employer.objects.filing("missing", asked.day)
    return found.select_related("unit").order_by("unit_id", "id")


def _people(slug, title, of):
    """A list of people by their contracts, and that of the files kept right at the unit."""
    return {
        slug: Listing(title, FILE, partial(_uncontracted, of=of), files, SEES_CONTRACTS),
        f"{slug}-here": Listing(title, FILE, partial(_uncontracted, of=of, is_right_here=True), files, SEES_CONTRACTS),
    }


def _file_gap(slug, title):
    headers, show = (JOINING, joinings) if slug == "over-age" else (FILE, files)
    return Listing(title, headers, partial(_files, slug), show, WRITES_FILES)


FILE_GAPS = {
    "without-phone": _("People without phone number"),
    "without-education": _("People without education"),
    "number-unchecked": _("Numbers without check digit, document not seen"),
    "document-unseen": _("People whose document was not seen"),
    "without-photo": _("People without photo"),
    "not-serving": _("Signed as not serving here, service goes on"),
    "over-age": _("People who joined above the age of their force’s rule"),
    "serving-over-age": _("People who serve above the oldest age of their force"),
    "joined-unapproved": _("Joined in the last 12 months without an approved entry"),
}
LISTS = {
    "joined": Listing(_("Joined this month"), SERVICE, partial(_moved, "joined"), services),
    "left": Listing(_("Left this month"), SERVICE, partial(_moved, "left"), services),
    "right-here": Listing(_("Serving right at the unit"), SERVICE, _right_here, services),
    "brigades": Listing(_("Brigades"), TEAM, partial(_teams, "town"), teams),
    "squads": Listing(_("Squads"), TEAM, partial(_teams, "village"), teams),
    "squads-empty": Listing(_("Squads without members"), SQUAD, partial(_at_risk, lambda s: s.is_empty), squads),
    "squads-small": Listing(_("Squads of one or two"), SQUAD, partial(_at_risk, lambda s: s.is_small), squads),
    "squads-leaderless": Listing(
        _("Squads without a leader"), SQUAD, partial(_at_risk, lambda s: s.is_leaderless), squads
    ),
    "posts-held": Listing(_("Posts held"), POST, partial(_posts, leadership.held_posts), posts),
    "posts-vacant": Listing(_("Posts vacant"), POST, partial(_posts, leadership.vacant_posts), posts),
    "posts-of-leavers": Listing(
        _("Posts held by people who left the unit"), POST, partial(_posts, leadership.posts_of_leavers), posts
    ),
    "employers": Listing(_("Employers with guards"), EMPLOYER, _employers, employers),
    "institutions": Listing(_("Institutions with guards"), EMPLOYER, partial(_employers, institutions=True), employers),
    "employers-unfiled": Listing(
        _("Employers not filed with the police"), EMPLOYER, _unfiled, employers, "organization.change_employer"
    ),
    "without-service": Listing(_("Files without any service"), FILE, _unserved, files, WRITES_FILES),
    **{slug: _file_gap(slug, title) for slug, title in FILE_GAPS.items()},
    "serving-unchecked": Listing(_("Serving without a background check"), FILE, _unchecked, files, SEES_CHECKS),
    **_people("without-contract", _("People without contract"), standings.without),
    **_people("contracts-required", _("People who work under a contract"), standings.employed),
    "without-contract-ours": Listing(
        _("People without contract, of my forces"), FILE, _ours_uncontracted, files, WRITES_FILES
    ),
    **{
        slug: Listing(title, FILE, partial(_touched, slug), files, WRITES_FILES)
        for slug, title in changes.KINDS.items()
    },
}
