"""All figures of a day in one flat table: what scripts and tests read."""

from datetime import date

from organization.belonging import Reach
from organization.figures import teams
from organization.scope import current
from personnel.discipline.terms import DUTIES
from personnel.figures.confirmation import confirmation
from personnel.figures.contracts import contracts
from personnel.figures.course import movement
from personnel.figures.discipline import discipline
from personnel.figures.employment import guards
from personnel.figures.entries import entries, vetting
from personnel.figures.kit_issued import kit
from personnel.figures.leadership import posts, squads_at_risk
from personnel.figures.mergers import merger
from personnel.figures.population import strength
from personnel.figures.quality import over_age, real_names, serving_over_age
from personnel.figures.quotas import quota


def flat(day: date, within: Reach, force: str | None = None) -> dict[str, float]:
    """Names such as `members.force.auxiliary` with counts and, as fractions, rates; what is 0 is there as 0.

    Teams, posts and mergers are the same whatever the force; employers and guards are 0 for another force. Discipline
    and background checks are told to the offices that handle them: to others the names are absent, since 0 would be
    an answer.
    """
    at_risk = squads_at_risk(day, within)
    named = guards(day, within, force)
    people = strength(day, within, force)
    return {
        **_under("members", people),
        **_under("realname", real_names(day, within, force, people["total"])),
        **_under("quota", quota(day, within, force, people)),
        "eligibility.over_age": over_age(day, within, force).count(),
        "eligibility.serving_over_age": serving_over_age(day, within, force).count(),
        **_under("entries", entries(day, within, force)),
        **_under("vetting", vetting(day, within, force)),
        **_under("confirmation", confirmation(day, within, force)),
        "employers.total": named.pop("employers"),
        "employers.institutions": named.pop("institutions"),
        **_under("guards", named),
        **_under("teams", teams(day, within)),
        **_under("posts", posts(day, within)),
        "squads.empty": sum(squad.is_empty for squad in at_risk),
        "squads.small": sum(squad.is_small for squad in at_risk),
        "squads.leaderless": sum(not squad.is_led for squad in at_risk),
        **_under("contracts", contracts(day, within, force)),
        **_under("merger", merger(day, within)),
        **_under("kit", kit(day, within, force)),
        **_under("month", movement(day, within, force)),
        **(_under("discipline", discipline(day, within, force)) if current().duty in DUTIES else {}),
    }


def _under(prefix, figures):
    return {f"{prefix}.{key}": value for key, value in figures.items()}
