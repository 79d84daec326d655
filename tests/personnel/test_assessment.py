"""Scores: who enters them for whom, by form and by list; totals to the last decimal; results that stay closed."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from organization.scope import as_account, as_root
from personnel.admin.score_forms import WeightedItemsField
from personnel.assessment import lists, results, scores, scoring
from personnel.models import Assessment, AssessmentCycle, Kinship
from personnel.roster.reading import parse_pasted
from personnel.roster.shapes import FileRefused
from tests.conftest import DISTRICT, OTHER_TOWN, TOWN
from tests.personnel.assessed import cycle, examiner, patrol, score
from tests.personnel.roster.files import xlsx

NOW = timezone.localdate()


@pytest.fixture
def town(account):
    return account("staff", TOWN, username="town")


@pytest.fixture
def running(db):
    """A cycle that runs today, as the pages ask it."""
    return cycle(starts_on=NOW - timedelta(10), ends_on=NOW + timedelta(10))


def sheet_of(member):
    with as_root("test"):
        return Assessment.objects.get(member=member)


# --- scores as they are written -----------------------------------------------------------------------------


@given(st.integers(0, 10_000))
def test_every_score_reads_back_as_it_was_written(hundredths):
    assert scores.parse(scores.shown(hundredths)) == hundredths


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("八十", "score_malformed"), ("8,5", "score_malformed"), ("1e2", "score_malformed"), ("-1", "score_malformed"),
        (".", "score_malformed"), ("100.01", "score_out_of_range"), ("85.555", "score_too_fine"),
        ("NaN", "score_malformed"),
    ],
)  # fmt: skip
def test_what_is_no_score_is_refused(text, code):
    with pytest.raises(scores.ScoreRefused) as refusal:
        scores.parse(text)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("cell", "hundredths"), [("８５．５分", 8550), (85, 8500), (85.25, 8525), (" ", None), (None, None)]
)
def test_cells_are_read_as_people_write_them(cell, hundredths):
    assert scores.parse(cell) == hundredths


def test_totals_are_exact_and_missing_until_every_item_is_scored(running, officer):
    member = patrol(1)[0]
    examiner(running, officer)
    with as_account(officer):
        scoring.enter(running, officer, {member.pk: {0: 3333, 1: 6667, 2: 1, 3: 9999}}, NOW)
        assert Assessment.objects.get().total is None
        scoring.enter(running, officer, {member.pk: {4: 10_000}}, NOW)
        assert Assessment.objects.get().total == 20 * 3333 + 20 * 6667 + 20 * 1 + 30 * 9999 + 10 * 10_000


def test_new_weights_reach_every_sheet(running, officer):
    member = patrol(1)[0]
    examiner(running, officer)
    score(running, officer, {member: 80}, NOW)
    with as_account(officer):
        AssessmentCycle.objects.filter(pk=running.pk).update(weights=[60, 10, 10, 10, 10])
        scoring.enter(running, officer, {member.pk: {0: 0}}, NOW)
    assert sheet_of(member).total == 40 * 8000


# --- weights ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [[20, 20, 20, 30, 9], [0, 40, 20, 30, 10], [120, -20, 0, 0, 0], [100]])
def test_the_database_keeps_weights_adding_up(running, weights):
    with as_root("test"), pytest.raises(IntegrityError, match=r"assessment_(weights|items)"), transaction.atomic():
        AssessmentCycle.objects.filter(pk=running.pk).update(weights=weights)


@pytest.mark.parametrize("text", ["德 20", "德 50\n德 50", "德 二十\n能 80", "德\n能 100", "德 0\n能 100"])
def test_weights_that_cannot_be_are_refused_in_words(text):
    with pytest.raises(ValidationError):
        WeightedItemsField().clean(text)
    assert WeightedItemsField().clean("德 40%\n能　60") == [("德", 40), ("能", 60)]


# --- who scores whom ----------------------------------------------------------------------------------------


def test_only_examiners_score_and_only_people_of_their_units(running, officer, town):
    here, there = patrol(1), patrol(1, OTHER_TOWN)
    with as_account(officer), pytest.raises(scoring.ScoringRefused) as refusal:
        scoring.enter(running, officer, {here[0].pk: {0: 1}}, NOW)
    assert refusal.value.code == "not_examiner"
    examiner(running, town, TOWN)
    done = score(running, town, {here[0]: 80, there[0]: 80}, NOW)
    assert (done.written, done.refused) == (1, {there[0].pk: "unknown"})


def test_a_relative_does_not_score_and_the_database_says_so_too(running, officer, account):
    member = patrol(1)[0]
    examiner(running, officer)
    with as_root("test"):
        Kinship.objects.create(member=member, unit_id=TOWN, account=officer, relation="sibling", declared_on=NOW)
    assert score(running, officer, {member: 80}, NOW).refused == {member.pk: "relative"}
    with as_account(officer), pytest.raises(DatabaseError, match="relatives do not score"), transaction.atomic():
        Assessment.objects.create(
            cycle=running, member=member, unit_id=TOWN, scores=[1] * 5, weights=running.weights, entered_by=officer.pk
        )


@pytest.mark.parametrize("named", ["other", "nobody"])
def test_the_database_refuses_scores_in_another_name_or_by_no_examiner(running, officer, account, named):
    member, other = patrol(1)[0], account("hr")
    if named == "other":
        examiner(running, officer)
    by = other.pk if named == "other" else officer.pk
    with as_account(officer), pytest.raises(DatabaseError), transaction.atomic():
        Assessment.objects.create(
            cycle=running, member=member, unit_id=TOWN, scores=[1] * 5, weights=running.weights, entered_by=by
        )


def test_three_people_see_a_result_as_their_units_say(running, officer, town, stranger):
    member = patrol(1)[0]
    examiner(running, officer)
    score(running, officer, {member: 80}, NOW)
    seen = []
    for who in (officer, town, stranger):
        with as_account(who):
            seen.append(Assessment.objects.count())
    assert seen == [1, 1, 0]


# --- closing ------------------------------------------------------------------------------------------------


def test_closed_results_stay_and_the_cap_is_shown(running, officer):
    members = patrol(5)
    examiner(running, officer)
    score(running, officer, dict(zip(members, (95, 96, 80, 65, 10), strict=True)), NOW)
    with as_account(officer), transaction.atomic():
        state = results.standing(running, NOW)
        assert state.ratings == {"excellent": 2, "qualified": 1, "basic": 1, "unqualified": 1}
        assert (state.most_excellent, state.too_many_excellent, state.missing) == (1, True, 0)
        results.close(running, officer, NOW)
    with as_account(officer), pytest.raises(DatabaseError, match="settled"), transaction.atomic():
        Assessment.objects.filter(member=members[0]).update(scores=[1] * 5, entered_by=officer.pk)
    with as_account(officer), pytest.raises(DatabaseError, match="closed"), transaction.atomic():
        AssessmentCycle.objects.filter(pk=running.pk).update(closed_on=None, closed_by=None)


def test_a_sheet_of_a_relative_keeps_the_results_from_closing(running, officer):
    member = patrol(1)[0]
    examiner(running, officer)
    score(running, officer, {member: 80}, NOW)
    with as_root("test"):
        Kinship.objects.create(member=member, unit_id=TOWN, account=officer, relation="spouse", declared_on=NOW)
    with as_account(officer), pytest.raises(results.NotClosed) as refusal, transaction.atomic():
        results.close(running, officer, NOW)
    assert refusal.value.code == "scored_by_relatives"
    assert member.name in str(refusal.value)


# --- lists --------------------------------------------------------------------------------------------------


def pasted(rows):
    return parse_pasted("\n".join("\t".join(map(str, row)) for row in rows))


def test_a_list_is_judged_row_by_row_with_row_and_column(running, town):
    good, bad, twice = patrol(3)
    examiner(running, town, TOWN)
    rows = [
        ["考核成绩表"],
        ["序号", "姓名", "身份证号码", "德(20%)", "能", "勤", "绩", "廉"],
        [1, good.name, good.id_number, 80, 81.5, "", 90, 100],
        [2, bad.name, bad.id_number, "优", 80, 80, 80, 101],
        [3, "王别人", twice.id_number, 80, 80, 80, 80, 80],
        [4, "赵无人", "440199198003150033", 80, 80, 80, 80, 80],
        [5, good.name, good.id_number, 70, "", "", "", ""],
        ["合计", "", "", "", "", "", "", ""],
    ]
    with as_account(town), transaction.atomic():
        listed = lists.judge(pasted(rows), running)
        done = lists.take_in(listed, running, town, NOW)
    assert [(p.row, p.column, p.code) for p in listed.problems] == [
        (4, "D", "score_malformed"), (4, "H", "score_out_of_range"), (5, "C", "name"), (6, "C", "unknown"),
        (7, "C", "repeated"),
    ]  # fmt: skip
    assert done.written == 1
    assert sheet_of(good).scores == [8000, 8150, None, 9000, 10_000]


def test_a_list_tells_how_many_had_other_scores_before(running, town):
    first, second = patrol(2)
    examiner(running, town, TOWN)
    header = ["姓名", "身份证号码", "德", "能", "勤", "绩", "廉"]

    def sent(*points):
        rows = [header, *([one.name, one.id_number, *points, "", "", ""] for one in (first, second))]
        with as_account(town), transaction.atomic():
            return lists.take_in(lists.judge(pasted(rows), running), running, town, NOW)

    assert sent(80, "").replaced == 0
    assert sent(80, 70).replaced == 0, "what was empty is no loss"
    again = sent(81, 70)
    assert (again.written, again.replaced) == (2, 2)


def test_a_list_without_the_columns_is_refused(running, town):
    with as_account(town), pytest.raises(FileRefused):
        lists.judge(pasted([["姓名", "电话"], ["甲", "1"]]), running)


def test_a_workbook_is_saved_whole_or_not_at_all(running, town, visitor):
    one, two = patrol(2)
    examiner(running, town, TOWN)
    rows = [
        ["姓名", "身份证号码", *running.items],
        [one.name, one.id_number, *[80] * 5],
        [two.name, two.id_number, *[800] * 5],
    ]
    browser, address = visitor(town), f"/personnel/assessmentcycle/{running.pk}/list/"

    def send(**more):
        file = SimpleUploadedFile("成绩.xlsx", xlsx({"成绩": rows}))
        return browser.post(address, {"file": file, **more}).content.decode()

    assert "800" in send()
    with as_root("test"):
        assert not Assessment.objects.exists()
    send(partial="on")
    assert sheet_of(one).total == 800_000


# --- pages --------------------------------------------------------------------------------------------------


def test_the_grid_saves_what_was_changed_and_keeps_what_is_wrong(running, town, visitor):
    member = patrol(1)[0]
    examiner(running, town, TOWN)
    browser, address = visitor(town), f"/personnel/assessmentcycle/{running.pk}/scores/"
    cells = {f"s-{member.pk}-{place}": "90" for place in range(5)}
    assert browser.post(address, cells).status_code == 302
    assert sheet_of(member).total == 900_000
    wrong = browser.post(address, {f"s-{member.pk}-0": "九十", f"b-{member.pk}-0": "90"})
    assert "九十" in wrong.content.decode()
    assert browser.post(address, {f"s-{member.pk}-0": "", f"b-{member.pk}-0": "90"}).status_code == 302
    assert sheet_of(member).scores == [None, 9000, 9000, 9000, 9000]


def test_the_grid_takes_as_many_queries_for_many_as_for_few(running, town, visitor):
    examiner(running, town, TOWN)
    browser, address = visitor(town), f"/personnel/assessmentcycle/{running.pk}/scores/"

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    patrol(1)
    few = queries()
    patrol(12)
    assert queries() == few


def test_a_result_stands_on_the_persons_page(running, officer, town, visitor):
    member = patrol(1)[0]
    examiner(running, officer)
    score(running, officer, {member: 88}, NOW)
    assert "年度考核" in visitor(town).get(f"/personnel/member/{member.pk}/change/").content.decode()


def test_from_a_person_the_scores_are_one_form_until_the_results_are_closed(running, town, visitor):
    member, other = patrol(2)
    examiner(running, town, TOWN)
    score(running, town, {member: 88, other: 88}, NOW)
    browser, form = visitor(town), f"/personnel/assessmentcycle/{running.pk}/scores/?member={member.pk}"
    pages = [f"/personnel/member/{member.pk}/change/", f"/personnel/assessment/{sheet_of(member).pk}/change/"]
    assert all(f'href="{form}"' in browser.get(page).content.decode() for page in pages)
    shown = browser.get(form).content.decode()
    assert f'name="s-{member.pk}-0"' in shown
    assert f'name="s-{other.pk}-0"' not in shown
    with as_root("test"):
        AssessmentCycle.objects.filter(pk=running.pk).update(closed_on=NOW, closed_by=town.pk)
    assert not any(f'href="{form}"' in browser.get(page).content.decode() for page in pages)


def test_a_cycle_is_defined_by_its_form(db, officer, visitor):
    form = {
        "name": "新考核", "forces": ["patrol"], "starts_on": "2026-01-01", "ends_on": "2026-02-01",
        "weighted": "德 50\n能 50",
        "excellent_from": "90", "qualified_from": "75.5", "basic_from": "60", "excellent_share": "20",
        "appeal_days": "5",
        "examiners-TOTAL_FORMS": "1", "examiners-INITIAL_FORMS": "0", "examiners-0-account": officer.pk,
    }  # fmt: skip
    answer = visitor(officer).post("/personnel/assessmentcycle/add/", form)
    assert answer.status_code == 302, answer.context["errors"]
    with as_root("test"):
        found = AssessmentCycle.objects.get()
        assert (found.items, found.weights, found.qualified_from, found.unit_id) == (
            ["德", "能"],
            [50, 50],
            7550,
            DISTRICT,
        )
        assert found.examiners.get().unit_id == DISTRICT
