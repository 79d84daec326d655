"""Real-name levels by unit: they add up, and every number opens the people it counts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organization import belonging
from organization.models import Unit
from organization.scope import as_account
from personnel.figures import realname
from personnel.realname import sightings
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve

TODAY = timezone.localdate()


@pytest.fixture
def people(root, clerk):
    """Three seen and two not in a village, one in its town, a passport in the other town."""
    here = MemberFactory.create_batch(5)
    for member in here:
        serve(member)
    serve(MemberFactory(unit_id=TOWN, unit=None), sponsor="town")
    abroad = MemberFactory(unit_id=OTHER_VILLAGE, unit=None, document="passport", id_number="E12345678")
    serve(abroad)
    # Who serves in two villages is one person of the town.
    serve(here[0], unit_id=SECOND_VILLAGE, force="volunteer")
    with as_account(clerk):
        sightings.record([member.pk for member in here[:3]], "resident_card", TODAY, clerk, ("joint_defence",))


def test_each_unit_has_its_people_by_level(people, officer):
    with as_account(officer):
        whole, here, town, other = realname.by_unit(TODAY, belonging.reach(DISTRICT), [TOWN, OTHER_TOWN])
    assert (whole["seen"], whole["checksum"], whole["declared"]) == (3, 3, 1)
    assert sum(here.values()) == 0
    assert (town["seen"], town["checksum"], sum(other.values())) == (3, 3, 1)


def test_the_past_of_a_closed_unit_stands_with_its_successor(people, officer):
    Unit.objects.filter(pk=VILLAGE).update(closed_on=TODAY, successor=OTHER_VILLAGE)
    with as_account(officer):
        _whole, _here, town, other = realname.by_unit(TODAY, belonging.reach(DISTRICT), [TOWN, OTHER_TOWN])
    assert (sum(town.values()), sum(other.values())) == (1, 6)


@pytest.mark.parametrize(("role", "unit", "total"), [("hr", DISTRICT, 7), ("staff", TOWN, 6), ("clerk", VILLAGE, 5)])
def test_everybody_sees_the_own_unit_and_every_number_opens_its_people(people, account, visitor, role, unit, total):
    browser = visitor(account(role, unit, is_demo=True))
    page = browser.get("/dashboards/realname/")
    table = page.context["table"]
    assert table["total"]["cells"][-1]["value"] == str(total)
    for row in [*table["rows"], table["total"]]:
        for cell in row["cells"]:
            if cell.get("url"):
                listed = browser.get(cell["url"]).context["cl"].result_count
                assert str(listed) == cell["value"].split(" · ")[0]


def test_another_town_is_not_there(people, account, visitor):
    assert visitor(account("staff", TOWN)).get(f"/dashboards/realname/?unit={OTHER_TOWN}").status_code == 404


def test_shares_of_a_row_add_up(people, account, visitor):
    row = visitor(account("staff", TOWN)).get("/dashboards/realname/").context["table"]["total"]
    parts = [cell["value"].split(" · ")[1] for cell in row["cells"][:-1] if " · " in cell["value"]]
    assert sum(float(part.rstrip("%")) for part in parts) == 100.0


def test_the_page_asks_as_many_questions_for_ten_people_as_for_one(root, account, visitor):
    browser = visitor(account("staff", TOWN))

    def questions():
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/dashboards/realname/").status_code == 200
        return len(asked)

    serve(MemberFactory())
    questions()  # the first visit also fills what the process keeps, such as content types
    few = questions()
    for one in MemberFactory.create_batch(10):
        serve(one)
    assert questions() == few
