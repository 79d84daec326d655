"""Rosters as a Resource of django-import-export: what a script that is written for that library gets."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from import_export.exceptions import ImportError as ImportFailed
from import_export.results import Result, RowResult
from tablib import Dataset

from organization.models import SecurityEvent, Unit
from organization.scope import as_account, as_root
from personnel import codes
from personnel.models import Card, ImportedLine, Member, RosterImport, TransferRequest
from personnel.roster.resource import RosterResource
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.roster.people import HEADER, name, number, person, table

pytestmark = pytest.mark.django_db


def dataset(*rows, header=HEADER):
    titles, *lines = table(rows, header)
    return Dataset(*lines, headers=titles)


def people(*serials):
    return dataset(*(person(serial) for serial in serials))


def imported(account, data, **options):
    with as_account(account):
        return RosterResource().import_data(data, **options)


def types(result):
    return [row.import_type for row in result.rows]


def totals(result):
    return {kind: count for kind, count in result.totals.items() if count}


def bad_person(serial):
    return person(serial, 身份证号=number(serial)[:17] + "?")


def test_a_dry_run_answers_with_the_librarys_result_and_writes_nothing(clerk):
    result = imported(clerk, people(1, 2), dry_run=True)
    assert isinstance(result, Result)
    assert (result.total_rows, totals(result)) == (2, {"new": 2})
    assert (result.has_errors(), result.has_validation_errors(), result.batch) == (False, False, None)
    assert all(isinstance(row, RowResult) and row.is_new() for row in result)
    assert [row.object_repr for row in result.rows] == [name(1), name(2)]
    with as_account(clerk):
        assert not Member.objects.exists()
        assert not RosterImport.objects.exists()


def test_an_import_is_in_the_register_and_says_under_which_keys(clerk):
    result = imported(clerk, people(1, 2), file_name="七月.xlsx")
    with as_account(clerk):
        members = {member.name: member for member in Member.objects.all()}
        batch = RosterImport.objects.get(pk=result.batch)
        assert ImportedLine.objects.filter(roster=batch, fate="create").count() == 2
    assert totals(result) == {"new": 2}
    assert [row.object_id for row in result.rows] == [members[name(1)].pk, members[name(2)].pk]
    assert members[name(2)].id_number == number(2)
    assert (batch.file_name, batch.counts["create"]) == ("七月.xlsx", 2)


def test_what_is_known_already_is_skipped_and_what_changed_is_updated(clerk):
    imported(clerk, people(1, 2))
    result = imported(clerk, dataset(person(1), person(2, 职务="中队长", 联系电话="13900000002")))
    assert types(result) == ["skip", "update"]
    with as_account(clerk):
        second = Member.objects.get(name=name(2))
    assert (result.rows[1].object_id, second.phone) == (second.pk, "13900000002")


def test_a_change_shows_old_and_new_under_the_headers_of_the_dataset(clerk):
    imported(clerk, people(1, 2))
    result = imported(clerk, dataset(person(1, 职务="<b>中队长"), person(3)), dry_run=True)
    changed, new = (dict(zip(result.diff_headers, row.diff, strict=True)) for row in result.rows)
    assert result.diff_headers == HEADER
    assert "<del" in changed["职务"]
    assert "队员" in changed["职务"]
    assert "&lt;b&gt;中队长" in changed["职务"]
    assert "<ins" not in changed["姓名"]
    assert "<ins" in new["姓名"]
    assert "<del" not in new["姓名"]


def test_a_phone_that_differs_shows_nothing_of_the_old_one(clerk):
    imported(clerk, people(1))
    result = imported(clerk, dataset(person(1, 联系电话="13900000001")), dry_run=True)
    assert "13800000001" not in "".join(result.rows[0].diff)


def test_a_rejected_row_is_invalid_under_its_column_with_the_reason(clerk):
    result = imported(clerk, dataset(person(1), bad_person(2)), dry_run=True)
    assert types(result) == ["new", "invalid"]
    assert (result.has_errors(), result.has_validation_errors()) == (False, True)
    (row,) = result.invalid_rows
    assert (row.number, row.values[HEADER.index("姓名")], row.error_count) == (2, name(2), 1)
    assert list(row.field_specific_errors) == ["身份证号"]
    assert row.field_specific_errors["身份证号"][0]
    assert result.rows[1].validation_error is row.error


def test_one_bad_row_keeps_all_out_and_is_an_error_of_the_whole(clerk, account):
    result = imported(clerk, dataset(person(1), bad_person(2)))
    assert (totals(result), result.batch) == ({"new": 1, "invalid": 1}, None)
    assert result.has_errors()
    assert len(result.base_errors) == 1
    with as_account(clerk):
        assert not Member.objects.exists()
        assert not RosterImport.objects.exists()
    with as_account(account("auditor")):
        assert SecurityEvent.objects.filter(kind="import_failed").count() == 1


def test_the_good_rows_go_in_alone_when_that_is_asked_for(clerk):
    result = imported(clerk, dataset(person(1), bad_person(2)), partial=True)
    assert (totals(result), result.has_errors(), result.has_validation_errors()) == (
        {"new": 1, "invalid": 1}, False, True,
    )  # fmt: skip
    with as_account(clerk):
        assert [member.name for member in Member.objects.all()] == [name(1)]


@pytest.mark.parametrize("strict", ["raise_errors", "rollback_on_validation_errors"])
def test_partial_gives_way_to_whoever_wants_no_errors(clerk, strict):
    with as_account(clerk):
        with suppress(ImportFailed):
            RosterResource().import_data(dataset(person(1), bad_person(2)), partial=True, **{strict: True})
        assert not Member.objects.exists()


def test_errors_are_raised_as_the_library_raises_them_but_without_the_row(clerk):
    with as_account(clerk):
        with pytest.raises(ImportFailed) as caught:
            RosterResource().import_data(dataset(person(1), bad_person(2)), raise_errors=True)
        assert caught.value.number == 2
        assert "身份证号" in str(caught.value)
        assert number(1)[:17] not in str(caught.value)
        assert number(2)[:17] not in str(caught.value)
        assert not Member.objects.exists()


def test_a_number_in_the_wrong_column_is_not_repeated_in_what_is_said_of_it(clerk):
    result = imported(clerk, dataset(person(1, 文化程度=number(1))), dry_run=True)
    said = str(result.rows[0].validation_error)
    assert "文化程度" in said
    assert number(1) not in said


def test_failed_rows_are_collected_with_their_reasons(clerk):
    header = [*HEADER, "姓名"]  # the second column of a name loses nothing
    data = dataset(person(1), bad_person(2), header=HEADER)
    result = imported(clerk, data, dry_run=True, collect_failed_rows=True)
    assert result.failed_dataset.headers == [*HEADER, "Error"]
    assert result.failed_dataset["姓名"] == [name(2)]
    assert result.failed_dataset["Error"][0]
    twice = dataset(bad_person(2), header=header)
    result = imported(clerk, twice, dry_run=True, collect_failed_rows=True)
    assert len(result.invalid_rows[0].values) == len(header)


def test_keys_of_fields_are_headers_too(clerk):
    data = Dataset(
        (name(1), number(1), "男", "高中", date(2014, 7, 1), "队员", "13800000001", "李家属", "13800000009"),
        headers=["name", "id_number", "sex", "education", "started_on", "post", "phone", "contact_name",
                 "contact_phone"],
    )  # fmt: skip
    result = imported(clerk, data)
    assert totals(result) == {"new": 1}
    with as_account(clerk):
        member = Member.objects.get()
        assert (member.education, member.assignments.get().started_on) == ("61", date(2014, 7, 1))
        assert member.emergency_contacts.get().name == "李家属"


def test_mistakes_are_told_under_the_scripts_own_headers(clerk):
    data = Dataset((name(1), number(1)[:17] + "?"), headers=["name", "id_number"])
    result = imported(clerk, data, dry_run=True)
    assert result.diff_headers == ["name", "id_number"]
    assert list(result.invalid_rows[0].field_specific_errors) == ["id_number"]


def test_a_sheet_that_begins_with_a_title_keeps_its_row_numbers(clerk):
    header, *rows = table([person(1), bad_person(2)])
    blank = [None] * (len(HEADER) - 1)
    data = Dataset(header, *rows, ["合计", "2人", *blank[1:]], headers=["东塘第一社区联防队员花名册", *blank])
    result = imported(clerk, data, dry_run=True)
    assert types(result) == ["skip", "new", "invalid", "skip"]
    assert [row.number for row in result.invalid_rows] == [3]
    assert list(result.invalid_rows[0].field_specific_errors) == ["身份证号"]


def test_cells_of_any_type_are_read_and_none_breaks_the_import(clerk):
    strange = person(1, 序号=Decimal("1.5"), 职务="队\x00员\ud800", 入队时间=date(2014, 7, 1), 备注=object())
    result = imported(clerk, dataset(strange, header=[*HEADER, "备注\x00"]))
    assert totals(result) == {"new": 1}
    with as_account(clerk):
        assert Member.objects.get().assignments.get().post == "队员"


def test_a_dataset_that_lists_nobody_is_an_error_of_the_whole(clerk):
    for data in (Dataset(), Dataset(("a", "b"), headers=["x", "y"]), Dataset(headers=HEADER)):
        result = imported(clerk, data, dry_run=True)
        assert (result.has_errors(), result.rows) == (True, [])
        assert str(result.base_errors[0].error)
    with pytest.raises(ImportFailed):
        imported(clerk, Dataset(headers=HEADER), raise_errors=True)


def test_an_open_question_about_a_column_is_an_error_until_it_is_answered(clerk):
    header = [*HEADER, "参加工作时间"]
    data = dataset(person(1, 参加工作时间="2013-05-01"), header=header)
    result = imported(clerk, data)
    assert result.has_errors()
    (question,) = result.questions
    assert str(question["text"]) in str(result.base_errors[0].error)
    result = imported(clerk, data, answers={question["id"]: "ignore"})
    assert (result.has_errors(), totals(result)) == (False, {"new": 1})


def test_a_row_that_asks_is_invalid_until_it_is_answered(root, clerk):
    with as_root("test"):
        serve(MemberFactory(unit=Unit.objects.get(code=OTHER_VILLAGE), name=name(1), id_number=number(1)))
    result = imported(clerk, people(1, 2), dry_run=True)
    assert types(result) == ["invalid", "new"]
    assert result.rows[0].object_id is None
    answer = {result.questions[0]["id"]: "transfer"}
    result = imported(clerk, people(1, 2), answers=answer)
    assert types(result) == ["skip", "new"]
    with as_account(clerk):
        assert TransferRequest.objects.count() == 1


def test_what_only_the_database_knows_is_an_error_of_the_row(root, clerk):
    with as_root("test"):
        member = MemberFactory(unit=Unit.objects.get(code=OTHER_VILLAGE), name=name(1), id_number=number(1))
        serve(member, since="2014-01-01", until="2015-01-01")
        Member.objects.filter(pk=member.pk).update(unit=VILLAGE)
    result = imported(clerk, people(1, 2))
    assert types(result) == ["error", "new"]
    assert [number for number, errors in result.row_errors()] == [1]
    assert (result.has_errors(), result.batch) == (True, None)
    with as_account(clerk):
        assert not Member.objects.filter(name=name(2)).exists()


def test_the_unit_is_the_accounts_own_or_one_below_it(account, clerk):
    town = account("staff", TOWN)
    result = imported(town, people(1), unit=SECOND_VILLAGE)
    assert totals(result) == {"new": 1}
    with as_account(town):
        assert Member.objects.get().unit_id == SECOND_VILLAGE
    for unit in (OTHER_VILLAGE, TOWN, "nonsense"):
        result = imported(clerk, people(2), unit=unit)
        assert (result.has_errors(), result.rows) == (True, [])


def test_a_force_can_be_named(clerk):
    assert totals(imported(clerk, people(1), force="volunteer")) == {"new": 1}
    with as_account(clerk):
        assert Member.objects.get().assignments.get().force == "volunteer"
    assert imported(clerk, people(2), force="navy").has_errors()
    assert imported(clerk, people(2), force="auxiliary").has_validation_errors()


def test_without_the_scope_of_an_account_that_imports_there_is_nothing(account, root):
    with pytest.raises(PermissionDenied, match="as_account"):
        RosterResource().import_data(people(1), dry_run=True)
    with as_account(account("governance")), pytest.raises(PermissionDenied):
        RosterResource().import_data(people(1), dry_run=True)


def test_a_stranger_sees_nothing_of_it(clerk, stranger):
    imported(clerk, people(1))
    result = imported(stranger, people(1), dry_run=True)
    assert types(result) == ["invalid"]
    assert (result.rows[0].object_id, result.rows[0].object_repr) == (None, None)
    assert "东塘" not in str(result.rows[0].validation_error)


def test_the_number_of_queries_is_the_same_for_ten_times_the_rows(clerk):
    with CaptureQueriesContext(connection) as few:
        imported(clerk, people(*range(1, 6)))
    with CaptureQueriesContext(connection) as many:
        imported(clerk, people(*range(101, 151)))
    assert len(many) == len(few)


def test_a_column_that_is_missing_altogether_is_an_error_of_the_whole(clerk):
    data = dataset(person(1), header=["姓名", "联系电话", "性别"])
    result = imported(clerk, data, dry_run=True)
    assert "身份证号" in str(result.base_errors[0].error)


# --- what was exported reads as unchanged -----------------------------------------------------------------------------

texts = st.text("东塘路一二三号ABCabc0123 -+=@（）()、，", max_size=20).map(lambda text: " ".join(text.split()))


def code(kind):
    return st.none() | st.sampled_from([value for value, _label in codes.choices(kind)])


members = st.fixed_dictionaries(
    {
        "name": st.text("陈李黄明华强丽芳", min_size=2, max_size=4),
        "ethnicity": code("ethnicity"),
        "political": code("political"),
        "education": code("education"),
        "marital": code("marital"),
        "occupation": code("occupation"),
        "military": code("military"),
        "household": st.sampled_from(["", *Member.Household.values]),
        "phone": st.none() | st.integers(0, 10**8 - 1).map(lambda n: f"138{n:08d}"),
        "address": texts,
        "household_address": texts,
        "remark": texts,
        "specialty": texts,
        "native_place": texts,
    }
)
services = st.fixed_dictionaries(
    {
        "post": texts,
        "grade": texts,
        "started_on": st.dates(date(2003, 6, 1), date(2014, 6, 30)),
        "contract_from": st.none() | st.dates(date(2010, 1, 1), date(2013, 12, 31)),
        "contract_until": st.none() | st.dates(date(2014, 1, 1), date(2030, 12, 31)),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(members, services), min_size=1, max_size=4))
def test_what_an_export_wrote_an_import_reads_as_unchanged(clerk, drawn):
    with transaction.atomic():
        with as_root("test"):
            unit = Unit.objects.get(code=VILLAGE)
            for serial, (member, service) in enumerate(drawn, 1):
                one = MemberFactory(unit=unit, id_number=number(2 * serial + 1), birth_date=date(1985, 3, 1), **member)
                since = service["started_on"].isoformat()
                serve(one, since=since, **{key: value for key, value in service.items() if key != "started_on"})
        with as_account(clerk):
            data = RosterResource().export()
            assert len(data) == Card.objects.count() == len(drawn)
            result = RosterResource().import_data(data, dry_run=True)
        problems = [row.error_dict for row in result.invalid_rows] + [str(one.error) for one in result.base_errors]
        changed = [row.diff for row in result.rows if not row.is_skip()]
        transaction.set_rollback(True)
    assert (problems, changed) == ([], [])
    assert types(result) == ["skip"] * len(drawn)
