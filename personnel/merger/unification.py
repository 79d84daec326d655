"""How far those who were absorbed are one force by now: title, insignia, contract, training, met or not by each.


Which indicators count is data of the programme. Source: requirements 21, 28 and 43.
"""

from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Mod
from django.utils.translation import gettext_lazy as _

from personnel.models import Assignment, Contract, Indicator, KitSetEntry, MergerTask, Outcome, Placement, Programme

# What an indicator asks of a person; the tasks are done by whoever issues and trains.
MEANING = {
    Indicator.TITLE: _("serves under the new title, employed by the sub-bureau"),
    Indicator.INSIGNIA: _("all of the mandatory kit issued"),
    Indicator.CONTRACT: _("contract with the sub-bureau signed and in force"),
    Indicator.TRAINING: _("training attended"),
}
TASKS = {Indicator.INSIGNIA: "kit", Indicator.TRAINING: "training"}


def people(programme: Programme, day: date):
    """Placements of those who were absorbed and serve in the force on that day; `met_<indicator>` on each."""
    serving = Assignment.objects.on(day).filter(member=OuterRef("member"), force=programme.into_force)
    found = Placement.objects.filter(programme=programme, outcome=Outcome.ABSORBED).filter(Exists(serving))
    done = MergerTask.objects.standing().filter(member=OuterRef("member"), batch=OuterRef("batch"), done_on__lte=day)
    met = {f"met_{name}": Q(Exists(done.filter(kind=kind))) for name, kind in TASKS.items()}
    signed = Contract.objects.in_force(day).filter(member=OuterRef("member"), employer=programme.employer_id)
    met["met_contract"] = Q(Exists(signed))
    met["met_insignia"] |= Q(_has_all_kit(programme, day))
    met["met_title"] = Q(Exists(serving.filter(employer=programme.employer_id)))
    return found.annotate(
        town=F("unit") - Mod(F("unit"), 1000), **{f"met_{name}": met[f"met_{name}"] for name in Indicator}
    )


def _has_all_kit(programme: Programme, day: date):
    """Whether the person holds what is mandatory in the force; nobody does where nothing is."""
    mandatory = KitSetEntry.objects.on(day).filter(force=programme.into_force)
    lacked = KitSetEntry.objects.lacked_by(OuterRef(OuterRef("member")), day).filter(force=programme.into_force)
    return Exists(mandatory) & ~Exists(lacked)


def completion(programme: Programme, day: date) -> list[dict]:
    """[{"town", "people", indicator: how many meet it}] in order of code, as far as the asker sees. One query."""
    counts = {name: Count("pk", filter=Q(**{f"met_{name}": True})) for name in programme.indicators}
    return list(people(programme, day).order_by("town").values("town").annotate(people=Count("pk"), **counts))


def missing(programme: Programme, day: date, indicator: str = ""):
    """Placements of those who lack the indicator, or any that counts."""
    wanted = [indicator] if indicator in programme.indicators else programme.indicators
    lacking = Q()
    for name in wanted:
        lacking |= Q(**{f"met_{name}": False})
    return people(programme, day).filter(lacking).select_related("member", "unit").order_by("unit_id", "member_id")


def lacks(placement, programme: Programme) -> list[str]:
    """The labels of what a person of `people` does not meet."""
    return [str(Indicator(name).label) for name in programme.indicators if not getattr(placement, f"met_{name}")]
