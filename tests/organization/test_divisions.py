import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from organization.divisions import (
    KIND_NAMES,
    LEVELS,
    MAX_NAME_LENGTH,
    DivisionCodeError,
    format_code,
    kind,
    level,
    parent,
    parents,
    parse_code,
    problems,
    span,
)

PROVINCE, CITY, DISTRICT = 440000000000, 440100000000, 440199000000
TOWN, VILLAGE = 440199003000, 440199003204
CITY_WITHOUT_DISTRICTS = 441900000000

codes = st.builds(
    lambda groups, depth: int("".join(groups[:depth]).ljust(12, "0")),
    st.tuples(
        st.integers(11, 82).map(str),
        st.integers(1, 99).map("{:02}".format),
        st.integers(0, 99).map("{:02}".format),
        st.integers(1, 999).map("{:03}".format),
        st.integers(1, 999).map("{:03}".format),
    ),
    st.integers(1, 5),
)


@pytest.mark.parametrize(
    ("code", "expected"),
    [(PROVINCE, "province"), (CITY, "city"), (DISTRICT, "district"), (TOWN, "town"), (VILLAGE, "village")],
)
def test_the_last_group_that_is_not_zero_is_the_level(code, expected):
    assert level(code) == expected


def test_a_unit_spans_itself_and_everything_below_it():
    assert span(PROVINCE) == (440000000000, 449999999999)
    assert span(CITY) == (440100000000, 440199999999)
    assert span(DISTRICT) == (440199000000, 440199999999)
    assert span(TOWN) == (440199003000, 440199003999)
    assert span(VILLAGE) == (VILLAGE, VILLAGE)


def test_parents_are_named_from_the_nearest_up():
    assert parents(VILLAGE) == (TOWN, DISTRICT, CITY, PROVINCE)
    assert parents(PROVINCE) == ()


def test_the_parent_is_the_nearest_known_unit_above():
    assert parent(VILLAGE, {TOWN, DISTRICT, VILLAGE}) == TOWN
    assert parent(VILLAGE, {DISTRICT, CITY}) == DISTRICT
    assert parent(DISTRICT, {DISTRICT, TOWN}) is None


def test_a_city_without_districts_has_its_towns_directly_below():
    town, village = 441900003000, 441900003204

    assert (level(town), kind(town)) == ("town", "street")
    assert (level(village), kind(village)) == ("village", "village")
    assert parents(town) == (CITY_WITHOUT_DISTRICTS, PROVINCE)
    assert parents(village) == (town, CITY_WITHOUT_DISTRICTS, PROVINCE)
    assert parent(town, {CITY_WITHOUT_DISTRICTS, PROVINCE}) == CITY_WITHOUT_DISTRICTS
    assert problems([(1, town, "甲镇"), (2, village, "乙村")], root=CITY_WITHOUT_DISTRICTS) == []


@given(codes, codes)
def test_one_unit_lies_in_the_span_of_another_exactly_when_that_is_above_it(one, other):
    low, high = span(other)

    assert (low <= one <= high) == (other == one or other in parents(one))


@given(codes)
def test_every_parent_is_of_a_higher_level_and_spans_the_unit(code):
    levels = [level(above) for above in parents(code)]

    assert [name for name in reversed(LEVELS) if name in levels] == levels
    assert all(LEVELS.index(name) < LEVELS.index(level(code)) for name in levels)
    assert all(span(above)[0] <= code <= span(above)[1] for above in parents(code))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (PROVINCE, "province"),
        (CITY, "city"),
        (DISTRICT, "district"),
        (440199001000, "street"),
        (440199099000, "street"),
        (440199100000, "town"),
        (440199199000, "town"),
        (440199200000, "township"),
        (440199399000, "township"),
        (440199400000, "town_like"),
        (440199599000, "town_like"),
        (440199600000, "other_town"),
        (440199899000, "other_town"),
        (440199900000, "functional"),
        (440199999000, "functional"),
        (440199003001, "community"),
        (440199003199, "community"),
        (440199003200, "village"),
        (440199003399, "village"),
        (440199003400, "community_like"),
        (440199003499, "community_like"),
        (440199003500, "village_like"),
        (440199003599, "village_like"),
        (440199003600, "other_village"),
        (440199003999, "other_village"),
        (440199899001, "community"),
        (440199900001, "squad"),
        (440199999999, "squad"),
        (440199000204, "unknown"),
        (440001000000, "unknown"),
        (440000003000, "unknown"),
    ],
)
def test_the_number_tells_the_kind(code, expected):
    assert kind(code) == expected


@given(st.integers(11_00_00_000_000, 82_99_99_999_999))
def test_every_kind_has_a_name(code):
    assert kind(code) in KIND_NAMES


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("440199", DISTRICT),
        ("440199003", TOWN),
        ("440199003204", VILLAGE),
        ("440199 003 204", VILLAGE),
        (" 440199\u00a0003-204\u200b", VILLAGE),
        ("４４０１９９００３２０４", VILLAGE),
        ("'440199003204", VILLAGE),
        ("440199003204.0", VILLAGE),
        (440199003204.0, VILLAGE),
        (440199, DISTRICT),
        ("440000", PROVINCE),
    ],
)
def test_a_code_is_read_as_people_and_spreadsheets_write_it(text, code):
    assert parse_code(text) == code


@pytest.mark.parametrize(
    ("text", "slug", "params"),
    [
        ("", "missing", {}),
        (" \u3000", "missing", {}),
        ("4401990032", "length", {"length": 10}),
        ("4", "length", {"length": 1}),
        ("4.40199E+11", "became_number", {"text": "4.40199E+11"}),
        ("44019900320l", "characters", {"text": "44019900320l"}),
        ("440199003204.5", "characters", {"text": "440199003204.5"}),
        ("٤٤٠١٩٩", "characters", {"text": "٤٤٠١٩٩"}),
        ("040199", "province", {"province": "04"}),
        ("穗安区", "characters", {"text": "穗安区"}),
    ],
)
def test_what_is_no_code_is_refused_with_the_reason(text, slug, params):
    with pytest.raises(DivisionCodeError) as refusal:
        parse_code(text)

    assert (refusal.value.code, refusal.value.params) == (slug, params)
    assert "%(" not in str(refusal.value)


@given(codes)
def test_a_formatted_code_reads_back(code):
    assert parse_code(format_code(code)) == code
    assert [len(group) for group in format_code(code).split(" ")] == [6, 3, 3]


def test_a_code_is_written_in_three_groups():
    assert format_code(VILLAGE) == "440199 003 204"


def found(rows, root=DISTRICT):
    named = problems(rows, root)
    assert not any("%(" in str(problem.message) for problem in named)
    return [(problem.line, problem.column, problem.code) for problem in named]


def test_a_good_table_has_no_problems():
    rows = [(2, DISTRICT, "穗安区"), (3, TOWN, "甲街道"), (4, VILLAGE, "乙村"), (5, 440199901000, "分局")]

    assert found(rows) == []


def test_the_root_may_be_left_out_of_the_table():
    assert found([(2, TOWN, "甲街道")]) == []


def test_a_code_that_comes_twice_is_named_with_its_first_line():
    rows = [(2, TOWN, "甲街道"), (7, TOWN, "甲街道"), (9, TOWN, "甲街道")]

    with translation.override("en"):
        assert problems(rows, DISTRICT)[1].message == "Line 2 already has this code."
    assert found(rows) == [(7, "code", "duplicate"), (9, "code", "duplicate")]


def test_a_code_outside_the_root_is_named():
    assert found([(2, 440198003000, "甲街道"), (3, CITY, "市")]) == [(2, "code", "outside"), (3, "code", "outside")]


def test_a_village_needs_its_town_in_the_table():
    assert found([(2, VILLAGE, "乙村")]) == [(2, "code", "parent_missing")]


def test_a_town_needs_its_district_but_a_district_may_hang_below_the_root():
    assert found([(2, TOWN, "甲街道")], root=PROVINCE) == [(2, "code", "parent_missing")]
    assert found([(2, DISTRICT, "区"), (3, TOWN, "甲街道")], root=PROVINCE) == []


def test_a_code_that_skips_a_level_is_named():
    assert found([(2, 440199000204, "乙村")]) == [(2, "code", "kind_unknown")]


def test_a_name_is_neither_empty_nor_too_long():
    long, longest = "村" * (MAX_NAME_LENGTH + 1), "村" * MAX_NAME_LENGTH
    rows = [(2, 440199001000, " "), (3, 440199002000, long), (4, 440199004000, longest)]

    assert found(rows) == [(2, "name", "name_missing"), (3, "name", "name_too_long")]
