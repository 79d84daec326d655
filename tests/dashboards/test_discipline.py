"""The board of discipline and the workbench: for the offices that handle cases, each number leading to its list."""

import pytest

from dashboards.discipline import SMALL
from tests.conftest import OTHER_VILLAGE, TOWN, VILLAGE
from tests.personnel.disciplining import decided, propose, record, somebody

PAGE = "/dashboards/discipline/"


@pytest.fixture
def office(account):
    return account("governance", username="office")


@pytest.fixture
def cases(db, officer, office):
    """Twelve people in a village, one elsewhere; a case decided, one unfounded, one overdue, one to be confirmed."""
    people = [somebody(f"苏试{n}")[0] for n in range(12)]
    elsewhere, _service = somebody("外试", unit=OTHER_VILLAGE)
    decided(record(officer, people[0]), officer, office)
    decided(record(officer, people[1]), officer, office, "unfounded", document="")
    record(officer, people[2], occurred=50, reported=40)
    propose(record(officer, people[3]), officer)
    decided(record(officer, elsewhere), officer, office, "talk", document="")


def test_every_number_of_the_board_opens_a_list_of_so_many_cases(cases, office, visitor):
    browser = visitor(office)
    board = browser.get(PAGE).context
    numbers = [each for each in board["headline"] if each["value"].isdecimal()]
    for table in board["tables"]:
        rows = [*table["rows"], *filter(None, [table.get("total")])]
        numbers += [cell for row in rows for cell in row["cells"] if cell["url"]]
    assert len(numbers) > 10
    for each in numbers:
        assert browser.get(each["url"]).context["cl"].result_count == int(each["value"]), each


def test_the_board_tells_rates_and_where_there_are_too_few_people(cases, office, visitor):
    by_unit, by_force = visitor(office).get(PAGE).context["tables"]
    told = {row["label"]: [cell["value"] for cell in row["cells"]] for row in by_unit["rows"]}
    assert [cell["value"] for cell in by_unit["total"]["cells"]] == [
        "2", "13", f"{2000 / 13:.2f}", "–", "3", "100.0%", "2", "1",
    ]  # fmt: skip
    assert told["东塘街道"] == ["1", "12", f"{1000 / 12:.2f}", "1", "2", "100.0%", "2", "1"]
    assert told["西陂镇"] == ["1", "1", str(SMALL), "–", "1", "100.0%", "0", "0"]
    assert [row["cells"][1]["value"] for row in by_force["rows"]] == ["0", "0", "13", "0"]


def test_the_workbench_tells_what_waits(cases, officer, office, visitor):
    def waiting(account):
        return {
            row["url"].rpartition("=")[2]: row["count"]
            for row in visitor(account).get("/").context["waiting"]
            if "disciplinecase" in row["url"]
        }

    assert waiting(office) == {"mine": "1", "overdue": "1"}
    assert waiting(officer) == {"overdue": "1"}


def test_who_is_dismissed_and_serves_on_is_told_after_some_days(db, officer, office, visitor):
    member, _service = somebody()
    decided(record(officer, member, reported=19), officer, office, "dismissed", decided=16)
    decided(record(officer, somebody("苏试乙")[0]), officer, office, "dismissed", decided=2)
    (row,) = [row for row in visitor(office).get("/").context["waiting"] if "still-serving" in row["url"]]
    browser = visitor(office)
    assert (row["count"], browser.get(row["url"]).context["cl"].result_count) == ("1", 1)


@pytest.mark.parametrize(("role", "unit"), [("clerk", VILLAGE), ("staff", TOWN), ("finance", None), ("training", None)])
def test_nobody_else_is_led_to_the_board_or_gets_it(cases, account, visitor, role, unit):
    browser = visitor(account(role, unit) if unit else account(role))
    assert browser.get(PAGE).status_code == 403
    for page in ("/", "/dashboards/strength/"):
        assert "discipline" not in browser.get(page).content.decode()


@pytest.mark.parametrize("asked", [{"unit": "x"}, {"unit": "440199100000000"}, {"unit": "120199000000"}])
def test_a_unit_that_is_none_or_foreign_is_not_found(db, officer, visitor, asked):
    assert visitor(officer).get(PAGE, asked).status_code == 404


@pytest.mark.parametrize("asked", [{"on": "gestern"}, {"on": "2999-01-01"}, {"force": "militia"}])
def test_a_question_that_makes_no_sense_is_answered_as_far_as_it_does(db, officer, visitor, asked):
    assert visitor(officer).get(PAGE, asked).status_code == 200
