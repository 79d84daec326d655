"""Quick entry through the pages: a grid is judged row by row as rosters are, and saved whole, once, with a way back."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import SecurityEvent
from organization.scope import as_account, as_root
from personnel.models import Member, RosterImport
from personnel.quick_entry.columns import NEEDED, OFFERED
from tests.conftest import DISTRICT, OTHER_VILLAGE, SECOND_VILLAGE, STATION, TOWN, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.roster.people import name, number
from tests.personnel.roster.sending import send
from tests.security.sending import said

PAGE = "/personnel/rosterimport/quick/"
CHECK = f"{PAGE}check/"


def cells(row, serial, **changed):
    """The cells of one person in a row of the grid."""
    person = {
        "name": name(serial), "id_number": number(serial), "phone": f"138{serial:08d}", "education": "高中",
        "political": "群众", "post": "队员", "started_on": "2014-07-01",
    } | changed  # fmt: skip
    return {f"c{row}-{key}": value for key, value in person.items()}


def grid(*rows, key=None, **more):
    found = {"_draft": str(key or uuid.uuid4())} | more
    for one in rows:
        found |= one
    return found


def judged(browser, row, query="", **more):
    return browser.post(f"{CHECK}{query}", row | more).json()


def people(account):
    with as_account(account):
        return sorted(Member.objects.values_list("name", flat=True))


# --- judging a row ----------------------------------------------------------------------------------------------------


def test_a_right_row_is_new_and_its_cells_come_back_as_the_register_writes_them(visitor, clerk):
    told = judged(visitor(clerk), cells(1, 1, education="高中毕业", political="普通公民", started_on="2014.7.1"))
    assert (told["row"], told["fate"]) == (1, "create")
    values = {key: told["cells"][key]["value"] for key in ("education", "political", "started_on")}
    assert list(values.values()) == ["普通高中毕业", "群众", "2014-07-01"]
    assert told["about"].endswith("1985-03-01")
    assert people(clerk) == []


@pytest.mark.parametrize(
    ("wrong", "key", "level"),
    [
        ({"id_number": number(1)[:17] + ("1" if number(1)[17] != "1" else "2")}, "id_number", "problem"),
        ({"id_number": ""}, "id_number", "problem"),
        ({"name": ""}, "name", "problem"),
        ({"started_on": "2014-06-31"}, "started_on", "problem"),
        ({"started_on": "2001-01-01"}, "started_on", "problem"),
        ({"education": "扫盲班"}, "education", "question"),
        ({"phone": "1380000"}, "phone", "notice"),
    ],
)
def test_a_wrong_cell_is_named_as_the_import_of_a_file_names_it(visitor, clerk, wrong, key, level):
    cell = judged(visitor(clerk), cells(1, 1, **wrong))["cells"][key]
    headers = ["姓名", "身份证号", "联系电话", "文化程度", "政治面貌", "职务", "入职时间"]
    row = cells(1, 1, **wrong)
    step = send(clerk, [headers, list(row.values())]).plan.steps[0]
    letter = "ABCDEFG"[list(row).index(f"c1-{key}")]
    assert cell["level"] == level
    assert cell["messages"] == [str(one.message) for one in step.row.findings if one.column == letter]


def test_the_same_row_of_a_person_on_file_is_unchanged_and_another_phone_is_a_change(visitor, clerk):
    browser = visitor(clerk)
    browser.post(PAGE, grid(cells(1, 1)))
    assert judged(browser, cells(3, 1))["fate"] == "unchanged"
    told = judged(browser, cells(3, 1, post="班长"))
    assert told["fate"] == "change"
    assert "队员" in str(told["cells"]["post"]["messages"])
    assert told["version"] > 0


def test_somebody_of_another_unit_is_elsewhere_and_nothing_more_is_said(visitor, clerk, root):
    MemberFactory(name="王远方", unit_id=OTHER_VILLAGE, unit=None, id_number=number(1), address="西陂")
    told = judged(visitor(clerk), cells(1, 1))
    assert told["fate"] == "elsewhere"
    assert [choice["value"] for choice in told["questions"][0]["choices"]] == ["skip", "transfer", "second"]
    assert "王远方" not in str(told)
    assert "西陂" not in str(told)


def test_other_units_are_asked_about_twenty_times_an_hour_and_each_time_is_recorded(visitor, clerk, root, account):
    MemberFactory(unit_id=OTHER_VILLAGE, unit=None, id_number=number(1))
    browser = visitor(clerk)
    fates = [judged(browser, cells(1, 1))["fate"] for _ in range(22)]
    assert fates == ["elsewhere"] * 20 + ["create"] * 2
    with as_account(account("auditor")):
        assert SecurityEvent.objects.filter(kind="lookup", actor=clerk.pk).count() == 20
        assert number(1) not in str(list(SecurityEvent.objects.values()))


def test_correcting_another_cell_asks_no_second_time_about_the_same_number(visitor, clerk, account):
    browser = visitor(clerk)
    assert judged(browser, cells(1, 1))["asked"]
    judged(browser, cells(1, 1, phone="13900001111"), known=number(1))
    judged(browser, cells(1, 2), known=number(1))
    with as_account(account("auditor")):
        assert SecurityEvent.objects.filter(kind="lookup", actor=clerk.pk).count() == 2


def test_a_check_takes_the_same_number_of_queries_whatever_is_on_file(visitor, clerk):
    browser = visitor(clerk)
    counts = []
    for many in (1, 20):
        with as_root("test"):
            for _ in range(many):
                serve(MemberFactory())
        judged(browser, cells(1, 1), known="")
        with CaptureQueriesContext(connection) as captured:
            judged(browser, cells(1, 1))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 45, counts


@pytest.mark.parametrize("sent", [{}, {"c1-name": ""}, {"c1-nothing": "x"}, {"c0-name": "x"}, {"c999-name": "x"}])
def test_what_is_no_row_is_no_fault(visitor, clerk, sent):
    assert visitor(clerk).post(CHECK, sent).json() == {"fate": ""}


@pytest.mark.parametrize("odd", ["\0", "\ud800", "=1+1", "<script>", "%s", "{0}", "x" * 5000, "同上"])
def test_odd_text_is_no_fault(visitor, clerk, odd):
    browser = visitor(clerk)
    for key in ("name", "id_number", "phone", "education", "started_on", "post"):
        if odd == "\ud800":
            odd = "\\ud800"
        told = judged(browser, cells(1, 1, **{key: odd}))
        assert told["fate"] in ("create", "reject", "ask")


def test_a_grid_with_every_column_has_no_more_rows_than_a_form_can_send(visitor, clerk, settings):
    page = visitor(clerk).get(PAGE, {"columns": [key for key in OFFERED if key not in NEEDED]}).content.decode()
    most = int(re.search(r'data-most="(\d+)"', page)[1])
    fields = len(re.findall(r'name="c1-', page)) + len(re.findall(r'name="[vf]1"', page))
    assert fields >= len(OFFERED)
    assert 50 < most * (fields + 1) <= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS


# --- saving -----------------------------------------------------------------------------------------------------------


def test_a_squad_is_saved_whole_recorded_as_an_import_and_can_be_taken_back(visitor, clerk):
    browser = visitor(clerk)
    answer = browser.post(PAGE, grid(*(cells(row, row) for row in range(1, 6))))
    assert answer.status_code == 302
    assert len(people(clerk)) == 5
    with as_account(clerk):
        roster = RosterImport.objects.get()
        assert roster.counts["create"] == 5
        assert roster.committed_at
        assert Member.objects.get(name=name(1)).assignments.get().post == "队员"
    assert answer["Location"] == f"/personnel/rosterimport/{roster.pk}/change/"
    assert name(3) in browser.get(answer["Location"]).content.decode()
    browser.post(f"/personnel/rosterimport/{roster.pk}/undo/", {"confirmed": "yes"})
    assert people(clerk) == []


def test_one_wrong_row_keeps_all_out_and_everything_typed_is_still_there(visitor, clerk):
    answer = visitor(clerk).post(PAGE, grid(cells(1, 1), cells(2, 2, started_on="2014-06-31")))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert people(clerk) == []
    for text in (name(1), number(1), number(2), "2014-06-31"):
        assert f'value="{text}"' in page
    assert 'aria-invalid="true"' in page
    with as_account(clerk):
        assert not RosterImport.objects.exists()


def test_the_rows_that_are_right_can_be_saved_alone_and_the_others_stay(visitor, clerk):
    answer = visitor(clerk).post(PAGE, grid(cells(1, 1), cells(2, 2, started_on="2014-06-31"), partial="yes"))
    page = answer.content.decode()
    assert people(clerk) == [name(1)]
    assert f'value="{number(2)}"' in page
    assert f'value="{number(1)}"' not in page


def test_the_same_number_twice_in_the_grid_is_named(visitor, clerk):
    page = said(visitor(clerk).post(PAGE, grid(cells(1, 1), cells(2, 1))))
    assert "第1行" in page or "row 1" in page
    assert people(clerk) == []


def test_the_same_page_sent_twice_is_saved_once(visitor, clerk):
    browser, sent = visitor(clerk), grid(cells(1, 1))
    first, second = browser.post(PAGE, sent), browser.post(PAGE, sent)
    assert first["Location"] == second["Location"]
    with as_account(clerk):
        assert RosterImport.objects.count() == 1


def test_an_untouched_grid_saves_nothing(visitor, clerk):
    assert visitor(clerk).post(PAGE, grid({"c1-name": "  "})).status_code == 200
    with as_account(clerk):
        assert not RosterImport.objects.exists()


def test_a_question_is_answered_in_the_grid_without_a_script(visitor, clerk):
    browser, row = visitor(clerk), cells(1, 1, education="扫盲班")
    page = browser.post(PAGE, grid(row)).content.decode()
    asked = re.search(r'<select name="(q-\w+)"><option value="">.*?<option value="([^"]+)">', page)
    assert people(clerk) == []
    assert browser.post(PAGE, grid(row, **{asked[1]: asked[2]})).status_code == 302
    assert people(clerk) == [name(1)]


def test_somebody_elsewhere_keeps_the_grid_out_and_the_question_is_on_record(visitor, clerk, root, account):
    MemberFactory(name="王远方", unit_id=OTHER_VILLAGE, unit=None, id_number=number(2))
    page = visitor(clerk).post(PAGE, grid(cells(1, 1), cells(2, 2))).content.decode()
    assert "王远方" not in page
    assert people(clerk) == []
    with as_account(account("auditor")):
        kinds = set(SecurityEvent.objects.filter(actor=clerk.pk).values_list("kind", flat=True))
    assert {"lookup", "import_failed"} <= kinds


def test_while_anything_else_is_wrong_other_units_are_not_asked_about(visitor, clerk, root, account):
    MemberFactory(unit_id=OTHER_VILLAGE, unit=None, id_number=number(2))
    page = said(visitor(clerk).post(PAGE, grid(cells(1, 1, started_on="2014-06-31"), cells(2, 2))))
    assert "transfer" not in page
    assert "调入" not in page
    with as_account(account("auditor")):
        assert not SecurityEvent.objects.filter(actor=clerk.pk, kind="lookup").exists()


def test_more_rows_come_without_a_script_and_nothing_is_saved(visitor, clerk):
    page = visitor(clerk).post(PAGE, grid(cells(10, 1), more="yes")).content.decode()
    assert f'value="{number(1)}"' in page
    assert 'name="c20-name"' in page
    assert people(clerk) == []


# --- the present members ----------------------------------------------------------------------------------------------


def loaded(browser, query="?members=on"):
    """All fields of the grid as the page has them."""
    page = browser.get(f"{PAGE}{query}").content.decode()
    return dict(re.findall(r'name="([cvf]\d+(?:-\w+)?|_draft)" value="([^"]*)"', page))


@pytest.fixture
def squad(visitor, clerk):
    browser = visitor(clerk)
    browser.post(PAGE, grid(*(cells(row, row) for row in range(1, 4))))
    return browser


def test_the_present_members_come_with_the_page_and_an_untouched_one_changes_nothing(squad, clerk):
    form = loaded(squad)
    assert {form[f"c{row}-name"] for row in (1, 2, 3)} == {name(1), name(2), name(3)}
    assert form["c1-id_number"] == number(1)
    answer = squad.post(PAGE, form)
    assert answer.status_code == 200
    with as_account(clerk):
        assert RosterImport.objects.count() == 1


def test_a_corrected_cell_is_a_change_of_that_member_alone(squad, clerk):
    form = loaded(squad) | {"c2-post": "班长"}
    assert squad.post(PAGE, form).status_code == 302
    with as_account(clerk):
        counts = RosterImport.objects.latest("id").counts
        assert (counts["rows"], counts["change"]) == (1, 1)
        assert Member.objects.get(name=form["c2-name"]).assignments.get().post == "班长"


def test_a_member_that_somebody_else_changed_meanwhile_is_not_overwritten(squad, visitor, clerk, account):
    form = loaded(squad)
    other = account("clerk", VILLAGE, name="王同事")
    with as_account(other):
        Member.objects.filter(name=form["c1-name"]).update(address="穗安区一号")
    told = judged(squad, {key: form[key] for key in form if re.match(r"[cvf]1(\D|$)", key)} | {"c1-post": "班长"})
    assert told["fate"] == "reject"
    assert "王同事" in str(told["messages"])
    page = said(squad.post(PAGE, form | {"c1-post": "班长"}))
    assert "王同事" in page
    with as_account(clerk):
        assert Member.objects.get(name=form["c1-name"]).assignments.get().post == "队员"


def test_a_page_of_members_takes_the_same_number_of_queries_for_any_number(visitor, clerk):
    browser = visitor(clerk)
    counts = []
    for many in (1, 20):
        with as_root("test"):
            for _ in range(many):
                serve(MemberFactory())
        browser.get(f"{PAGE}?members=on")
        with CaptureQueriesContext(connection) as captured:
            browser.get(f"{PAGE}?members=on")
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- who may do it where ----------------------------------------------------------------------------------------------


def test_a_town_enters_for_the_village_it_chose_and_for_itself(visitor, account):
    browser = visitor(account("staff", TOWN))
    assert browser.post(f"{PAGE}?unit={SECOND_VILLAGE}", grid(cells(1, 1))).status_code == 302
    assert browser.post(f"{PAGE}?unit={TOWN}", grid(cells(1, 2))).status_code == 302
    with as_root("test"):
        assert sorted(Member.objects.values_list("unit_id", flat=True)) == [TOWN, SECOND_VILLAGE]
        assert {each.assignments.get().sponsor for each in Member.objects.filter(unit=TOWN)} == {"town"}


@pytest.mark.parametrize("unit", [OTHER_VILLAGE, TOWN, DISTRICT, 1, "x", ""])
def test_a_clerk_enters_nobody_into_a_unit_that_is_not_their_own(visitor, clerk, unit):
    browser = visitor(clerk)
    answer = browser.post(f"{PAGE}?unit={unit}", grid(cells(1, 1)))
    assert answer.status_code == 200
    assert judged(browser, cells(1, 1), f"?unit={unit}") == {"fate": ""}
    with as_root("test"):
        assert not Member.objects.exists()


@pytest.mark.parametrize("role", ["finance", "training", "governance", "auditor", "sysadmin", "secadmin"])
def test_roles_that_enter_nobody_are_refused(visitor, account, role):
    browser = visitor(account(role))
    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, grid(cells(1, 1))).status_code == 403
    assert browser.post(CHECK, cells(1, 1)).status_code == 403


def test_three_people_see_the_squad_as_far_as_it_is_theirs(squad, visitor, account, stranger):
    """The town of the village, the district's personnel office, a clerk of another town."""
    town = loaded(visitor(account("staff", TOWN)), f"?unit={VILLAGE}&members=on")
    assert town["c1-id_number"] == number(1)
    office = visitor(account("hr", STATION)).get(f"{PAGE}?members=on").content.decode()
    assert number(1) not in office
    assert name(1) not in office
    foreign = visitor(stranger).get(f"{PAGE}?unit={VILLAGE}&members=on").content.decode()
    assert number(1) not in foreign
    assert name(1) not in foreign


def test_the_forces_are_those_that_the_account_writes(visitor, clerk, officer):
    told = judged(visitor(clerk), cells(1, 1), "?force=auxiliary")
    assert told["fate"] == "create"  # of the usual force: the other is not offered
    office = visitor(officer)
    answer = office.post(f"{PAGE}?unit={STATION}&force=auxiliary", grid(cells(1, 1)))
    assert answer.status_code == 302
    with as_account(officer):
        assert Member.objects.get().assignments.get().force == "auxiliary"
