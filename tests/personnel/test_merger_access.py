"""Three people before the pages of a merger: the office, the town of a person, and a stranger."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from organization.scope import as_account, as_root
from personnel.assessment import appeals, results
from personnel.models import Appeal, Assessment, Kinship, Member, MergerTask, Placement, Programme
from tests.conftest import OTHER_TOWN, OTHER_VILLAGE, TOWN
from tests.personnel.assessed import TODAY, carry_out, confirm, cycle, examiner, patrol, programme, propose, score

MISSING = 987_654_321


@pytest.fixture
def merged(db, officer, account):
    """A merger that is carried out, with one person in another town who failed and appealed."""
    members = [*patrol(1), *patrol(2, OTHER_TOWN)]
    found = cycle()
    examiner(found, officer)
    score(found, officer, {members[0]: 90, members[1]: 30, members[2]: 90})
    given = programme(found)
    propose(given, officer)
    second = account("governance")
    confirm(given, second)
    with as_account(second):
        sheet = Assessment.objects.get(member=members[1])
        appeals.record(sheet, second, TODAY, "哨兵申诉")
        appeals.decide(Appeal.objects.get(), second, is_upheld=False, reason="不成立")
    carry_out(given, officer)
    with as_root("test"):
        kin = Kinship.objects.create(
            member=members[1], unit_id=OTHER_TOWN, account=second, relation="spouse", declared_on=TODAY
        )
        return {
            "programme": given,
            "name": members[1].name,
            "pages": {
                "assessment": sheet.pk,
                "appeal": Appeal.objects.get().pk,
                "placement": Placement.objects.get(member=members[1]).pk,
                "mergertask": MergerTask.objects.filter(member=members[1]).first().pk,
                "kinship": kin.pk,
            },
        }


@pytest.mark.parametrize("model", ["assessment", "appeal", "placement", "mergertask", "kinship"])
def test_rows_of_another_town_are_as_good_as_missing(merged, account, visitor, model):
    browser, key = visitor(account("staff", TOWN)), merged["pages"][model]
    answers = [
        browser.get(f"/personnel/{model}/{pk}/{page}/", follow=True).content.decode().replace(str(pk), "N")
        for page in ("change", "history")
        for pk in (key, MISSING)
    ]
    assert merged["name"] not in "".join(answers)
    assert visitor(account("staff", OTHER_TOWN)).get(f"/personnel/{model}/{key}/change/").status_code == 200
    assert visitor(account("clerk", OTHER_VILLAGE)).get(f"/personnel/{model}/{key}/change/").status_code == 403


@pytest.mark.parametrize("page", ["change", "simulation", "unification"])
def test_a_town_sees_the_programme_with_its_own_people_only(merged, account, visitor, page):
    address = f"/personnel/programme/{merged['programme'].pk}/{page}/"
    answer = visitor(account("staff", TOWN)).get(address)
    assert answer.status_code == 200
    assert merged["name"] not in answer.content.decode()
    assert visitor(account("staff", OTHER_TOWN)).get(address).status_code == 200
    assert visitor(account("clerk", OTHER_VILLAGE)).get(address).status_code == 403


@pytest.mark.parametrize("step", ["propose", "confirm", "send-back", "carry-out", "revert"])
def test_a_town_takes_no_step_and_nothing_moves(merged, account, visitor, step):
    with as_root("test"):
        before = list(Placement.objects.order_by("pk").values_list("outcome", "batch"))
    address = f"/personnel/programme/{merged['programme'].pk}/{step}/"
    visitor(account("staff", TOWN)).post(address, {"reason": "x", "mark": "0"})
    with as_root("test"):
        assert list(Placement.objects.order_by("pk").values_list("outcome", "batch")) == before


@pytest.mark.parametrize(
    ("role", "unit", "status"), [("hr", None, 200), ("staff", TOWN, 200), ("clerk", OTHER_VILLAGE, 403)]
)
def test_the_dashboard_opens_to_those_who_take_part(merged, account, visitor, role, unit, status):
    who = account(role, unit) if unit else account(role)
    day = timezone.localdate().isoformat()
    answer = visitor(who).get(f"/dashboards/merger/?on={day}")
    assert answer.status_code == status
    if role == "hr":
        values = {item["label"]: item["value"] for item in answer.context["headline"]}
        assert list(values.values())[:2] == ["3", "3"]


def test_the_workbench_names_what_waits_for_whom(db, officer, account, visitor):
    second = account("governance")
    member = patrol(1)[0]
    found = cycle()
    examiner(found, officer)
    score(found, officer, {member: 90})
    given = programme(found)
    propose(given, officer)
    address = f"/personnel/programme/{given.pk}/change/"
    assert address in visitor(second).get("/").content.decode()
    assert address not in visitor(officer).get("/").content.decode()


def found_on(browser, path, address):
    return address in browser.get(path).content.decode()


def test_who_stands_in_finds_the_proposal_and_the_button_when_it_is_late(db, officer, account, visitor):
    members, found, today = patrol(1), cycle(), timezone.localdate()
    examiner(found, officer)
    score(found, officer, {members[0]: 90})
    given = programme(found, confirming_roles=["governance"], standin_roles=["hr"], confirm_by=today)
    propose(given, officer)
    stand_in, page = visitor(account("hr", username="stand-in")), f"/personnel/programme/{given.pk}/change/"
    button = f"/personnel/programme/{given.pk}/confirm/"
    assert not found_on(stand_in, "/", page)
    assert not found_on(stand_in, page, button)
    with as_root("test"):
        Programme.objects.filter(pk=given.pk).update(confirm_by=today - timedelta(1))
    assert found_on(stand_in, "/", page)
    assert found_on(stand_in, page, button)
    assert not found_on(visitor(officer), page, button), "nobody confirms their own, standing in or not"


def test_the_workbench_names_what_is_to_be_proposed_and_what_is_to_be_carried_out(db, officer, account, visitor):
    second, found = account("governance"), cycle()
    members = patrol(2)
    examiner(found, officer)
    score(found, officer, dict.fromkeys(members, 30))
    given = programme(found)
    page = f"/personnel/programme/{given.pk}/change/"
    assert found_on(visitor(officer), "/", page), "the assessment is over"
    propose(given, officer)
    assert not found_on(visitor(officer), "/", page)
    confirm(given, second)
    assert found_on(visitor(officer), "/", page), "it is to be carried out"
    with as_account(second):
        appeals.record(Assessment.objects.get(member=members[0]), second, TODAY, "成绩有误")
    assert not found_on(visitor(officer), "/", page), "an appeal is in the way"
    assert not found_on(visitor(officer), page, f"/personnel/programme/{given.pk}/carry-out/")


def test_the_workbench_names_results_that_are_to_be_closed(db, officer, account, visitor):
    found = cycle()
    page = f"/personnel/assessmentcycle/{found.pk}/results/"
    assert found_on(visitor(officer), "/", page), "its days are over"
    assert not found_on(visitor(account("staff", TOWN)), "/", page)
    with as_root("test"):
        type(found).objects.filter(pk=found.pk).update(closed_on=TODAY, closed_by=officer.pk)
    assert not found_on(visitor(officer), "/", page)


def test_an_appeal_in_another_assessment_holds_up_no_merger(db, officer, account, visitor):
    second, judge, found, other = account("governance"), account("hr"), cycle(), cycle(name="另一次考核")
    members = patrol(1)
    for each in (found, other):
        examiner(each, officer)
        score(each, officer, {members[0]: 90})
    with as_account(judge):
        results.close(other, judge, TODAY)
        appeals.record(Assessment.objects.get(cycle=other), judge, TODAY, "成绩有误")
    given = programme(found)
    propose(given, officer)
    confirm(given, second)
    assert carry_out(given, officer).counts.absorbed == 1


def test_the_command_asks_the_role_and_says_json(merged, account, capsys):
    account("staff", TOWN, username="town")
    call_command("merger", "simulate", merged["programme"].name, "--as", "town", "--json")
    assert '"candidates": 1' in capsys.readouterr().out
    with pytest.raises(CommandError) as refusal:
        call_command("merger", "propose", str(merged["programme"].pk), "--as", "town", "--json")
    assert refusal.value.returncode == 2
    assert '"not_yours"' in capsys.readouterr().out
    with as_root("test"):
        assert Programme.objects.count() == 1


def test_a_programme_is_defined_by_its_form_and_its_terms_stay_while_a_proposal_stands(db, officer, visitor):
    member = patrol(1)[0]
    found = cycle()
    examiner(found, officer)
    score(found, officer, {member: 90})
    employer = programme(found).employer
    form = {
        "name": "新并轨", "from_force": "patrol", "into_force": "auxiliary", "merged_on": "2014-07-01",
        "cycle": found.pk,
        "pass_mark": "60.5", "exempt_cohorts": "2003，2004", "employer": employer.pk, "former_title": "公建治安员",
        "task_days": "30", "appeal_days": "0", "proposing_roles": ["hr"], "confirming_roles": ["governance"],
        "failed_sponsor": "town", "follow_ups": ["contract", "kit"], "indicators": ["title"],
    }  # fmt: skip
    browser = visitor(officer)
    assert browser.post("/personnel/programme/add/", form).status_code == 302
    with as_root("test"):
        given = Programme.objects.get(name="新并轨")
        assert (given.pass_mark, given.exempt_cohorts) == (6050, [2003, 2004])
        assert (given.failed_sponsor, given.follow_ups) == ("town", ["contract", "kit"])
    browser.post(f"/personnel/programme/{given.pk}/propose/", {"mark": "60"})
    terms = f"/personnel/programme/{given.pk}/change/?terms=1"
    refused = browser.post(terms, form | {"merged_on": "2014-08-01"})
    assert refused.status_code == 200
    assert "merged_on" in refused.context["adminform"].form.errors
    refused = browser.post(terms, form | {"failed_sponsor": "village", "follow_ups": ["kit"]})
    assert {"failed_sponsor", "follow_ups"} <= refused.context["adminform"].form.errors.keys()
    assert browser.post(terms, form | {"name": "改名"}).status_code == 302


def test_a_closed_cycle_is_read_only(db, officer, visitor):
    found = cycle(closed_on=TODAY, closed_by=officer.pk)
    answer = visitor(officer).get(f"/personnel/assessmentcycle/{found.pk}/change/")
    assert 'name="_save"' not in answer.content.decode()


def test_a_merged_person_is_missing_in_unification_until_the_tasks_are_done(merged, officer, visitor):
    browser, address = visitor(officer), f"/personnel/programme/{merged['programme'].pk}/unification/"
    with as_account(officer):
        MergerTask.objects.filter(kind__in=["kit", "contract"]).update(done_on=timezone.localdate())
    answer = browser.get(address)
    assert [one["met"] for one in answer.context["indicators"]] == [2, 2, 0, 0]
    assert len(browser.get(f"{address}?indicator=insignia").context["rows"]) == 0
    assert len(browser.get(f"{address}?indicator=contract").context["rows"]) == 2
    sheet = browser.post(f"/personnel/programme/{merged['programme'].pk}/missing/?indicator=contract")
    assert len(sheet.content.decode("utf-8-sig").strip().splitlines()) == 4


@pytest.mark.parametrize("model", ["assessment", "appeal", "placement"])
def test_a_row_whose_person_has_moved_away_is_no_fault_for_the_old_town(merged, account, visitor, model):
    with as_root("test"):
        Member.objects.filter(name=merged["name"]).update(unit_id=TOWN)
    browser, key = visitor(account("staff", OTHER_TOWN)), merged["pages"][model]
    assert browser.get(f"/personnel/{model}/").status_code == 200
    assert browser.get(f"/personnel/{model}/{key}/change/").status_code == 302
    assert browser.get(f"/personnel/programme/{merged['programme'].pk}/change/").status_code == 200
