from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personnel import identity
from personnel.demo.draw import lots
from personnel.demo.numbers import HOME, REGIONS, Numbers, with_luhn_digit

TODAY = date(2026, 7, 1)


@pytest.fixture
def numbers():
    return Numbers(lots(1, "test"))


def passes_luhn(number):
    digits = [int(digit) for digit in reversed(number)]
    return sum(d if i % 2 == 0 else d * 2 - 9 * (d > 4) for i, d in enumerate(digits)) % 10 == 0


def test_the_luhn_digit_of_a_known_number():
    assert with_luhn_digit("7992739871") == "79927398713"


@given(st.text("0123456789", min_size=1, max_size=18))
def test_numbers_with_the_luhn_digit_pass_the_luhn_check(digits):
    assert passes_luhn(with_luhn_digit(digits))


@pytest.mark.parametrize("sex", ["male", "female"])
def test_an_id_number_agrees_with_birth_date_sex_and_region(numbers, sex):
    read = identity.parse(numbers.id_number(date(1990, 2, 28), sex, HOME), TODAY)
    assert (read.birth_date, read.sex, read.region) == (date(1990, 2, 28), sex, HOME)


def test_one_day_has_numbers_for_many_people(numbers):
    given_out = [numbers.id_number(date(1990, 2, 28), "male", HOME) for _ in range(300)]
    assert len(set(given_out)) == 300


@pytest.mark.parametrize("kind", ["hk_macau_permit", "taiwan_permit", "passport"])
def test_other_documents_are_valid_in_form(numbers, kind):
    number = numbers.document(kind)
    assert identity.check_document(kind, number, TODAY) == number


def test_no_region_is_a_county_that_gives_out_numbers():
    assert all(region.endswith(("99", "98")) for region in REGIONS)


def test_phones_have_a_prefix_that_no_operator_has(numbers):
    phone = numbers.phone()
    assert len(phone) == 11
    assert phone.startswith("154")
