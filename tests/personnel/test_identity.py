from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from personnel.identity import (
    DocumentKind,
    IdNumberError,
    age_on,
    check_digit,
    check_document,
    kind_of,
    latest_birth_date,
    looks_truncated,
    mask,
    normalise,
    parse,
    upgrade15,
)

TODAY = date(2014, 9, 1)


def with_check(first17):
    return first17 + check_digit(first17)


NUMBER = with_check("44019919850315242")

birth_dates = st.dates(date(1900, 1, 1), date(1999, 12, 31))
numbers = st.builds(
    lambda region, born, sequence: with_check(f"{region}{born:%Y%m%d}{sequence:03}"),
    st.integers(110000, 659999),
    birth_dates,
    st.integers(0, 999),
)


def refusal(text, today=TODAY):
    with pytest.raises(IdNumberError) as caught:
        parse(text, today)
    assert "%(" not in str(caught.value)
    return caught.value.code, caught.value.params


@pytest.mark.parametrize(
    ("number", "region", "born", "sex"),
    [
        ("11010519491231002X", "110105", date(1949, 12, 31), "female"),
        ("440524188001010014", "440524", date(1880, 1, 1), "male"),
        ("34052419800101001X", "340524", date(1980, 1, 1), "male"),
    ],
)
def test_the_published_numbers_are_read(number, region, born, sex):
    person = parse(number, TODAY)

    assert (person.number, person.region, person.birth_date, person.sex) == (number, region, born, sex)
    assert person.upgraded is False


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "34052419800101001X"])
def test_every_wrong_digit_and_every_swap_in_the_published_numbers_is_noticed(number):
    damaged = {
        number[:at] + other + number[at + 1 :]
        for at in range(18)
        for other in ("0123456789X" if at == 17 else "0123456789")
        if other != number[at]
    }
    damaged |= {number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(17)} - {number}

    accepted = []
    for text in sorted(damaged):
        try:
            accepted.append(parse(text, TODAY))
        except IdNumberError:
            continue
    assert accepted == []
    assert len(damaged) >= 163


@given(numbers, st.data())
def test_any_wrong_digit_is_noticed(number, data):
    at = data.draw(st.integers(0, 17))
    other = data.draw(st.sampled_from("0123456789X" if at == 17 else "0123456789"))
    assume(other != number[at])

    with pytest.raises(IdNumberError):
        parse(number[:at] + other + number[at + 1 :], TODAY)


@given(numbers)
def test_a_number_with_its_check_digit_is_accepted(number):
    person = parse(number, TODAY)

    assert person.number == number
    assert person.region == number[:6]
    assert f"{person.birth_date:%Y%m%d}" == number[6:14]
    assert person.sex == ("male" if int(number[16]) % 2 else "female")


blanks = st.text(" \u00a0\u3000\t\n\u200b\u200d\ufeff-–\u2011\u00ad", max_size=3)


@given(numbers, st.data())
def test_what_typists_add_does_not_change_who_it_is(number, data):
    widened = [
        chr(ord(letter) + 0xFEE0) if data.draw(st.booleans()) else data.draw(st.sampled_from([letter, letter.lower()]))
        for letter in number
    ]
    quote = data.draw(st.sampled_from(["", "'", '"', "`", "’", "＇"]))
    mess = data.draw(blanks) + quote + "".join(letter + data.draw(blanks) for letter in widened)

    assert parse(mess, TODAY) == parse(number, TODAY)
    assert parse(normalise(mess), TODAY) == parse(number, TODAY)
    assert normalise(normalise(mess)) == normalise(mess) == number


def test_an_old_number_gets_its_century_and_check_digit():
    person = parse("440113850315242", TODAY)

    assert person.number == "440113198503152424"
    assert person.upgraded is True


@given(numbers)
def test_fifteen_digits_become_the_same_eighteen(number):
    assume(number[14:17] not in {"996", "997", "998", "999"})

    assert upgrade15(number[:6] + number[8:17]) == number
    assert parse(number[:6] + number[8:17], TODAY).number == number


@pytest.mark.parametrize(("sequence", "year"), [("995", 1990), ("996", 1890), ("999", 1890)])
def test_the_last_four_sequence_numbers_were_for_centenarians(sequence, year):
    assert parse("440113900315" + sequence, TODAY).birth_date == date(year, 3, 15)


@pytest.mark.parametrize("text", ["", "44011385031524", "44011385031524X", "٤٤٠١١٣٨٥٠٣١٥٢٤٢"])
def test_only_fifteen_digits_are_upgraded(text):
    with pytest.raises(IdNumberError):
        upgrade15(text)


@pytest.mark.parametrize("first17", ["", "1" * 16, "1" * 18, "1" * 16 + "X", "١" * 17])
def test_a_check_digit_needs_seventeen_digits(first17):
    with pytest.raises(ValueError):
        check_digit(first17)


@pytest.mark.parametrize("length", [1, 14, 16, 17, 19, 20])
def test_a_wrong_length_is_named(length):
    assert refusal("1" * length) == ("length", {"length": length})


def test_a_missing_digit_before_the_x_is_a_wrong_length():
    assert refusal("1101051949123100X") == ("length", {"length": 17})


def test_the_expected_check_digit_is_named_and_not_put_in():
    assert refusal("440113198503152423") == ("check_digit", {"expected": "4"})
    assert refusal("110105194912310020") == ("check_digit", {"expected": "X"})


@pytest.mark.parametrize("digits", ["19850231", "19851301", "19850400", "19000229", "00000101"])
def test_an_impossible_birth_date_is_named_by_its_digits(digits):
    assert refusal(with_check("440199" + digits + "242")) == ("birth_date", {"digits": digits})


def test_an_impossible_birth_date_is_named_even_when_the_check_digit_is_wrong_too():
    assert refusal("440199198502312420")[0] == refusal("440199198502312421")[0] == "birth_date"


def test_nobody_is_born_after_today_or_before_1850():
    newborn = with_check("44019920140901001")

    assert parse(newborn, date(2014, 9, 1)).birth_date == date(2014, 9, 1)
    assert refusal(newborn, date(2014, 8, 31)) == ("birth_in_future", {"digits": "20140901"})
    assert refusal(with_check("44019918491231001")) == ("birth_too_early", {"digits": "18491231"})
    assert parse(with_check("44019918500101001"), TODAY).birth_date == date(1850, 1, 1)


@pytest.mark.parametrize("text", ["", " ", "\u3000'", "-"])
def test_no_number_at_all_is_missing(text):
    assert refusal(text) == ("missing", {})


@pytest.mark.parametrize(
    "text", ["4.40113E+17", "4.40199e+17", "4E17", "440113198503152000.0", 440113198503152424, 4.4e17]
)
def test_a_number_that_a_spreadsheet_counted_with_is_never_repaired(text):
    assert refusal(text) == ("became_number", {})


@pytest.mark.parametrize(
    ("text", "characters"),
    [("4401131985O3152424", "O"), ("44011319850315242×", "×"), ("无", "无"), ("X40113198503152424", "X"), ("x", "X")],
)
def test_characters_that_do_not_belong_are_named(text, characters):
    assert refusal(text) == ("characters", {"characters": characters})


def test_an_old_number_has_no_check_digit_x():
    assert refusal("44011385031524X") == ("characters", {"characters": "X"})


def test_a_number_cut_off_by_a_spreadsheet_is_recognised():
    cut_off = NUMBER[:15] + "000"

    assert refusal(cut_off) == ("truncated", {"expected": check_digit(cut_off[:17])})
    assert looks_truncated(cut_off)
    assert not looks_truncated(NUMBER)


def test_a_number_that_ends_in_000_and_fits_is_accepted_but_still_looks_truncated():
    cut_off = (f"440199{year}01010000"[:15] + "000" for year in range(1950, 1999))
    number = next(text for text in cut_off if check_digit(text[:17]) == "0")

    assert looks_truncated(parse(number, TODAY).number)


def test_the_mask_shows_six_digits_and_twelve_stars():
    assert mask("44011319850315242X") == "440113************"
    assert mask("440113850315242") == "440113************"


@pytest.mark.parametrize(
    ("number", "masked"),
    [("E12345678", "E********"), ("H1234567801", "H**********"), ("12345678", "1*******"), ("", ""), ("9", "9")],
)
def test_the_mask_of_another_document_shows_one_character(number, masked):
    assert mask(number) == masked


def test_the_mask_of_an_old_foreign_residence_card_hides_the_birth_date():
    assert mask("USA440185031512") == "U" + "*" * 14


@given(numbers)
def test_a_mask_keeps_its_length_and_gives_away_no_birth_date(number):
    assert not any(letter.isdigit() for letter in mask(number)[6:])
    assert len(mask(number)) == 18


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1996, 9, 1), date(2014, 8, 31), 17),
        (date(1996, 9, 1), date(2014, 9, 1), 18),
        (date(1996, 2, 29), date(2014, 2, 28), 17),
        (date(1996, 2, 29), date(2014, 3, 1), 18),
        (date(1996, 2, 29), date(2016, 2, 28), 19),
        (date(1996, 2, 29), date(2016, 2, 29), 20),
        (date(2014, 9, 1), date(2014, 9, 1), 0),
    ],
)
def test_a_year_of_age_is_full_on_the_birthday_and_in_common_years_on_the_first_of_march(born, day, age):
    assert age_on(born, day) == age


@given(st.dates(date(1900, 1, 1), date(2014, 1, 1)), st.dates(date(2014, 1, 1), date(2100, 1, 1)), st.integers(0, 100))
def test_an_age_is_reached_exactly_by_those_born_up_to_the_latest_birth_date(born, day, age):
    assert (age_on(born, day) >= age) == (born <= latest_birth_date(age, day))


def test_the_latest_birth_date_on_a_leap_day():
    assert latest_birth_date(18, date(2016, 2, 29)) == date(1998, 2, 28)
    assert age_on(date(1998, 3, 1), date(2016, 2, 29)) == 17


HK_RESIDENCE = with_check("81000019850315242")
FOREIGN_RESIDENCE = with_check("93184019850315242")


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        ("resident_id", "440113850315242", "440113198503152424"),
        ("resident_id", HK_RESIDENCE, HK_RESIDENCE),
        ("hk_macau_permit", "h12345678", "H12345678"),
        ("hk_macau_permit", "M1234567801", "M1234567801"),
        ("taiwan_permit", "０1234567", "01234567"),
        ("taiwan_permit", "0123456701（B）", "0123456701(B)"),
        ("hk_macau_taiwan_residence", HK_RESIDENCE, HK_RESIDENCE),
        ("passport", " e1234-5678", "E12345678"),
        ("foreign_permanent_residence", "usa440185031512", "USA440185031512"),
        ("foreign_permanent_residence", FOREIGN_RESIDENCE, FOREIGN_RESIDENCE),
    ],
)
def test_a_document_number_is_normalised(kind, text, number):
    assert check_document(kind, text, TODAY) == number


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("resident_id", "440113198503152423", "check_digit"),
        ("resident_id", FOREIGN_RESIDENCE, "other_document"),
        ("hk_macau_taiwan_residence", "440113198503152424", "other_document"),
        ("hk_macau_taiwan_residence", HK_RESIDENCE[:17] + "?", "characters"),
        ("foreign_permanent_residence", "440113198503152424", "other_document"),
        ("foreign_permanent_residence", "US1440185031512", "characters"),
        ("hk_macau_permit", "T12345678", "document_format"),
        ("hk_macau_permit", "H1234567", "document_format"),
        ("taiwan_permit", "1234567", "document_format"),
        ("passport", "ABCDEFGH", "document_format"),
        ("passport", "E123", "document_format"),
        ("passport", "440113198503152424", "document_format"),
        ("passport", "", "missing"),
        ("passport", 12345678, "became_number"),
    ],
)
def test_a_number_that_is_none_of_its_document_is_refused(kind, text, code):
    with pytest.raises(IdNumberError) as caught:
        check_document(kind, text, TODAY)

    assert caught.value.code == code


def test_another_kind_of_document_is_named():
    with pytest.raises(IdNumberError) as caught:
        check_document("resident_id", FOREIGN_RESIDENCE, TODAY)

    assert caught.value.params == {"actual": "foreign_permanent_residence"}


def test_an_unknown_kind_of_document_is_a_mistake_of_the_program():
    with pytest.raises(ValueError):
        check_document("library_card", "1", TODAY)


def test_the_beginning_tells_the_kind_of_an_eighteen_digit_number():
    assert kind_of(NUMBER) == DocumentKind.RESIDENT_ID == "resident_id"
    assert kind_of(FOREIGN_RESIDENCE) == DocumentKind.FOREIGN_PERMANENT_RESIDENCE
    assert {kind_of(start + NUMBER[2:]) for start in ("81", "82", "83")} == {DocumentKind.HK_MACAU_TAIWAN_RESIDENCE}


def test_no_refusal_repeats_the_whole_number():
    for text in ("440113198503152423", "44019919850231242X", "4401131985O3152424"):
        code, params = refusal(text)
        assert text not in str((code, params))
