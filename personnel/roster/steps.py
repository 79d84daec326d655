"""What is to be done with each row of a roster: a step for each, and all of them as a plan."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from personnel.roster.known import Known, Service
from personnel.roster.shapes import Finding, Question, Row, short_hash
from personnel.roster.terms import Terms

FATES = ("create", "change", "unchanged", "reject", "skip", "ask")
Changes = dict[str, tuple[Any, Any]]


@dataclass(slots=True)
class Step:
    """What is to be done with a row. `changes` are old and new values of the person, `service_changes` of the service;
    `request` asks another unit: "transfer" or "second"."""

    row: Row
    is_skipped: bool = False
    fate: str = ""
    unit: int = 0
    force: str = ""
    digest: bytes = b""
    member: Known | None = None
    changes: Changes = field(default_factory=dict)
    service: Service | None = None
    service_changes: Changes = field(default_factory=dict)
    new_service: dict[str, Any] | None = None
    request: str = ""
    told: tuple[str, str] | None = None  # person and service as the register tells them

    @property
    def effect(self) -> str:
        """What the step would do: when it differs at the commit, somebody was here since the preview.

        A hash where it would do something, else the fate alone.
        """
        if self.fate in _NOTHING_DONE and not self.request:
            return self.fate
        what = (self.fate, self.unit, self.force, self.request)
        if not self.member:
            return _hash_of_many(*what)
        keys = (self.member_id, self.service_id)
        contact = [self.row.values["contact_name"]] if self.has_new_contact else []
        return short_hash(*map(str, (*what, *keys)), *_told(self.changes), *_told(self.service_changes), *contact)

    @property
    def has_new_contact(self) -> bool:
        """Whether the row names an emergency contact, with a phone, that the file does not have."""
        given = self.row.values
        if not given.get("contact_name") or not given.get("contact_phone"):
            return False
        return not (self.member and given["contact_name"] in self.member.contacts)

    @property
    def member_id(self) -> int:
        """The member that the row is about, 0 where there is none yet."""
        return self.member.id if self.member else 0

    @property
    def service_id(self) -> int:
        """The service that the row changes, 0 where there is none."""
        return self.service.id if self.service else 0


_NOTHING_DONE = frozenset(("unchanged", "reject", "skip", "ask"))


@lru_cache(maxsize=500)
def _hash_of_many(*what: str | int) -> str:
    """All who begin in a unit and force are told alike."""
    return short_hash(*map(str, what))


def _told(changes: Changes) -> list[str]:
    return [f"{key}={value}" for key, value in sorted(changes.items())]


@dataclass(slots=True)
class Plan:
    """All steps of a roster in the order of its rows, and whom a whole roster leaves out: [(member id, name)]."""

    steps: list[Step]
    leavers: list[tuple[int, str]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """People of each fate, and of all: `rows`."""
        found = dict.fromkeys(FATES, 0)
        for step in self.steps:
            found[step.fate] += 1
        return {"rows": len(self.steps)} | found

    def findings(self, kind: type) -> list[Finding]:
        return [one for step in self.steps if step.row.findings for one in step.row.of(kind)]


def say(step: Step, kind: type[Finding], key: str, code: str, message) -> None:
    row = step.row
    row.findings.append(kind(row.sheet, row.number, row.columns.get(key, ""), code, message))


def ask(step: Step, question: Question, terms: Terms) -> str | None:
    """The answer to a question, if there is a valid one; else the question joins the findings of the row."""
    answer = terms.answer(question)
    if answer is None:
        step.row.findings.append(question)
    return answer
