"""The contracts of the demo: none contradicts a rule, and the board has something of everything to show."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

from tests.personnel.demo.conftest import DAY


def test_no_two_contracts_with_one_employer_run_on_one_day(whole):
    by_pair = defaultdict(list)
    for one in whole.contracts:
        by_pair[one.person, one.employer].append((one.starts_on, one.ends_on or date.max))
    for spans in by_pair.values():
        spans.sort()
        assert all(end <= begun for (_start, end), (begun, _end) in pairwise(spans))


def test_contracts_begin_within_the_service_and_none_is_signed_ahead(whole):
    first = {}
    for service in whole.services:
        first[service.person] = min(first.get(service.person, date.max), service.started_on)
    assert all(one.starts_on >= first[one.person] for one in whole.contracts)
    assert all(one.signed_on is None or one.signed_on <= DAY for one in whole.contracts)
    assert all((one.ends_on is None) == (one.kind == "open_ended") for one in whole.contracts)


def test_the_board_has_something_of_everything(whole):
    kinds = Counter(one.kind for one in whole.contracts)
    assert set(kinds) == {"fixed", "open_ended", "dispatch", "leased_post", "agreement"}
    soon = [one for one in whole.contracts if one.ends_on and DAY < one.ends_on <= DAY + timedelta(91)]
    assert len(soon) > 500
    assert sum(one.signed_on is None for one in whole.contracts) > 50
    employed = {service.person for service in whole.services if service.ended_on is None}
    assert len({one.person for one in whole.contracts} & employed) > 10_000


def test_a_dispatched_guard_has_a_contract_of_two_years_at_least(whole):
    for one in whole.contracts:
        assert one.kind != "dispatch" or (one.ends_on - one.starts_on).days >= 730
