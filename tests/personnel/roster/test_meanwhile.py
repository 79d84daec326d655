"""Somebody else saves a person while a roster is being looked at: what was seen before is never written over it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from organization.models import Account, Unit
from organization.office import found
from organization.scope import as_account, as_root
from personnel.models import Member, RosterImport
from personnel.roster import jobs, staging
from personnel.roster.examination import examine
from personnel.roster.source import open_file
from personnel.roster.staging import terms_of
from tests.conftest import DISTRICT, UNITS, VILLAGE
from tests.factories import AccountFactory
from tests.personnel.demo.databases import empty_database
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import name, person, table


@pytest.fixture(scope="module")
def village(django_db_blocker):
    """A village's clerk with two people that a roster brought, in a database that keeps what is committed."""
    with django_db_blocker.unblock(), empty_database("roster_meanwhile"):
        found(DISTRICT, "穗安区", UNITS.items(), is_demo=True)
        with as_root("test", duty="sysadmin"):
            AccountFactory(role="clerk", unit=Unit.objects.get(code=VILLAGE), username="meanwhile")
        clerk = Account.objects.using("owner").select_related("unit").get(username="meanwhile")
        assert imported(clerk, previewed(clerk, [person(1), person(2)])) == ""
        yield clerk


def previewed(clerk, rows, *, after_reading=None, after_judging=None) -> RosterImport:
    with as_account(clerk):
        terms = terms_of(clerk, VILLAGE)
        source = open_file(xlsx({"花名册": table(rows)}), "册.xlsx", terms)
        somebody(clerk, after_reading)
        roster = staging.record(source, terms, clerk)
        examined = examine(source, terms)
        somebody(clerk, after_judging)
        staging.stage(source, roster, examined)
        return roster


def somebody(account, change) -> None:
    """Saves at that moment, on a connection of their own."""

    def save():
        try:
            with as_account(account), transaction.atomic():
                change()
        finally:
            connections.close_all()

    if change:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(save).result(10)


def imported(clerk, roster) -> str:
    with as_account(clerk):
        return jobs.import_staged(RosterImport.objects.select_for_update().get(pk=roster.pk), clerk, partial=False)


def educated(code):
    return lambda: Member.objects.filter(name=name(2)).update(education=code)


def education(clerk):
    with as_account(clerk):
        return Member.objects.get(name=name(2)).education


@pytest.mark.parametrize("moment", ["after_reading", "after_judging"])
def test_what_somebody_else_saved_while_a_roster_was_looked_at_is_not_written_over(village, moment):
    somebody(village, educated("61"))
    roster = previewed(village, [person(1), person(2, 文化程度="大专")], **{moment: educated("21")})
    assert "请" in imported(village, roster)
    assert education(village) == "21"


def test_a_roster_that_was_looked_at_undisturbed_is_written(village):
    somebody(village, educated("61"))
    assert imported(village, previewed(village, [person(1), person(2, 文化程度="大专")])) == ""
    assert education(village) == "31"
