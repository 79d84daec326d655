"""What became different since a list was signed: who came, who went, what changed, and who should have gone."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from personnel.confirmation.lists import Line
from personnel.models import Assignment, SnapshotEntry

COMPARED = {"name": _("name"), "post": _("post"), "grade": _("grade"), "sponsor": _("run by"), "mask": _("number")}


@dataclass
class Differences:
    """Lines of today that were not signed, signed lines that are gone, (line, what changed), and lines of people of
    whom it was signed that they do not serve here, though their service goes on."""

    came: list[Line] = field(default_factory=list)
    gone: list[SnapshotEntry] = field(default_factory=list)
    changed: list[tuple[Line, str]] = field(default_factory=list)
    unsettled: list[tuple[Line, str]] = field(default_factory=list)

    def __bool__(self):
        return bool(self.came or self.gone or self.changed or self.unsettled)


def since(entries: list[SnapshotEntry], listed: list[Line]) -> Differences:
    """Compare person by person: who goes on under another service, as after a change of post, neither came nor went."""
    found = Differences()
    signed = {entry.member_id: entry for entry in entries}
    for line in listed:
        entry = signed.get(line.member_id)
        if entry is None:
            found.came.append(line)
        elif not entry.serves:
            found.unsettled.append((line, entry.remark))
        elif told := _told(entry, line):
            found.changed.append((line, told))
    here = {line.member_id for line in listed}
    found.gone = [entry for entry in entries if entry.serves and entry.member_id not in here]
    return found


def _told(entry, line) -> str:
    changes = ((label, getattr(entry, name), getattr(line, name)) for name, label in COMPARED.items())
    return "；".join(f"{label}: {_shown(old)} → {_shown(new)}" for label, old, new in changes if old != new)


def _shown(value: str) -> str:
    return str(dict(Assignment.Sponsor.choices).get(value, value)) or "—"
