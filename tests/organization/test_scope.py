"""The wall between units: who sees, who writes, and what a forgotten scope yields."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from organization.models import Account, Employer, SecurityEvent, Unit
from organization.scope import as_account, as_root, gate
from personnel.models import Assignment, BankAccount, Card, HealthRecord, Member
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, STATION, TOWN, VILLAGE
from tests.factories import MemberFactory, id_number, serve

MODELS = [Unit, Account, Employer, SecurityEvent, Member, Card, Assignment, BankAccount, HealthRecord]


def move(members, unit):
    """What a transfer does to the files: one update."""
    members.update(unit=unit)


@pytest.mark.parametrize("model", MODELS)
def test_the_bare_login_may_read_no_table(db, model):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        list(model.objects.all()[:1])


def test_the_staff_role_without_a_range_sees_nobody(root):
    MemberFactory()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('app.unit_low', '', true)",
            [f"{connection.settings_dict['NAME']}_staff"],
        )
        assert not Member.objects.exists()
        assert not Card.objects.exists()


def test_last_years_headcount_stands_when_people_move_away(root, account):
    """1,000 people in one town; 100 move; last year is still 1,000, 0 and 1,000, and each figure opens that list."""
    town = Unit.objects.get(code=VILLAGE)
    for member in MemberFactory.create_batch(1000, unit=town):
        serve(member, since="2013-01-01")
    movers = Member.objects.filter(pk__in=list(Member.objects.values_list("pk", flat=True)[:100]))
    Assignment.objects.filter(member__in=movers).update(ended_on=date(2014, 7, 1), ending="transferred")
    ids = list(movers.values_list("pk", flat=True))
    Member.objects.filter(pk__in=ids).update(unit=OTHER_VILLAGE)
    for member in Member.objects.filter(pk__in=ids):
        serve(member, since="2014-07-01")

    def seen(unit, role, day):
        with as_account(account(role, unit)):
            people = set(Assignment.objects.on(day).values_list("member", flat=True))
            listed = {member for (member,) in Card.objects.filter(member__in=people).values_list("member")}
            assert listed == people
            return len(people)

    last_year, today = date(2013, 12, 31), date(2014, 7, 1)
    assert [seen(*who, last_year) for who in ((TOWN, "staff"), (OTHER_TOWN, "staff"), (DISTRICT, "hr"))] == [
        1000,
        0,
        1000,
    ]
    assert [seen(*who, today) for who in ((TOWN, "staff"), (OTHER_TOWN, "staff"), (DISTRICT, "hr"))] == [900, 100, 1000]


def test_three_people_see_all_some_and_nothing(root, officer, clerk, stranger):
    member = MemberFactory()
    serve(member)
    BankAccount.objects.create(member=member, bank="农村商业银行", number="6222021234567890")
    counts = {}
    for who in (officer, clerk, stranger):
        with as_account(who):
            counts[who.username] = [model.objects.count() for model in (Member, Card, Assignment, BankAccount)]
    assert counts == {"officer": [1] * 4, "clerk": [1] * 4, "stranger": [0] * 4}


def test_a_station_sees_only_its_own_range(root, account):
    MemberFactory()
    attached = MemberFactory(unit=Unit.objects.get(code=STATION))
    with as_account(account("hr", STATION)):
        assert list(Member.objects.all()) == [attached]


def test_nobody_writes_a_person_into_another_unit(root, clerk):
    with as_account(clerk), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        MemberFactory(unit_id=OTHER_VILLAGE, unit=None)


def test_nobody_moves_a_person_into_another_unit(root, clerk):
    member = MemberFactory()
    with as_account(clerk), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Member.objects.filter(pk=member.pk).update(unit=OTHER_VILLAGE)


def test_a_hidden_person_gets_no_service_and_no_card_here(root, clerk):
    hidden = MemberFactory(unit_id=OTHER_VILLAGE, unit=None)
    with as_account(clerk):
        for pk in (hidden.pk, 10**15):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                Assignment.objects.create(
                    member_id=pk, unit_id=VILLAGE, force="joint_defence", sponsor="village", started_on=date(2014, 1, 1)
                )


def test_a_clerk_writes_no_service_of_a_force_that_is_not_theirs(root, clerk):
    member = MemberFactory()
    with as_account(clerk), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Assignment.objects.create(member=member, unit_id=VILLAGE, force="auxiliary", started_on=date(2014, 1, 1))


def test_a_file_row_of_a_hidden_person_is_refused_like_one_of_nobody(root, clerk):
    hidden = MemberFactory(unit_id=OTHER_VILLAGE, unit=None)
    said = []
    with as_account(clerk):
        for pk in (hidden.pk, 10**15):
            with pytest.raises(DatabaseError) as refusal, transaction.atomic():
                BankAccount.objects.create(member_id=pk, bank="银行", number="1")
            said.append(refusal.value.__cause__.diag.message_primary)
    assert said[0] == said[1]


def test_a_file_moves_with_its_person_and_history_stays(root, account):
    member = MemberFactory()
    service = serve(member, since="2013-01-01", until="2014-01-01")
    BankAccount.objects.create(member=member, bank="银行", number="6222")
    Member.objects.update(unit=OTHER_VILLAGE)
    assert BankAccount.objects.get().unit_id == OTHER_VILLAGE
    assert Assignment.objects.get(pk=service.pk).unit_id == VILLAGE
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Assignment.objects.update(unit=OTHER_VILLAGE)


def test_a_clerk_changes_no_account(root, clerk, account):
    other = account("clerk", VILLAGE)
    with as_account(clerk):
        assert Account.objects.filter(pk=other.pk).update(name="改名") == 0


def test_leaving_a_scope_restores_the_one_before_it(root, clerk):
    MemberFactory(unit_id=OTHER_VILLAGE, unit=None)
    with as_account(clerk):
        assert Member.objects.count() == 0
        with gate(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Member.objects.count()
        assert Member.objects.count() == 0
    assert Member.objects.count() == 1


def test_an_error_inside_a_scope_restores_the_one_before_it(root, clerk):
    MemberFactory(unit_id=OTHER_VILLAGE, unit=None)
    with pytest.raises(ZeroDivisionError), as_account(clerk):
        1 / 0  # noqa: B018
    assert Member.objects.count() == 1


def test_a_scope_ends_with_its_transaction(db):
    with as_root("test"):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role'), current_setting('app.unit_low', true)")
        assert cursor.fetchone() == ("none", "")


def test_the_same_number_is_unique_even_where_it_is_hidden(root, clerk):
    number = id_number(7)
    MemberFactory(unit_id=OTHER_VILLAGE, unit=None, id_number=number)
    with (
        as_account(clerk),
        pytest.raises(DatabaseError, match="member_document_number_is_unique"),
        transaction.atomic(),
    ):
        MemberFactory(id_number=number)
