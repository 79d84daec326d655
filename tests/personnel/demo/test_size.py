import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from personnel.demo.size import Size


def test_the_full_size_has_the_numbers_of_the_document():
    size = Size()
    assert size.joint_defence == 5131
    assert size.guards == 16172
    assert size.institutions + size.other_employers == 2053
    assert size.joint_defence + size.auxiliary + size.patrol + size.guards == 24268


@given(st.floats(0.001, 0.999))
@example(scale=0.0014220294760453128)  # a band of nobody
def test_a_smaller_district_is_consistent(scale):
    size = Size().scaled(scale)
    assert size.junior_or_below + size.senior_or_vocational + size.college_or_above == size.joint_defence
    assert size.institution_guards >= size.institutions
    assert size.other_guards >= size.other_employers
    assert min(vars(size).values()) > 0


def test_scale_one_changes_nothing():
    assert Size().scaled(1.0) == Size()


@pytest.mark.parametrize("scale", [0.02, 0.1])
def test_a_smaller_district_is_smaller(scale):
    assert Size().scaled(scale).guards < Size().guards * scale * 2
