"""A patrol of any size to be merged: people, services, sizes and scores written by SQL, since they are not measured."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.bench.roster_desk import open_office

TOWNS = 19
DISTRICT, FIRST_TOWN, SUB_BUREAU = 440199_000_000, 440199_010_000, 440199_900_000
MANDATORY = ("制服", "臂章", "胸章", "帽徽", "皮带", "腰包")
PASS_MARK = 6_000

# Row by row they would take most of the time of the loading.
WITHOUT_TRIGGERS = """
ALTER TABLE personnel_assessment DISABLE TRIGGER USER;
ALTER TABLE personnel_kitsize DISABLE TRIGGER USER
"""
WITH_TRIGGERS = WITHOUT_TRIGGERS.replace("DISABLE", "ENABLE")
PEOPLE = """
INSERT INTO personnel_member
  (id, name, former_name, pinyin, initials, other_pinyin, document, id_sealed, id_digest, id_mask, sex, birth_date,
   education, graduate_school, major, native_place, household, household_address, address, specialty, remark, unit_id)
SELECT nextval(pg_get_serial_sequence('personnel_member', 'id')),
       '巡' || chr(20000 + n %% 2000) || chr(21000 + n / 2000), '', 'xun', 'x', '', 'resident_id', 'x',
       sha256(('bench' || n)::bytea), '440199************', CASE n %% 10 WHEN 0 THEN 'female' ELSE 'male' END,
       date '1965-01-01' + n %% 12000, '60', '', '', '', '', '', '', '', '',
       %(town)s + n %% %(towns)s * 1000
FROM generate_series(%(first)s, %(last)s) n
"""
DOSSIERS = """
INSERT INTO personnel_dossier (member_id, unit_id)
SELECT m.id, m.unit_id FROM personnel_member m WHERE m.unit_id >= %(town)s ON CONFLICT DO NOTHING
"""
SERVICES = """
INSERT INTO personnel_assignment
  (member_id, unit_id, force, category, sponsor, post, grade, badge, former_title, cohort, share, share_from,
   started_on, beginning, ending, ending_note, using_unit_id)
SELECT m.id, m.unit_id, 'patrol', '', '', '巡逻', '', '', '', 2012, 100, 0, '2012-01-01', 'recruited', '', '',
       %(station)s
FROM personnel_member m
WHERE m.unit_id >= %(town)s AND NOT EXISTS (SELECT FROM personnel_assignment a WHERE a.member_id = m.id)
"""
SIZES = """
INSERT INTO personnel_kitsize (member_id, unit_id, scale_id, size)
SELECT m.id, m.unit_id, s.id, s.sizes[1 + m.id %% cardinality(s.sizes)]
FROM personnel_member m CROSS JOIN personnel_kitscale s
WHERE m.unit_id >= %(town)s AND m.id %% 30 > 0 ON CONFLICT DO NOTHING
"""
SCORES = """
INSERT INTO personnel_assessment (cycle_id, member_id, unit_id, scores, weights, entered_by)
SELECT c.id, m.id, m.unit_id, array_fill(4000 + (m.id * 37 %% 110)::integer * 50, ARRAY[cardinality(c.weights)]),
       c.weights, %(examiner)s
FROM personnel_member m JOIN personnel_assessmentcycle c ON c.id = %(cycle)s
WHERE m.unit_id >= %(town)s ON CONFLICT DO NOTHING
"""


@dataclass
class Patrol:
    """The programme that merges them, who proposes and carries out, who confirms, and how many there are."""

    programme: object
    officer: object
    second: object
    people: int = 0
    asked: dict = field(default_factory=dict)

    def grow(self, people: int) -> None:
        """So many people altogether, all of them with a result."""
        from django.db import connections, transaction

        span = {"first": self.people + 1, "last": people}
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute(WITHOUT_TRIGGERS)
            for statement in (PEOPLE, DOSSIERS, SERVICES, SIZES, SCORES):
                cursor.execute(statement, self.asked | span)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(WITH_TRIGGERS)
        self.people = people


def open_patrol() -> Patrol:
    """A district of nineteen towns beside the office of the rosters, with a programme, a set of kit and two people."""
    from organization.models import Employer, Unit
    from organization.scope import as_root
    from personnel.models import AssessmentCycle, KitItem, KitSetEntry, Programme
    from tests.factories import AccountFactory

    towns = {FIRST_TOWN + n * 1000: f"第{n + 1}街道" for n in range(TOWNS)}
    open_office(towns)
    with as_root("bench", duty="sysadmin"):
        district = Unit.objects.get(code=DISTRICT)
        officer, second = (
            AccountFactory(role=role, unit=district, username=f"bench-{role}", is_demo=True)
            for role in ("hr", "governance")
        )
    today = date.today()
    cycle = AssessmentCycle.objects.using("owner").create(
        unit_id=DISTRICT, name="考核", forces=["patrol"], starts_on=today - timedelta(30), ends_on=today
    )
    employer = Employer.objects.using("owner").create(name="分局", nature="sub_bureau", unit_id=SUB_BUREAU)
    programme = Programme.objects.using("owner").create(
        unit_id=DISTRICT, name="并轨", cycle=cycle, employer=employer, merged_on=today, pass_mark=PASS_MARK,
        appeal_days=0,
    )  # fmt: skip
    KitSetEntry.objects.using("owner").bulk_create(
        KitSetEntry(force="auxiliary", item=item, valid_from=date(2014, 8, 6))
        for item in KitItem.objects.using("owner").filter(name__in=MANDATORY)
    )
    asked = {
        "town": FIRST_TOWN, "towns": TOWNS, "station": SUB_BUREAU + 1000, "cycle": cycle.pk, "examiner": second.pk
    }  # fmt: skip
    return Patrol(programme, officer, second, asked=asked)
