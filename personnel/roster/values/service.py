"""What a row says of a service, seen together: joining and birth, beginning and end, force and share."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from organization.refusal import fill
from personnel import identity
from personnel.roster.shapes import Choice
from personnel.roster.values.amounts import no_share
from personnel.roster.values.cell import LEAVE_OUT, Cleaned, ask, kept_or_left_out, problem
from personnel.roster.values.vocabulary import WORDS, fold

# Majority; the ages that a force asks for are rules with a date.
ADULT_AGE = 18

# What can contradict something.
DAYS = frozenset({"started_on", "ended_on", "contract_until"})


def share(force: str | None, stated: Cleaned) -> Cleaned:
    """A volunteer's share is 0 whatever was written; everybody else's is not."""
    if force == "volunteer":
        return Cleaned(0)
    return no_share() if stated.value == 0 and force else stated


def standing(said: str | None, ended: date | None) -> Cleaned:
    """What a column of standing says; who has left, but not when, is a question: entered as serving, they would be
    counted and paid. It is asked of each person anew."""
    if said is None or ended is not None or fold(said) not in WORDS["left"]:
        return Cleaned(said)
    message = fill(_("“%(text)s”, but no day on which the service ended."), {"text": said})
    return ask("left_when", message, (LEAVE_OUT, _SERVES), kept_or_left_out(said), value=said)


_SERVES = Choice("serves", _("they still serve, take them in"))


def is_plain(values: Mapping[str, Any], born: date) -> bool:
    """Whether days are at once seen to be in order: no end of the service, and nobody near majority."""
    started, start, end = values.get("started_on"), values.get("contract_from"), values.get("contract_until")
    is_adult = not started or started.year - born.year > ADULT_AGE
    return is_adult and not values.get("ended_on") and not (start and end and end < start)


def contradictions(values: Mapping[str, Any]) -> Iterator[tuple[str, Cleaned]]:
    """(field, problem with its value) for days that cannot be in this order."""
    started, born = values.get("started_on"), values.get("birth_date")
    if started and born and identity.age_on(born, started) < ADULT_AGE:
        yield "started_on", problem("started_too_young", _("The service begins before the 18th birthday."), started)
    ended = values.get("ended_on")
    if started and ended and ended <= started:
        yield "ended_on", problem("ends_before_start", _("The service ends before it starts."), ended)
    start, end = values.get("contract_from"), values.get("contract_until")
    if start and end and end < start:
        yield "contract_until", problem("contract_order", _("The contract ends before it starts."), end)
