"""The list of a unit and a force as it stands on a day: what is confirmed, and what a signed list is compared with."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from personnel.models import Assignment, Card, Force, SnapshotEntry

# Whose lists are signed, and by whom. Guards are confirmed by their employers' filings, volunteers come and go.
SIGNERS = {
    "clerk": (Force.JOINT_DEFENCE.value,),
    "staff": (Force.JOINT_DEFENCE.value,),
    "hr": (Force.AUXILIARY.value, Force.PATROL.value),
}
FORCES = (*SIGNERS["clerk"], *SIGNERS["hr"])
MOST = 2000  # lines of one list: what a form can send


@dataclass(frozen=True)
class Line:
    """A running service with the face of its person; all that a signed list keeps of them."""

    service_id: int
    member_id: int
    name: str
    sex: str
    birth_date: date
    mask: str
    force: str
    sponsor: str
    post: str
    grade: str
    started_on: date


COLUMNS = tuple(Line.__dataclass_fields__)


def lines(unit: int, force: str, day: date) -> list[Line]:
    """Who serves right in that unit on that day, by name. Two queries."""
    services = list(Assignment.objects.on(day).filter(unit=unit, force=force))
    found = Card.objects.filter(unit=unit, member__in=[service.member_id for service in services])
    cards = {card.member_id: card for card in found}
    services.sort(key=lambda service: (cards[service.member_id].pinyin, service.member_id, service.pk))
    return [_line(service, cards[service.member_id]) for service in services]


def _line(service: Assignment, card: Card) -> Line:
    return Line(
        service.pk, service.member_id, card.name, card.sex, card.birth_date, card.mask,
        service.force, service.sponsor, service.post, service.grade, service.started_on,
    )  # fmt: skip


def fingerprint(listed: Iterable[Line]) -> str:
    """Of a list that somebody looks at, so that what is signed is what was seen."""
    return _digest([asdict(line) for line in listed])


def digest(heading: dict, entries: Iterable[SnapshotEntry]) -> str:
    """SHA-256 over a signed list: its heading and every line with what was said of it."""
    told = [{name: getattr(entry, name) for name in (*COLUMNS, "number", "serves", "remark")} for entry in entries]
    return _digest([heading, told])


def _digest(content) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
