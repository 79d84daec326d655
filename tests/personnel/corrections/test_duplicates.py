"""Likely duplicates are found in one's own range, compared, merged, or kept apart."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organization import belonging
from organization.models import TrailEntry
from organization.scope import as_account, as_root
from personnel.corrections.duplicates import Pairs, common_unit, mark_different
from personnel.models import DifferentPeople, FileMerge, Member
from tests.conftest import DISTRICT, OTHER_VILLAGE, SECOND_VILLAGE, STATION, TOWN, VILLAGE
from tests.factories import MemberFactory, id_number, serve

OURS = ("joint_defence", "volunteer", "guard")
LIST = reverse("admin:personnel_filemerge_duplicates")


def twin(unit=VILLAGE, name="梁试双", born=date(1980, 3, 15), **fields):
    twin.sequence = getattr(twin, "sequence", 100) + 1
    return MemberFactory(unit_id=unit, name=name, birth_date=born, id_number=id_number(twin.sequence, born), **fields)


@pytest.fixture
def pair(root):
    first, second = twin(), twin(SECOND_VILLAGE)
    serve(first)
    serve(second, since="2013-01-01")
    return first, second


def found(unit=TOWN, forces=OURS):
    return [({one.first.pk, one.second.pk}, one.reasons) for one in Pairs(belonging.reach(unit), forces)[0:50]]


@pytest.mark.parametrize(
    ("other", "reasons"),
    [
        ({}, ("birth",)),
        ({"phone": "13900010001"}, ("birth", "phone")),
        ({"name": "别名乙", "phone": "13900010001"}, ("phone",)),
        ({"born": date(1980, 3, 16)}, ("slip",)),
        ({"born": date(1980, 5, 15)}, ("slip",)),
        ({"born": date(1981, 3, 15)}, ("slip",)),
    ],
)
def test_what_looks_like_one_person_is_found(root, other, reasons):
    first, second = twin(phone="13900010001"), twin(**other)
    assert found() == [({first.pk, second.pk}, reasons)]


@pytest.mark.parametrize(
    "other", [{"name": "别名乙"}, {"born": date(1981, 3, 16)}, {"born": date(1981, 3, 15), "sex": "female"}]
)
def test_what_does_not_is_left_alone(root, other):
    twin()
    twin(**other)
    assert found() == []
    assert Pairs(belonging.reach(TOWN), OURS).count() == 0


def test_a_file_of_another_town_is_never_in_a_pair(root, staff):
    twin()
    twin(OTHER_VILLAGE)
    with as_account(staff):
        assert found(DISTRICT) == []


def test_pairs_of_other_offices_are_not_shown(root):
    serve(twin(), force="auxiliary")
    serve(twin(), force="auxiliary")
    assert found() == []
    assert len(found(forces=("auxiliary",))) == 1


def test_two_people_are_not_shown_again_until_somebody_takes_it_back(pair, staff, visitor):
    browser = visitor(staff)
    apart = reverse("admin:personnel_filemerge_apart", args=[pair[1].pk, pair[0].pk])
    assert browser.post(apart, {"reason": "堂兄弟"}).status_code == 302
    mark = DifferentPeople.objects.get()
    assert (mark.first_id, mark.second_id, mark.account_name) == (pair[0].pk, pair[1].pk, staff.name)
    assert browser.get(LIST).context["page"].paginator.count == 0
    browser.post(apart, {"reason": "堂兄弟"})
    assert DifferentPeople.objects.count() == 1
    browser.post(reverse("admin:personnel_differentpeople_take_back", args=[mark.pk]))
    assert browser.get(LIST).context["page"].paginator.count == 1


def test_a_pair_has_one_spelling(pair, root):
    with pytest.raises(IntegrityError), transaction.atomic():
        DifferentPeople.objects.create(
            unit_id=VILLAGE, first_id=pair[1].pk, second_id=pair[0].pk, names="甲、乙", reason="不是", account_name="某"
        )


@pytest.mark.parametrize(
    ("first", "second", "unit"),
    [(VILLAGE, VILLAGE, VILLAGE), (VILLAGE, SECOND_VILLAGE, TOWN), (VILLAGE, OTHER_VILLAGE, DISTRICT)],
)
def test_a_mark_lies_where_both_files_are_seen(first, second, unit):
    assert common_unit(first, second, DISTRICT) == unit


def test_a_merge_in_the_browser_is_previewed_done_and_taken_back(pair, staff, visitor):
    first, second = pair
    browser = visitor(staff)
    compare = reverse("admin:personnel_filemerge_compare", args=[first.pk, second.pk])
    seen = browser.get(compare).context["form"].initial["seen"]
    done = browser.post(compare, {"reason": "同一人", "seen": seen})
    record = FileMerge.objects.get()
    assert done["Location"] == reverse("admin:personnel_filemerge_change", args=[record.pk])
    assert browser.post(compare, {"reason": "同一人", "seen": seen}).status_code == 302  # pressed twice
    assert browser.get(done["Location"]).status_code == 200
    back = reverse("admin:personnel_filemerge_separate", args=[record.pk])
    assert browser.post(back).status_code == 302
    assert browser.post(back).status_code == 302
    assert Member.objects.filter(pk__in=[first.pk, second.pk]).count() == 2


def test_what_changed_since_is_named_on_the_page(pair, staff, visitor):
    first, second = pair
    browser = visitor(staff)
    compare = reverse("admin:personnel_filemerge_compare", args=[first.pk, second.pk])
    browser.post(compare, {"reason": "同一人", "seen": browser.get(compare).context["form"].initial["seen"]})
    Member.objects.filter(pk=first.pk).update(address="东塘路1号")
    answer = browser.post(reverse("admin:personnel_filemerge_separate", args=[FileMerge.objects.get().pk]))
    assert answer.status_code == 409
    assert "地址" in answer.content.decode()


def test_a_change_since_the_preview_is_said_before_anything_is_merged(pair, staff, visitor):
    first, second = pair
    browser = visitor(staff)
    compare = reverse("admin:personnel_filemerge_compare", args=[first.pk, second.pk])
    seen = browser.get(compare).context["form"].initial["seen"]
    Member.objects.filter(pk=second.pk).update(address="东塘路1号")
    assert browser.post(compare, {"reason": "同一人", "seen": seen}).context["form"].non_field_errors()
    assert not FileMerge.objects.exists()


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [("staff", TOWN, 200), ("clerk", VILLAGE, 404), ("clerk", OTHER_VILLAGE, 404), ("hr", STATION, 404),
     ("hr", DISTRICT, 403), ("governance", DISTRICT, 403)],
)  # fmt: skip
def test_three_people_and_the_comparison(pair, account, visitor, role, unit, status):
    compare = reverse("admin:personnel_filemerge_compare", args=[pair[0].pk, pair[1].pk])
    assert visitor(account(role, unit)).get(compare).status_code == status


def test_a_stranger_can_take_back_nothing(pair, staff, stranger, visitor):
    with as_account(staff):
        mark = mark_different(pair, "堂兄弟", staff)
    with as_root("test"):
        assert DifferentPeople.objects.standing().count() == 1
    assert (
        visitor(stranger).post(reverse("admin:personnel_differentpeople_take_back", args=[mark.pk])).status_code == 404
    )


def test_marking_is_in_the_trail(pair, staff, account):
    with as_account(staff):
        mark_different(pair, "堂兄弟", staff)
    with as_account(account("auditor")):
        assert TrailEntry.objects.get(table="personnel_differentpeople").actor == staff.pk


@pytest.mark.parametrize("address", [LIST, reverse("admin:personnel_withdrawnfile_changelist")])
def test_the_number_of_queries_does_not_grow_with_the_pairs(pair, staff, visitor, address):
    browser = visitor(staff)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    few = queries()
    for n in range(6):
        serve(twin(name=f"梁试{chr(0x4E01 + n)}"))
        serve(twin(name=f"梁试{chr(0x4E01 + n)}"))
    assert queries() == few <= 25


def test_the_workbench_counts_the_pairs_it_leads_to(pair, staff, visitor):
    browser = visitor(staff)
    (row,) = (row for row in browser.get("/").context["gaps"] if row["url"] == LIST)
    assert int(row["count"]) == browser.get(LIST).context["page"].paginator.count == 1
