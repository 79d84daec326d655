from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.shares import shares

counts = st.lists(st.integers(min_value=0, max_value=10**12), max_size=60)


def test_the_documents_education_bands_add_up_to_a_hundred():
    assert shares([3177, 1657, 297]) == [Decimal("61.9"), Decimal("32.3"), Decimal("5.8")]


def test_thirds_add_up_and_the_first_takes_what_is_left_over():
    assert shares([1, 1, 1]) == [Decimal("33.4"), Decimal("33.3"), Decimal("33.3")]


def test_nothing_counted_is_zero_percent_each_and_not_an_error():
    assert shares([0, 0]) == [Decimal("0.0"), Decimal("0.0")]


def test_no_categories_have_no_shares():
    assert shares([]) == []


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        shares([5, -1])


def test_a_share_is_printed_with_one_decimal_even_when_it_is_round():
    assert [str(share) for share in shares([1, 1])] == ["50.0", "50.0"]


@given(counts)
def test_shares_of_anything_counted_add_up_to_exactly_a_hundred(data):
    assert sum(shares(data)) == (100 if sum(data) else 0)


@given(counts.filter(any))
def test_no_share_is_a_tenth_away_from_the_exact_one(data):
    total = sum(data)
    for count, share in zip(data, shares(data), strict=True):
        assert abs(count * 1000 - share * 10 * total) < total


@given(counts)
def test_what_was_not_counted_has_no_share(data):
    assert all(share == 0 for count, share in zip(data, shares(data), strict=True) if count == 0)


@given(counts)
def test_a_larger_count_never_has_a_smaller_share(data):
    ranked = sorted(zip(data, shares(data), strict=True))
    assert all(low[1] <= high[1] for low, high in pairwise(ranked) if low[0] < high[0])
