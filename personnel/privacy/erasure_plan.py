"""What becomes of each table when a file is erased. A table about members that is missing here fails a test.

Counted history stays: services with unit, force, employer and days, appointments, sex, education, and as much of the
birth date as the figures of the days served need. Whatever names, describes or reaches the person goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from personnel.models.member import ERASED
from personnel.people import BAND_STARTS

RANDOM_DIGEST = "sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))"


@dataclass(frozen=True)
class Part:
    """A table: kept as it is, deleted, or some columns cleared. `key` names the column that holds the member.

    `where` takes the place of `key` where there is no such column. In both, `files` are the erased files with those
    that they absorbed, `digests` those of all numbers that lead to them.
    """

    table: str
    cleared: Mapping[str, str] = field(default_factory=dict)  # {column: SQL of its new value}
    is_deleted: bool = False
    key: str = "member_id"
    where: str = ""


def _coarse(unit: str) -> str:
    """SQL: the first day of the year or month of birth."""
    return f"date_trunc('{unit}', t.birth_date)::date"


def _is_unseen(unit: str) -> str:
    """SQL: on no day of service does the coarser birth date fall into another age band than the true one."""
    starts = ", ".join(map(str, BAND_STARTS))
    return (
        "NOT EXISTS (SELECT FROM personnel_assignment a, unnest(ARRAY[" + starts + "]) AS band (years)"
        " WHERE a.member_id = t.id AND daterange(a.started_on, a.ended_on) && daterange("
        f"({_coarse(unit)} + make_interval(years => band.years))::date,"
        " (t.birth_date + make_interval(years => band.years))::date + 1))"
    )


# A leap day comes of age on 1 March, hence the day added above.
BIRTH_DATE = (
    f"CASE WHEN {_is_unseen('year')} THEN {_coarse('year')}"
    f" WHEN {_is_unseen('month')} THEN {_coarse('month')} ELSE t.birth_date END"
)
EMPTY, NOTHING, STUB = "''", "NULL", f"'{ERASED}'"
YEAR_OF_BIRTH = "date_trunc('year', t.birth_date)::date"


def _stub(column: str) -> str:
    """SQL: the stub, where anything was written at all."""
    return f"CASE t.{column} WHEN '' THEN '' ELSE {STUB} END"


def _stub_of(key: str, column: str) -> str:
    """SQL: the stub in place of the name of an erased file, else the name as it is."""
    return f"CASE WHEN t.{key} = ANY (files) THEN {STUB} ELSE t.{column} END"


PLAN: tuple[Part, ...] = (
    # First: found through the numbers and the questions, which are there until then. What is still open lapses.
    Part(
        "personnel_transferrequest",
        {
            "name": STUB, "id_digest": RANDOM_DIGEST, "post": EMPTY,
            "answer": "CASE t.answer WHEN '' THEN 'lapsed' ELSE t.answer END",
            "answered_on": "COALESCE(t.answered_on, today)",
        },
        where="t.id_digest = ANY (digests)"
        " OR t.id IN (SELECT c.request_id FROM personnel_transferconsent c WHERE c.member_id = ANY (files))",
    ),
    Part("personnel_photo", is_deleted=True),
    Part("personnel_documentsighting", is_deleted=True),
    Part("personnel_formernumber", is_deleted=True),
    Part(
        "personnel_certificate",
        {"name": STUB, "mask": STUB, "document": "'resident_id'", "post": EMPTY, "purpose": EMPTY},
    ),
    # A signed list goes on saying how many people it was signed for; its fingerprint is that of the list on paper.
    Part(
        "personnel_snapshotentry",
        {"name": STUB, "mask": STUB, "birth_date": YEAR_OF_BIRTH, "post": EMPTY, "remark": _stub("remark")},
    ),
    Part(
        "personnel_withdrawnfile",
        {
            "name": STUB, "birth_date": YEAR_OF_BIRTH, "number_digest": RANDOM_DIGEST, "reason": STUB,
            "file": "COALESCE((SELECT jsonb_object_agg(x.key, '[]'::jsonb) FROM jsonb_each(t.file) x), '{}')",
        },
    ),
    Part(  # of somebody else that was once merged into it: the reason is that of the merge
        "personnel_withdrawnfile",
        {"reason": STUB},
        where="t.merge_id IN (SELECT g.id FROM personnel_filemerge g WHERE g.survivor_id = ANY (files))",
    ),
    # A merge that was taken back needs its copies no more, whose they are; one that stands is of one person.
    Part(
        "personnel_filemerge",
        {
            "survivor_name": _stub_of("survivor_id", "survivor_name"),
            "absorbed_name": _stub_of("absorbed_id", "absorbed_name"), "reason": STUB, "before": "'{}'",
        },
        where="t.survivor_id = ANY (files) OR t.absorbed_id = ANY (files)",
    ),
    Part(
        "personnel_differentpeople",
        {"names": STUB, "reason": STUB},
        where="t.first_id = ANY (files) OR t.second_id = ANY (files)",
    ),
    Part("personnel_emergencycontact", is_deleted=True),
    Part("personnel_bankaccount", is_deleted=True),
    Part("personnel_healthrecord", is_deleted=True),
    Part("personnel_backgroundcheck", is_deleted=True),
    # Nobody is left to be named; that a unit took somebody in, and who decided it, is counted.
    Part(
        "personnel_entry",
        {
            "name": STUB, "document": "'resident_id'", "id_sealed": NOTHING, "id_digest": NOTHING, "id_mask": EMPTY,
            "phone_sealed": NOTHING, "birth_date": NOTHING, "education": NOTHING, "post": EMPTY, "reason": EMPTY,
            "exception": EMPTY, "answer": _stub("answer"), "wiped_on": "today",
        },
        where="t.member_id = ANY (files) OR (t.decision <> '' AND t.id_digest = ANY (digests))",
    ),
    Part(
        "personnel_assignment",
        {"post": EMPTY, "badge": EMPTY, "former_title": EMPTY, "ending_note": EMPTY},
    ),
    Part("personnel_contract", {"number": EMPTY, "ending_note": EMPTY}),
    Part("personnel_appointment"),
    Part("personnel_dossier"),  # goes with the member alone
    Part("personnel_card"),  # its triggers copy what is left of the member
    Part("personnel_transferconsent", {"post": EMPTY, "reason": EMPTY}),
    Part("personnel_importedrow", {"before": NOTHING, "findings": "'[]'"}),
    Part(
        "personnel_correctionrequest",
        {"wrong": STUB, "wanted": EMPTY, "brought_by": STUB, "reason": f"CASE reason WHEN '' THEN '' ELSE {STUB} END"},
    ),
    Part("personnel_kinship", is_deleted=True),
    Part("personnel_assessment"),  # scores, counted
    Part("personnel_appeal", {"grounds": STUB, "reason": _stub("reason")}),
    Part("personnel_placement", {"reason": _stub("reason")}),
    # Kind, days and outcome are counted.
    Part(
        "personnel_disciplinecase",
        {
            "summary_sealed": NOTHING, "document": _stub("document"),
            "withdrawal_reason": _stub("withdrawal_reason"),
        },
    ),
    Part("personnel_mergertask"),
    Part("personnel_kitsize", is_deleted=True),
    Part("personnel_kitrecipient"),
    Part("personnel_kitissue", {"size": EMPTY}),  # what was issued is counted; the size describes a body
    Part("personnel_noticegiven"),
    Part("personnel_erasurehold", {"reason": STUB}),
    Part("personnel_erasureentry"),
    Part("personnel_stagedrow"),  # sealed, its sender's alone, gone within a day
    Part(
        "personnel_member",
        {
            "name": STUB, "id_mask": STUB, "pinyin": EMPTY, "initials": EMPTY, "other_pinyin": EMPTY,
            "former_name": EMPTY, "document": "'resident_id'", "id_digest": RANDOM_DIGEST,
            "id_sealed": "sealed[array_position(members, t.id)]", "birth_date": BIRTH_DATE, "ethnicity": NOTHING,
            "political": NOTHING, "graduate_school": EMPTY, "major": EMPTY, "marital": NOTHING,
            "occupation": NOTHING, "military": NOTHING, "phone_sealed": NOTHING, "phone_digest": NOTHING,
            "native_place": EMPTY, "household": EMPTY, "household_address": EMPTY, "address": EMPTY,
            "specialty": EMPTY, "remark": EMPTY, "erased_on": "today",
        },
        key="id",
    ),
)  # fmt: skip
"""In this order; the member last, since the others look at it."""
TABLES = frozenset(part.table for part in PLAN)
KEPT_OF_MEMBER = frozenset({"id", "unit_id", "sex", "education"})  # what the plan leaves as it is
