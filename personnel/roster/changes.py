"""People whom the register knows already, from the rows of a roster to what is changed of them, by columns.

Contacts are those of newcomers as well.
"""

from collections.abc import Sequence

from organization.keyring import sealer
from personnel import columns
from personnel.columns import Columns
from personnel.models import EmergencyContact
from personnel.roster import newcomers, recording
from personnel.roster.known import PERSON_COLUMNS, SERVICE_COLUMNS
from personnel.roster.steps import Step

CONTACT = EmergencyContact._meta.db_table


def people(steps: Sequence[Step]) -> Columns:
    steps = sorted(steps, key=lambda step: step.member_id)
    ids = [step.member_id for step in steps]
    phones = [step.row.values["phone"] if "phone" in step.changes else None for step in steps]
    new = {column: [_new(step, column) for step in steps] for column in PERSON_COLUMNS}
    return columns.columns_of({"id": ids, **newcomers.phones(phones, ids), **new})


def _new(step: Step, key: str):
    return step.changes[key][1] if key in step.changes else None


def new_services(steps: Sequence[Step], keys: recording.Keys) -> Columns:
    given = columns.transposed([step.new_service or {} for step in steps])
    return columns.columns_of(
        {
            "id": [keys.services[id(step)] for step in steps],
            "member_id": [step.member_id for step in steps],
            "unit_id": [step.unit for step in steps],
            "force": [step.force for step in steps],
            "share_from": [0] * len(steps),
            **newcomers.filled(given, newcomers.SERVICE_BLANKS, len(steps)),
        }
    )


def services(steps: Sequence[Step]) -> Columns:
    steps = sorted(steps, key=lambda step: step.service_id)
    new = {column: [_new_of(step, column) for step in steps] for column in SERVICE_COLUMNS}
    return columns.columns_of({"id": [step.service_id for step in steps], **new})


def _new_of(step: Step, key: str):
    return step.service_changes[key][1] if key in step.service_changes else None


def contacts(steps: Sequence[Step], keys: recording.Keys) -> Columns:
    members = [keys.members.get(id(step)) or step.member_id for step in steps]
    phones = [step.row.values["contact_phone"] for step in steps]
    return columns.columns_of(
        {
            "id": [keys.contacts[id(step)] for step in steps],
            "unit_id": [step.member.unit if step.member else step.unit for step in steps],
            "member_id": members,
            "name": [step.row.values["contact_name"] for step in steps],
            "relation": [""] * len(steps),
            "phone_sealed": sealer().seal_all(phones, table=CONTACT, column="phone_sealed", rows=members),
        }
    )
