import pytest
from hypothesis import given
from hypothesis import strategies as st

from personnel.demo.draw import Weighted, lots, shares

WEIGHTS = st.lists(st.floats(0.01, 100), min_size=1, max_size=30)


@given(WEIGHTS, st.integers(0, 5), st.integers(0, 10_000))
def test_shares_add_up_and_respect_their_floors(weights, floor, above):
    total = floor * len(weights) + above
    parts = shares(total, weights, [floor] * len(weights))
    assert sum(parts) == total
    assert min(parts) >= floor


@given(WEIGHTS, st.integers(0, 10_000))
def test_each_share_is_less_than_one_from_its_exact_part(weights, total):
    parts = shares(total, weights)
    assert all(abs(part - total * w / sum(weights)) < 1 for part, w in zip(parts, weights, strict=True))


def test_floors_above_the_total_are_refused():
    with pytest.raises(ValueError, match="floors"):
        shares(3, [1, 1], [2, 2])


def test_values_are_drawn_by_their_weights():
    rng = lots(1, "test")
    drawn = [Weighted({"often": 9, "never": 0, "rare": 1}).draw(rng) for _ in range(2000)]
    assert 1700 < drawn.count("often") < 1900
    assert "never" not in drawn


def test_the_lots_of_two_parts_differ_and_those_of_one_part_are_the_same():
    assert lots(1, "units").random() == lots(1, "units").random()
    assert lots(1, "units").random() != lots(1, "people").random() != lots(2, "people").random()
