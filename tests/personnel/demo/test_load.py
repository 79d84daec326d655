"""The district in the database: behind the wall and in the trail."""

import random
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connections

from organization.belonging import reach
from organization.models import Account, Installation
from organization.scope import as_account, as_root
from personnel.demo.jobs import ACCOUNTS
from personnel.demo.load import DemoRefused, load
from personnel.figures.turnover import turnover
from personnel.models import Card, Member
from tests.personnel.demo.databases import empty_database

DAY, PASSWORD = date(2014, 7, 1), "a-password-for-tests"


@pytest.fixture(scope="module")
def made(django_db_blocker):
    """A small demo district, loaded into a database to which both connections are turned."""
    with django_db_blocker.unblock(), empty_database("demo_small"):
        yield load(DAY, 5, PASSWORD, scale=0.02)


def asked(question, *values):
    with connections["owner"].cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall()


def test_a_loaded_demo_is_not_loaded_again(made):
    with pytest.raises(DemoRefused) as refused:
        load(DAY, 5, PASSWORD, scale=0.02)
    assert refused.value.code == "already_loaded"
    assert asked("SELECT count(*) FROM personnel_member") == [(len(made.people),)]


def test_the_installation_is_marked_as_a_demo(made):
    assert Installation.objects.using("owner").get().is_demo


def test_numbers_open_again_and_names_can_be_found(made):
    with as_root("test"):
        members = list(Member.objects.order_by("id"))
    assert [member.id_number for member in members] == [person.id_number for person in made.people]
    assert [member.phone for member in members] == [person.phone for person in made.people]
    assert all(member.pinyin and member.id_digest and "*" in member.id_mask for member in members)


def test_every_row_is_in_the_trail_with_its_origin(made):
    by_table = dict(asked("SELECT table_name, count(*) FROM organization_trail WHERE action = 'I' GROUP BY 1"))
    assert by_table["personnel_member"] == len(made.people)
    assert by_table["personnel_assignment"] == len(made.services)
    assert by_table["personnel_bankaccount"] == len(made.accounts)
    with_migrations = (
        "('personnel_eligibilityrule', 'personnel_privacyterm', 'personnel_confirmationcycle', 'personnel_kititem',"
        " 'personnel_kitscale')"
    )
    others = f"WHERE table_name NOT IN {with_migrations}"
    assert asked(f"SELECT DISTINCT origin FROM organization_trail {others}") == [("manage.py demo",)]


def test_the_village_account_sees_its_village_and_no_other(made):
    account = Account.objects.using("owner").select_related("unit").get(username="village")
    with as_account(account):
        seen = list(Member.objects.values_list("unit_id", flat=True))
    assert set(seen) == {ACCOUNTS["village"]}
    assert len(seen) == made.keepers.count(ACCOUNTS["village"])


def test_accounts_have_the_password_and_are_marked_as_demo(made):
    accounts = list(Account.objects.using("owner").order_by("username"))
    assert len(accounts) == 12
    assert all(account.is_demo and account.role for account in accounts)
    assert check_password(PASSWORD, accounts[0].password)
    assert len({account.password for account in accounts}) == 1
    units = {account.username: account.unit_id for account in accounts}
    assert units["village"] // 1000 * 1000 == units["town"] != units["town2"] == units["village2"] // 1000 * 1000


def test_who_moved_has_a_card_where_the_old_service_was(made):
    with as_root("test"):
        cards = set(Card.objects.values_list("member_id", "unit_id"))
        ids = list(Member.objects.order_by("id").values_list("id", flat=True))
    assert cards == {(ids[s.person], s.unit_id) for s in made.services} | set(zip(ids, made.keepers, strict=True))


def test_the_database_knows_its_tables_sizes(made):
    assert asked("SELECT reltuples::int FROM pg_class WHERE relname = 'personnel_member'") == [(len(made.people),)]


def test_a_dump_holds_no_number_of_anybody(made):
    numbers = [p.id_number for p in made.people] + [p.phone for p in made.people if p.phone]
    numbers += [account.number for account in made.accounts] + [contact.phone for contact in made.contacts]
    text = dumped()
    assert made.people[7].name in text
    assert made.people[7].name.encode().hex() not in text
    assert not [number for number in numbers if number in text or number.encode().hex() in text]


def dumped():
    """Every table of the database as text; bytes are spelled in hexadecimal there."""
    dump = BytesIO()
    tables = asked("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
    with connections["owner"].cursor() as cursor:
        for (table,) in tables:
            cursor.copy_expert(f"COPY {table} TO STDOUT", dump)
    return dump.getvalue().decode()


def test_nobody_holds_kit_from_before_they_joined(made):
    early = """SELECT count(*) FROM personnel_kitissue k WHERE k.issued_on < (
                 SELECT min(a.started_on) FROM personnel_assignment a WHERE a.member_id = k.member_id)"""
    assert asked("SELECT count(*) > 100 FROM personnel_kitissue") == [(True,)]
    assert asked(early) == [(0,)]


@pytest.mark.parametrize("seed", range(3))
def test_opening_and_joined_without_left_is_closing_for_any_unit_and_days(made, seed):
    """The figures of turnover against sets of people counted from the district in memory."""
    chance = random.Random(seed)
    seen = 0
    for _question in range(60):
        code = chance.choice(made.units).code
        unit = chance.choice([code, code // 1000 * 1000, code // 10**6 * 10**6])  # itself, its town, the district
        force = chance.choice([None, "joint_defence", "guard", "auxiliary"])
        last = DAY - timedelta(days=chance.randint(0, 3 * 365))
        before = last - timedelta(days=chance.randint(1, 400))
        opening, closing = (serving(made, unit, force, day) for day in (before, last))
        with as_root("test"):
            found = turnover(before + timedelta(days=1), last, reach(unit), force)
        assert (found.opening, found.closing) == (len(opening), len(closing))
        joined, left = ({one.member for one in found.of(kind)} for kind in ("joined", "left"))
        assert (len(joined), len(left)) == (len(closing - opening), len(opening - closing))
        assert found.opening + len(joined) - len(left) == found.closing
        seen += len(joined) + len(left)
    assert seen > 50, "too few came and went to try it"


def serving(made, unit, force, day):
    high = unit + (999 if unit % 1000 == 0 else 0) if unit % 10**6 else unit + 10**6 - 1
    return {
        each.person
        for each in made.services
        if unit <= each.unit_id <= high
        and (each.force == force if force else each.force != "volunteer")
        and each.started_on <= day and (each.ended_on is None or each.ended_on > day)
    }  # fmt: skip


def test_nearly_everybody_of_the_personnel_office_was_checked_and_entries_wait_in_each_state(made):
    checked = """SELECT avg(EXISTS (SELECT FROM personnel_backgroundcheck c WHERE c.member_id = a.member_id)::int)
                 FROM personnel_assignment a WHERE a.ended_on IS NULL AND a.force = ANY (%s)"""
    ((of_office,),) = asked(checked, ["auxiliary", "patrol", "guard"])
    ((of_villages,),) = asked(checked, ["joint_defence"])
    assert 0.9 < of_office < 1
    assert 0.7 < of_villages < of_office
    states = dict(asked("SELECT decision, count(*) FROM personnel_entry GROUP BY 1"))
    assert states.pop("approved") > 3
    assert states == {"": 5, "declined": 1, "withdrawn": 1}
    assert asked("SELECT count(*) FROM personnel_entry WHERE decided_by = proposed_by AND decision <> 'withdrawn'") == [
        (0,)
    ]
