"""Figures of discipline against an independent count, on random units and days; and who is told them."""

import json
from datetime import date, timedelta
from io import StringIO
from random import Random

import pytest
from django.contrib.postgres.functions import TransactionNow
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization import divisions
from organization.belonging import reach
from organization.models import Unit
from organization.scope import as_account, as_root
from personnel.figures import discipline as figures
from personnel.models import Assignment, DisciplineCase
from personnel.models.discipline import HANDLING_DAYS, next_case_id
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.disciplining import TODAY, decided, propose, record, somebody

PLACES = (DISTRICT, TOWN, VILLAGE, SECOND_VILLAGE, OTHER_TOWN, OTHER_VILLAGE)
FORCES = ("auxiliary", "patrol", "joint_defence", "guard")
CLOSED = 440199_001_003  # in the first town; its place is taken by a village of the other one
OUTCOMES = ("unfounded", "talk", "warning", "dismissed")


@pytest.fixture
def office(account):
    return account("governance", username="office")


def some_day(rng):
    return date(2011, 1, 1) + timedelta(rng.randrange(3 * 365))


def services(rng, people):
    """Full and half services, some of them two at once in different units or forces."""
    with as_root("test"):
        Unit.objects.create(code=CLOSED, name="东塘第三社区", root_id=DISTRICT)
        for _n in range(people):
            unit = rng.choice([*PLACES, CLOSED])
            member = MemberFactory(unit_id=unit, unit=None)
            since, days = some_day(rng), rng.randrange(20, 900)
            until = rng.choice([None, since + timedelta(days)])
            is_half = rng.random() < 0.4
            for start in (0, 50) if is_half else (0,):
                serve(
                    member, since=since.isoformat(), until=until and until.isoformat(), force=rng.choice(FORCES),
                    unit=Unit.objects.get(pk=rng.choice([*PLACES, CLOSED]) if is_half else unit),
                    share=50 if is_half else 100, share_from=start,
                )  # fmt: skip
        Unit.objects.filter(pk=CLOSED).update(closed_on=date(2014, 1, 1), successor=OTHER_VILLAGE)
    return list(Assignment.objects.order_by("pk"))


def write(rng, served, count):
    """Cases in all states, written by statements as accounts 1 and 2 would."""
    made = []
    with as_root("test", duty="hr", actor=1):
        for service in rng.choices(served, k=count):
            reported = service.started_on + timedelta(rng.randrange(90))
            decided_on = rng.choice([None, reported + timedelta(rng.choice([0, 29, 30, 31, 80]))])
            told = {} if decided_on is None else {
                "decided_on": decided_on, "outcome": rng.choice(OUTCOMES), "document": "x", "proposed_by": 1,
                "proposed_at": TransactionNow(),
            }  # fmt: skip
            case = DisciplineCase(
                pk=next_case_id(), member_id=service.member_id, unit_id=service.unit_id, service=service,
                force=service.force, occurred_on=service.started_on, reported_on=reported, category="work",
                source="self", recorded_by=1,
            )  # fmt: skip
            case.save(force_insert=True)
            mine = DisciplineCase.objects.filter(pk=case.pk)
            if told:
                mine.update(**told)
            if rng.random() < 0.15:
                mine.update(withdrawal_reason="x", withdrawal_asked_by=1, withdrawal_asked_at=TransactionNow())
            made.append(case.pk)
    with as_root("test", duty="governance", actor=2):
        for case in DisciplineCase.objects.filter(pk__in=made):
            if case.proposed_at and rng.random() < 0.85:
                DisciplineCase.objects.filter(pk=case.pk).update(confirmed_by=2, confirmed_at=TransactionNow())
            if case.withdrawal_asked_at and rng.random() < 0.6:
                DisciplineCase.objects.filter(pk=case.pk).update(withdrawn_by=2, withdrawn_at=TransactionNow())
        return list(DisciplineCase.objects.filter(pk__in=made))


def home(unit):
    return OTHER_VILLAGE if unit == CLOSED else unit


def counted(cases, day):
    """The five numbers by the words of their definition, one case after the other."""
    found = dict.fromkeys(figures.KEYS, 0)
    year_ago = date(day.year - 1, day.month, min(day.day, 28) if day.month == 2 else day.day)
    for case in cases:
        if case.withdrawn_at:
            continue
        is_decided = case.confirmed_at is not None and case.decided_on <= day
        if is_decided and case.decided_on > year_ago:
            found["decided"] += 1
            found["timely"] += (case.decided_on - case.reported_on).days <= HANDLING_DAYS
            found["cases"] += case.outcome != "unfounded"
        if not is_decided and case.reported_on <= day:
            found["undecided"] += 1
            found["overdue"] += (day - case.reported_on).days > HANDLING_DAYS
    return found, year_ago


def heads(served, day):
    return len({
        each.member_id for each in served
        if each.started_on <= day and (each.ended_on is None or each.ended_on > day)
    })  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_every_number_is_that_of_a_count_one_by_one(db, office, seed):
    rng = Random(seed)
    with as_root("test"):
        served = services(rng, 45)
    cases = write(rng, served, 40)
    for _question in range(6):
        unit, day, force = rng.choice(PLACES), some_day(rng) + timedelta(300), rng.choice([None, None, *FORCES])
        low, high = divisions.span(unit)
        is_here = lambda row: low <= home(row.unit_id) <= high and row.force in ([force] if force else FORCES)  # noqa: B023, E731
        here, mine = [row for row in served if is_here(row)], [row for row in cases if is_here(row)]
        children = [code for code in PLACES if code != unit and low <= code <= high and _is_child(code, unit)]
        with as_account(office):
            board = figures.board(day, reach(unit), children, force)
        expected, before = counted(mine, day)
        assert {key: board.whole.counts[key] for key in figures.KEYS} == expected
        assert (board.whole.opening, board.whole.closing) == (heads(here, before), heads(here, day))
        for each, standing in board.forces.items():
            told = counted([row for row in mine if row.force == each], day)[0]
            people = heads([row for row in here if row.force == each], day)
            assert ({key: standing.counts[key] for key in figures.KEYS}, standing.closing) == (told, people)
        for code, standing in zip(children, board.places[1:], strict=True):
            inside = divisions.span(code)
            told = counted([row for row in mine if inside[0] <= home(row.unit_id) <= inside[1]], day)[0]
            people = heads([row for row in here if inside[0] <= home(row.unit_id) <= inside[1]], before)
            assert ({key: standing.counts[key] for key in figures.KEYS}, standing.opening) == (told, people)


def _is_child(code, unit):
    return divisions.parents(code)[0] == unit


def test_equal_rates_share_a_rank_and_the_next_is_passed_over():
    def standing(cases, people):
        found = figures.Standing(people, people)
        found.counts["cases"] = cases
        return found

    ranked = [standing(*each) for each in ((2, 20), (0, 50), (1, 10), (0, 10), (3, 10), (1, 9))]
    assert figures.Board(standing(0, 0), [], {}).rank(ranked) == [3, 1, 3, 1, 5, None]
    assert ranked[-1].per_thousand is None


def test_nobody_on_average_gives_no_rate_and_nothing_decided_no_share():
    assert (figures.Standing().per_thousand, figures.Standing().timeliness) == (None, None)


def test_a_board_takes_three_queries_for_a_district_and_for_a_village(db, officer):
    with as_account(officer):
        for unit, children in ((DISTRICT, [TOWN, OTHER_TOWN]), (VILLAGE, [])):
            within = reach(unit)
            with CaptureQueriesContext(connection) as queries:
                figures.board(TODAY, within, children)
            assert len(queries) == 3


# --- the command ------------------------------------------------------------------------------------------------------


def run(*arguments):
    out = StringIO()
    call_command("figures", *arguments, "--json", stdout=out)
    told = json.loads(out.getvalue().splitlines()[-1])
    return {name: value for name, value in told.items() if name.startswith("discipline.")}


def test_the_command_tells_the_two_offices_and_has_no_such_names_for_others(db, officer, office, account):
    people = [somebody(f"苏试{n}")[0] for n in range(10)]
    decided(record(officer, people[0]), officer, office)
    propose(record(officer, people[1], occurred=50, reported=40), officer)
    expected = {
        "discipline.cases": 1, "discipline.per_thousand": 100.0, "discipline.timely": 1.0, "discipline.undecided": 1,
        "discipline.overdue": 1,
    }  # fmt: skip
    assert run("--as", "officer") == run("--as", "office") == expected
    assert run("--as", "office", "--force", "patrol") == dict.fromkeys(expected, 0)
    for role, unit in (("clerk", VILLAGE), ("staff", TOWN), ("finance", DISTRICT), ("training", DISTRICT)):
        account(role, unit, username=f"the-{role}")
        assert run("--as", f"the-{role}") == {}
