import pytest

from personnel import codes
from personnel.identity import DocumentKind


@pytest.mark.parametrize(
    ("table", "code", "name"),
    [
        ("sex", "1", "男"),
        ("sex", "9", "未说明的性别"),
        ("marital", "23", "复婚"),
        ("health", "6", "残疾"),
        ("occupation", "80", "退(离)休人员"),
        ("ethnicity", "01", "汉族"),
        ("ethnicity", "47", "保安族"),
        ("ethnicity", "56", "基诺族"),
        ("ethnicity", "98", "外国血统中国籍人士"),
        ("education", "28", "大学普通班毕业"),
        ("political", "13", "群众"),
        ("military", "discharged", "退出现役"),
        ("blood", "ab", "AB型"),
        ("document", "resident_id", "居民身份证"),
    ],
)
def test_a_code_has_its_official_name(table, code, name):
    assert codes.name(table, code) == name
    assert (code, name) in codes.choices(table)


def test_the_tables_are_whole():
    assert {table: len(codes.codes(table)) for table in codes.tables()} == {
        "sex": 4,
        "marital": 8,
        "health": 4,
        "occupation": 13,
        "ethnicity": 58,
        "education": 40,
        "political": 13,
        "military": 5,
        "blood": 6,
        "document": 6,
    }


@pytest.mark.parametrize("table", codes.tables())
def test_codes_are_text_and_neither_codes_nor_names_repeat(table):
    assert all(isinstance(code, str) and code for code in codes.codes(table))
    assert len(set(codes.codes(table))) == len({name for _code, name in codes.choices(table)})
    assert codes.codes(table) == [code for code, _name in codes.choices(table)]


def test_the_source_of_a_table_is_named_unless_it_is_our_own():
    assert codes.standard("education") == "GB/T 4658-2006"
    assert {table for table in codes.tables() if codes.standard(table) is None} == {"military", "blood", "document"}


def test_education_falls_into_bands():
    assert {
        "junior_or_below": ("70", "71", "73", "80", "81", "83"),
        "senior_or_vocational": (*map(str, range(40, 50)), "60", "61", "62", "63"),
        "college_or_above": (*map(str, range(10, 20)), "20", "21", "22", "23", "28", "30", "31", "32", "33"),
        "unclassified": ("90",),
    } == codes.EDUCATION_BANDS


def test_every_education_is_in_exactly_one_band():
    banded = [code for band in codes.EDUCATION_BANDS.values() for code in band]

    assert sorted(banded) == sorted(codes.codes("education"))
    assert all(code in codes.EDUCATION_BANDS[codes.education_band(code)] for code in banded)


def test_every_former_occupation_is_in_exactly_one_band():
    banded = [code for band in codes.FORMER_BANDS.values() for code in band]
    assert sorted(banded) == sorted(codes.codes("occupation"))
    assert all(code in codes.FORMER_BANDS[codes.former_band(code)] for code in banded)
    assert (codes.FORMER_BANDS["unemployed"], codes.former_band(None)) == (("70",), "unknown")


def test_no_education_is_unknown_and_other_education_is_not_junior():
    assert codes.education_band(None) == codes.education_band("") == "unknown"
    assert codes.education_band("90") == "unclassified"


def test_a_code_that_is_not_in_the_table_is_never_guessed():
    with pytest.raises(KeyError):
        codes.education_band("72")
    with pytest.raises(KeyError):
        codes.name("ethnicity", "57")
    with pytest.raises(KeyError):
        codes.choices("zodiac")


def test_every_kind_of_document_has_a_name():
    assert set(codes.codes("document")) == set(DocumentKind)
