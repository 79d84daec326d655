"""Two people at one request at one instant, over real connections; a hundred rounds of each in `make drill`."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from organization.models import Unit
from organization.office import found
from organization.refused_by_database import AGAIN, sentence
from organization.scope import as_account, as_root
from personnel.models import Assignment, Member, TransferConsent, TransferRequest
from personnel.transfers import asking, deciding
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, SECOND_VILLAGE, UNITS, VILLAGE
from tests.factories import AccountFactory, MemberFactory, id_number, serve
from tests.personnel.demo.databases import empty_database
from tests.personnel.transfers.test_walls import ask

ROUNDS = int(os.environ.get("ROUNDS", "3"))
TODAY = timezone.localdate()
pytestmark = [pytest.mark.drill, pytest.mark.xdist_group("transfers at once")]  # one worker makes the database


@pytest.fixture(scope="module")
def office(django_db_setup, django_db_blocker):
    """A database that keeps what is committed, and accounts by user name."""
    with django_db_blocker.unblock(), empty_database("test_at_once"):
        found(DISTRICT, "穗安区", UNITS.items(), is_demo=True)
        with as_root("test", duty="sysadmin"):
            made = {
                name: AccountFactory(role=role, unit=Unit.objects.get(code=unit), username=name)
                for name, role, unit in (
                    ("asker", "clerk", VILLAGE), ("second", "clerk", SECOND_VILLAGE),
                    ("keeper", "clerk", OTHER_VILLAGE), ("above", "staff", OTHER_TOWN),
                )
            }  # fmt: skip
        yield made
        connection.close()


@pytest.fixture
def at_once():
    """Runs the calls in threads that begin together; returns what each gave back."""

    def run(*calls):
        together = Barrier(len(calls))

        def one(call):
            try:
                together.wait(10)
                return call()
            except deciding.DecidingRefused as refusal:
                return refusal.code
            except DatabaseError as error:
                return "again" if sentence(error) is AGAIN else repr(error)
            finally:
                connection.close()

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(one, calls))

    return run


def wanted(serial):
    with as_root("test"):
        member = MemberFactory(name="李大同", id_number=id_number(serial), unit_id=OTHER_VILLAGE, unit=None)
        serve(member, since="2013-01-01")
    return member


def consent_of(request):
    with as_root("test"):
        return TransferConsent.objects.get(request=request)


def agree(consent, who):
    with as_account(who):
        deciding.decide(consent, who, agreed=True, reason="", today=TODAY)
    return "agreed"


def withdraw(request, who):
    with as_account(who):
        return "withdrawn" if asking.withdraw(request.pk, TODAY) else "decided"


def running(member):
    with as_root("test"):
        services = Assignment.objects.filter(Q(ended_on=None) | Q(ended_on__gt=TODAY), member=member)
        return Member.objects.get(pk=member.pk).unit_id, [service.unit_id for service in services]


@pytest.mark.parametrize("serial", range(1, ROUNDS + 1))
def test_two_consents_to_one_request_carry_it_out_once(office, at_once, serial):
    member = wanted(serial)
    consent = consent_of(ask(office["asker"], number=id_number(serial)))
    told = at_once(partial(agree, consent, office["keeper"]), partial(agree, consent, office["above"]))
    assert sorted(told) in (["agreed", "decided"], ["agreed", "gone"])
    assert running(member) == (VILLAGE, [VILLAGE])


@pytest.mark.parametrize("serial", range(101, ROUNDS + 101))
def test_of_two_requests_for_one_person_the_first_is_carried_out(office, at_once, serial):
    member = wanted(serial)
    requests = [ask(office[name], number=id_number(serial)) for name in ("asker", "second")]
    consents = list(map(consent_of, requests))
    told = at_once(partial(agree, consents[0], office["keeper"]), partial(agree, consents[1], office["above"]))
    assert sorted(told) == ["agreed", "gone"]
    unit, served = running(member)
    assert served == [unit]
    with as_root("test"):
        assert sorted(TransferRequest.objects.filter(pk__in=[row.pk for row in requests]).values_list("answer")) == [
            ("",),
            ("agreed",),
        ]


@pytest.mark.parametrize("serial", range(201, ROUNDS + 201))
def test_a_request_is_either_withdrawn_or_carried_out(office, at_once, serial):
    member = wanted(serial)
    request = ask(office["asker"], number=id_number(serial))
    told = at_once(partial(withdraw, request, office["asker"]), partial(agree, consent_of(request), office["keeper"]))
    with as_root("test"):
        answer = TransferRequest.objects.get(pk=request.pk).answer
        assert TransferConsent.objects.get(request=request).decision == answer
    assert told == (["withdrawn", "decided"] if answer == "withdrawn" else ["decided", "agreed"])
    assert running(member)[0] == (OTHER_VILLAGE if answer == "withdrawn" else VILLAGE)
