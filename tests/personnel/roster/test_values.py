from datetime import date, datetime

import pytest
from django.apps import apps
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from personnel.identity import check_digit
from personnel.roster.fields import FIELDS, is_modelled
from personnel.roster.shapes import CellError, Line, Notice, Problem, Question, column_letter
from personnel.roster.values import Cleaner, Context, clean, shown
from personnel.roster.values.amounts import Wage, wage
from personnel.roster.values.cleaner import cleaners
from personnel.roster.values.plain import LENGTHS

TODAY = date(2014, 9, 1)
CONTEXT = Context(TODAY)
MODELLED = [field for field in FIELDS if is_modelled(field) and field != "seq"]  # a serial number is not kept


def with_check(first17):
    return first17 + check_digit(first17)


NUMBER = with_check("44019919850315243")  # a man
WOMAN = with_check("44019919850315242")


def row_of(context=CONTEXT, **cells):
    """A row with these cells in columns A, B, ...; a name and number are there unless given."""
    cells = {"name": "王试一", "id_number": NUMBER} | cells
    return clean(Line(7, list(cells.values())), "表", dict(enumerate(cells)), context)


def found(row, kind=object):
    return [one.code for one in row.of(kind)]


def value(field, cell, context=CONTEXT):
    return clean(Line(7, [cell]), "表", {0: field}, context).values[field]


def said(row):
    with translation.override("en"):
        return " ".join(str(one.message) for one in row.findings)


# --- document numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", [4.40199198503152e17, 440199198503152425, "4.40199E+17", "440199198503152000.0"])
def test_a_number_that_became_one_of_excel_is_refused_and_not_repaired(cell):
    row = row_of(id_number=cell)

    assert found(row) == ["became_number"]
    assert row.values["id_number"] is None
    assert (row.findings[0].row, row.findings[0].column) == (7, "B")


def test_a_number_that_ends_in_000_and_fails_the_check_seems_cut_off():
    wrong = "440199198503152000"
    assert wrong[-1] != check_digit(wrong[:17])
    assert found(row_of(id_number=wrong), Problem) == ["truncated"]


def ends_in_000():
    days = (date(1985, month, day) for month in range(1, 13) for day in range(1, 29))
    numbers = (with_check(f"440199{day:%Y%m%d}{sequence}") for day in days for sequence in (100, 200, 300))
    return next(number for number in numbers if number.endswith("000"))


def test_a_number_that_ends_in_000_is_asked_about_though_the_check_fits():
    number = ends_in_000()
    row = row_of(id_number=number)
    question = row.findings[0]

    assert found(row, Question) == ["truncated"]
    assert [choice.value for choice in question.choices] == ["confirm", "reject"]
    confirmed = row_of(Context(TODAY, answers={question.id: "confirm"}), id_number=number)
    assert (confirmed.values["id_number"], confirmed.findings) == (number, [])
    assert found(row_of(Context(TODAY, answers={question.id: "reject"}), id_number=number), Problem) == ["left_out"]
    assert found(row_of(Context(TODAY, answers={question.id: "what"}), id_number=number), Question) == ["truncated"]


@pytest.mark.parametrize("quote", ["'", '"', "`", "\u200b", " ", "\u00a0"])
def test_stray_quotes_and_blanks_around_a_number_go_silently(quote):
    row = row_of(id_number=quote + NUMBER[:6] + "-" + NUMBER[6:] + " ")
    assert (row.values["id_number"], row.findings) == (NUMBER, [])


def test_small_letters_and_full_width_digits_are_the_same_number():
    assert row_of(id_number="11010519491231002ｘ").values["id_number"] == "11010519491231002X"
    assert row_of(id_number="１１010519491231002x").values["id_number"] == "11010519491231002X"


def test_fifteen_digits_are_upgraded_with_a_notice():
    row = row_of(id_number=NUMBER[:6] + NUMBER[8:17])

    assert (row.values["id_number"], found(row, Notice)) == (NUMBER, ["upgraded"])


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (NUMBER[:17], "length"),
        (NUMBER + "1", "length"),
        (NUMBER[:17] + ("1" if NUMBER[17] != "1" else "2"), "check_digit"),
        (with_check("44019919850231242"), "birth_date"),
        (with_check("44019920150101242"), "birth_in_future"),
        ("440199甲98503152424", "characters"),
        (None, "missing"),
        ("无", "missing"),
        (0, "missing"),
        (" ", "missing"),
    ],
)
def test_a_number_that_cannot_be_right_rejects_the_row(cell, code):
    row = row_of(id_number=cell)
    assert (found(row, Problem), row.values["id_number"]) == ([code], None)


def test_a_table_without_numbers_identifies_nobody():
    row = clean(Line(3, ["王试一"]), "表", {0: "name"}, CONTEXT)
    assert [(one.code, one.column) for one in row.of(Problem)] == [("missing", "")]


def test_an_unknown_province_is_a_notice():
    for province in ("47", "84"):
        assert found(row_of(id_number=with_check(province + "019919850315243")), Notice) == ["region"]
    assert found(row_of(), Notice) == []


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (NUMBER, "resident_id"),
        (with_check("81000019850315243"), "hk_macau_taiwan_residence"),
        (with_check("83000019850315243"), "hk_macau_taiwan_residence"),
        (with_check("91101019850315243"), "foreign_permanent_residence"),
    ],
)
def test_the_number_tells_document_sex_and_birth_date(number, kind):
    values = row_of(id_number=number).values
    assert (values["document"], values["sex"], values["birth_date"]) == (kind, "male", date(1985, 3, 15))


def test_a_passport_is_one_where_the_document_column_says_so():
    row = row_of(document="护照", id_number="e12345678", sex="女", birth_date="1985-03-15")

    assert (row.values["document"], row.values["id_number"], row.findings) == ("passport", "E12345678", [])
    assert found(row_of(id_number="E12345678"), Problem) == ["characters"]


def test_a_permit_does_not_tell_sex_and_birth_date_so_they_are_needed():
    row = row_of(document="回乡证", id_number="H12345678")
    assert [(one.code, one.column) for one in row.findings] == [("not_told", ""), ("not_told", "")]


def test_a_birth_date_without_day_is_not_made_up():
    row = row_of(document="台胞证", id_number="12345678", sex="男", birth_date="1985.3")
    assert (found(row), row.values["birth_date"]) == (["birth_date_without_day"], None)


def test_the_number_is_not_judged_before_it_is_known_what_document_it_is_of():
    row = row_of(document="军官证", id_number="军字第123号")
    question = row.findings[0]

    assert found(row) == ["value"]
    answered = row_of(Context(TODAY, answers={question.id: "resident_id"}), document="军官证", id_number="军字第123号")
    assert found(answered, Problem) == ["characters"]


# --- held against the number ------------------------------------------------------------------------------------------


def test_the_number_wins_over_the_birth_date_column():
    row = row_of(birth_date="1985-03-16")
    assert (row.values["birth_date"], found(row, Notice)) == (date(1985, 3, 15), ["birth_date_differs"])
    assert found(row_of(birth_date="1985-03-15")) == []


@pytest.mark.parametrize("cell", ["1985.3", "85.3", "1985年3月", 1985.3])
def test_the_number_fills_the_day_of_a_birth_month(cell):
    row = row_of(birth_date=cell)
    assert (row.values["birth_date"], found(row, Notice)) == (date(1985, 3, 15), ["month_only"])


def test_a_birth_month_that_lost_its_zero_agrees_with_october():
    october = with_check("44019919851015243")
    assert found(row_of(id_number=october, birth_date=1985.1)) == ["month_only"]
    assert found(row_of(birth_date=1985.1)) == ["birth_date_differs"]


@pytest.mark.parametrize("cell", ["1985-02-31", "2015-01-01", "某年"])
def test_an_impossible_birth_date_rejects_the_row(cell):
    assert len(found(row_of(birth_date=cell), Problem)) == 1


def test_a_sex_that_contradicts_the_number_is_asked_about():
    row = row_of(sex="女")
    question = row.findings[0]

    assert found(row, Question) == ["sex_differs"]
    taken = row_of(Context(TODAY, answers={question.id: "number"}), sex="女")
    assert (taken.values["sex"], taken.findings) == ("male", [])
    assert found(row_of(Context(TODAY, answers={question.id: "reject"}), sex="女"), Problem) == ["left_out"]
    assert row_of(id_number=WOMAN, sex="女").findings == []


@pytest.mark.parametrize(("cell", "codes"), [(29, []), (30.0, []), ("28岁", []), (26, ["age_differs"]), ("约", [])])
def test_an_age_is_ignored_and_noted_when_more_than_a_year_off(cell, codes):
    assert found(row_of(age=cell), Notice) == codes


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["王 试一", "王　试一", "'王试一"])
def test_blanks_within_a_name_go_silently(cell):
    row = row_of(name=cell)
    assert (row.values["name"], row.findings) == ("王试一", [])


@pytest.mark.parametrize("cell", ["王?一", "王□一", "王\ue000一", "王？一"])
def test_a_name_with_unreadable_characters_is_asked_about(cell):
    row = row_of(name=cell)
    question = row.findings[0]

    assert found(row, Question) == ["name_unreadable"]
    kept = row_of(Context(TODAY, answers={question.id: "keep"}), name=cell)
    assert (len(kept.values["name"]), kept.findings) == (3, [])
    assert found(row_of(Context(TODAY, answers={question.id: "reject"}), name=cell), Problem) == ["left_out"]


@pytest.mark.parametrize("cell", [None, "", "无", "王1", "王?1", "王", 5, "王" * 51, " " * 30_000 + "·" * 300])
def test_any_other_fault_of_a_name_rejects_the_row(cell):
    assert len(found(row_of(name=cell), Problem)) == 1


def test_a_former_name_is_no_reason_to_reject_anybody():
    row = row_of(former_name="小 王1", contact_name="母亲")
    assert (row.values["former_name"], row.values["contact_name"], row.findings) == ("小 王1", "母亲", [])


# --- phones -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("13800000002", "13800000002"),
        (13800000002.0, "13800000002"),
        (13800000002, "13800000002"),
        ("+86 138-0000-0002", "13800000002"),
        ("8613800000002", "13800000002"),
        ("008613800000002", "13800000002"),
        ("013800000002", "13800000002"),
        ("１３８ 0000\u200b0002", "13800000002"),
        ("0755-12345678", "075512345678"),
        ("(020)8123 4567", "02081234567"),
        ("81234567", "81234567"),
        ("-", None),
        (0, None),
    ],
)
def test_a_phone_is_read_as_people_write_it(cell, phone):
    row = row_of(phone=cell)
    assert (row.values["phone"], row.findings) == (phone, [])


@pytest.mark.parametrize("cell", ["1380000000", "138000000021", "电话", "7551234567", "1.38E+10", True, "9" * 5000])
def test_a_phone_of_another_length_is_left_blank_with_a_notice(cell):
    row = row_of(phone=cell)
    assert (row.values["phone"], found(row, Notice)) == (None, ["phone"])


def test_the_first_of_several_phones_is_taken():
    row = row_of(phone="020-81234567/13800000002", contact_phone="王 13800000003")
    assert (row.values["phone"], row.values["contact_phone"]) == ("02081234567", "13800000003")
    assert found(row, Notice) == ["several_phones", "several_phones"]


# --- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  东塘 路\n1号 ", "东塘 路 1号"),
        ("=1+1", "=1+1"),
        ("+86", "+86"),
        ("@甲", "@甲"),
        ("-无", "-无"),
        ("'=1+1", "=1+1"),
        ("'＝1+1", "＝1+1"),
        ("'@甲", "@甲"),
        ("'甲", "甲"),
        ('"甲', "甲"),
        ('"甲"班', '"甲"班'),
        (12.0, "12"),
        (1.5, "1.5"),
        (date(2014, 7, 1), "2014-07-01"),
        (datetime(2014, 7, 1), "2014-07-01"),
        *((word, None) for word in ("", " ", "-", "—", "/", "无", "暂无", "N/A", "n/a", "0", 0, "－", None)),
    ],
)
def test_text_is_tidied_and_kept(cell, text):
    row = row_of(remark=cell)
    assert (row.values["remark"], row.findings) == (text, [])


@pytest.mark.parametrize("cell", ["甲\x00乙", "甲\u200b乙", "甲\x07乙", "甲\ud800乙", "\ufeff甲乙"])
def test_hidden_characters_are_taken_out_with_a_notice(cell):
    row = row_of(remark=cell, name="王\u200b试一")
    assert (row.values["remark"], row.values["name"]) == ("甲乙", "王试一")
    assert found(row, Notice) == ["hidden_characters", "hidden_characters"]


@pytest.mark.parametrize("field", [field for field in LENGTHS if is_modelled(field) and field != "name"])
def test_text_longer_than_the_register_holds_names_the_limit(field):
    fits = row_of(**{field: "甲" * LENGTHS[field]})
    row = row_of(**{field: "甲" * (LENGTHS[field] + 1)})

    assert fits.findings == []
    assert found(row, Problem) == ["too_long"]
    assert f" {LENGTHS[field]} " in said(row)


MODEL_OF = {
    "contact_name": ("EmergencyContact", "name"),
    "employer": ("organization.Employer", "name"),
} | dict.fromkeys(("town", "village", "unit", "squad"), ("organization.Unit", "name"))


@pytest.mark.parametrize("field", sorted(LENGTHS))
def test_the_lengths_are_those_of_the_models(field):
    kind = FIELDS[field].of if field in FIELDS else "service"
    name, column = MODEL_OF.get(field, ("Member" if kind == "member" else "Assignment", field))
    model = apps.get_model(name if "." in name else f"personnel.{name}")

    assert model._meta.get_field(column).max_length == LENGTHS[field]


# --- amounts and services ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "share"),
    [
        ("专职", 100),
        ("是", 100),
        (1.0, 100),
        (0.5, 50),
        ("50%", 50),
        (30, 30),
        ("1%", 1),
        ("100", 100),
        ("", None),
        ("兼职60%", 60),
        ("兼职 0.6", 60),
        ("兼职（35%）", 35),
        ("兼职1%", 1),
    ],
)
def test_a_share_is_read(cell, share):
    row = row_of(Context(TODAY, force="auxiliary"), share=cell)
    assert (row.values["share"], row.findings) == (share, [])


def test_part_time_asks_for_the_percentage_once_a_file():
    row = row_of(share="兼职")
    question = row.findings[0]

    assert (question.about, question.choices[0].value) == ("share:兼职", "50")
    assert row_of(Context(TODAY, remembered={"share:兼职": "30"}), share="兼职").values["share"] == 30
    assert row_of(Context(TODAY, answers={question.id: "blank"}), share="兼职").findings == []


@pytest.mark.parametrize("cell", ["兼职100%", "兼职1", "半专职"])
def test_a_share_that_contradicts_itself_is_asked_for(cell):
    assert found(row_of(share=cell), Question) == ["value"]


@pytest.mark.parametrize("cell", [0, "0%", 101, "0.1%", 150.0])
def test_nobody_but_a_volunteer_serves_nothing_or_more_than_all(cell):
    assert found(row_of(force="辅警", share=cell), Problem) == ["share"]


@pytest.mark.parametrize("cell", ["兼职", "专职", 0, None])
def test_the_share_of_a_volunteer_is_nothing(cell):
    row = row_of(share=cell, force="志愿者")
    assert (row.values["share"], row.findings) == (0, [])
    assert row_of(Context(TODAY, force="volunteer")).values["share"] == 0


def test_the_force_of_the_file_stands_where_the_row_names_none():
    context = Context(TODAY, force="patrol")
    assert row_of(context).values["force"] == row_of(context, force="-").values["force"] == "patrol"
    assert row_of(context, force="保安").values["force"] == "guard"


@pytest.mark.parametrize(
    ("cell", "fen", "per"),
    [("2.4万/年", 2_400_000, "year"), ("2,400元/月", 240_000, "month"), ("年薪2.4万", 2_400_000, "year")],
)
def test_a_wage_is_fen_and_a_time(cell, fen, per):
    cleaned = wage(cell)
    assert (cleaned.value, [remark.kind for remark in cleaned.remarks]) == (Wage(fen, per), [Notice])
    assert wage(shown("wage", cleaned.value)).value == cleaned.value


@pytest.mark.parametrize(("cell", "fen"), [(2400.0, 240_000), ("2400.00", 240_000), ("2.4万", 2_400_000), (0, 0)])
def test_whether_a_bare_wage_is_for_a_month_is_asked_once(cell, fen):
    question = wage(cell).remarks[0]
    assert (question.kind, question.about) == (Question, "wage:period")
    assert question.settle("month").value == Wage(fen, "month")


def test_a_wage_to_be_agreed_is_no_amount():
    assert (wage("面议").value, wage("面议").remarks[0].kind) == (None, Notice)


# --- the row ----------------------------------------------------------------------------------------------------------


def test_an_error_of_a_formula_rejects_the_row_and_names_the_cell():
    row = row_of(birth_date=None, education=CellError("#REF!"))
    assert [(one.code, one.column) for one in row.of(Problem)] == [("formula", "D")]
    assert "D7" in said(row)
    assert "#REF!" in said(row)


@pytest.mark.parametrize("field", ["name", "id_number", "birth_date", "ending"])
def test_a_formula_without_a_result_is_told_once(field):
    assert found(row_of(**{field: CellError("")}), Problem) == ["formula"]


def test_columns_that_are_not_imported_are_not_looked_at():
    row = row_of(wage=CellError("#REF!"), photo="x")
    assert row.findings == []
    assert not {"wage", "photo"} & {*row.values, *row.columns}


def test_a_short_line_is_blank_to_its_end_and_columns_have_excels_letters():
    fields = {0: "name", 1: "id_number", 27: "remark"}
    row = clean(Line(12, ["王试一", NUMBER]), "表", fields, CONTEXT)

    assert (row.number, row.values["remark"], row.columns["remark"]) == (12, None, "AB")


def test_repeated_cells_are_judged_alike_and_true_is_not_one():
    cleaner = Cleaner("表", {0: "name", 1: "id_number", 2: "sex", 3: "education"}, CONTEXT)
    rows = [cleaner.row(Line(n, ["王试一", NUMBER, 1, cell])) for n, cell in enumerate([21, True, 21.0, "甲", "甲"])]

    assert [row.values["education"] for row in rows] == ["21", None, "21", None, None]
    assert [one.row for row in rows for one in row.findings] == [1, 3, 4]
    assert rows[3].findings[0].id == rows[4].findings[0].id


def test_every_field_that_is_imported_has_a_cleaner():
    assert set(MODELLED) <= set(cleaners(CONTEXT))


MARKS = st.text(
    st.sampled_from("王无男大专在读1985.3-/年月日一十0%'=\"＝\x00\u200b\ud800?□ \t·Xx万元兼職"), max_size=24
)
cells = st.one_of(
    st.none(), st.text().filter(lambda text: "%(" not in text), MARKS,
    st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(),
    st.builds(CellError, st.sampled_from(["", "#REF!"])),
    st.sampled_from([NUMBER, "大专(在读)", "85年3月", "兼职", "0.5", 41821.0, 1985.1]),
)  # fmt: skip


@given(st.lists(cells, min_size=len(MODELLED), max_size=len(MODELLED)), st.booleans())
def test_no_cells_make_cleaning_fail(line, has_1904_dates):
    context = Context(TODAY, has_1904_dates)
    row = clean(Line(2, line), "表", dict(enumerate(MODELLED)), context)

    assert set(MODELLED) <= set(row.values)
    assert all(str(one.message) and "%(" not in str(one.message) for one in row.findings)
    assert all(one.column in {column_letter(index) for index in range(len(line))} for one in row.findings if one.column)
    for field in MODELLED:
        assert isinstance(shown(field, row.values[field]), str)


@pytest.mark.parametrize("field", MODELLED)
@given(cell=cells)
def test_what_is_shown_is_read_back_as_the_same_value(field, cell):
    once = value(field, cell)
    assert value(field, shown(field, once)) == once


# --- nearly all rows --------------------------------------------------------------------------------------------------

NUMBERS = (
    NUMBER, WOMAN, WOMAN.lower(), NUMBER[:17] + "0", NUMBER[:17], f" {NUMBER}", None, 440199198503152430,
    with_check("44019919850315000"), with_check("99019919850315243"), with_check("81000019850315243"),
    with_check("44019920150315243"), with_check("44019919970301243"), "440199850315243", "H12345678",
)  # fmt: skip


@given(
    cells=st.fixed_dictionaries(
        {
            "name": st.sampled_from(["王试一", "暂无", "王?一", "Ann Lee", None]),
            "id_number": st.sampled_from(NUMBERS),
            "sex": st.sampled_from([None, "男", "女", "不详"]),
            "started_on": st.sampled_from([None, "2014-07-01", "2014.7", "2003-05-01", "2015-02-28", "2099-01-01"]),
            "contract_from": st.sampled_from([None, "2014-07-01"]),
            "contract_until": st.sampled_from([None, "2016-06-30", "2013-06-30"]),
        },
        optional={
            "ended_on": st.sampled_from([None, "2014-07-01", "2014-08-31"]),
            "document": st.sampled_from([None, "身份证", "护照"]),
            "force": st.sampled_from([None, "志愿者", "联防"]),
            "age": st.sampled_from([None, "29", "50"]),
        },
    ),
    force=st.sampled_from([None, "joint_defence", "volunteer"]),
)
def test_a_row_that_is_plain_at_once_is_what_it_is_piece_by_piece(cells, force):
    fields = dict(enumerate(cells))
    at_once, by_piece = (Cleaner("表", fields, Context(TODAY, force=force)) for _ in range(2))
    by_piece._may_be_plain = False
    quick, slow = (cleaner.row(Line(7, list(cells.values()))) for cleaner in (at_once, by_piece))
    assert list(quick.values.items()) == list(slow.values.items())
    assert [(one.code, one.column) for one in quick.findings] == [(one.code, one.column) for one in slow.findings]


# --- whole columns ----------------------------------------------------------------------------------------------------

COLUMNS = st.lists(
    st.sampled_from(
        ["13800000000", "020-83310000", "13800000000\n13900000000", "1380000000", "东塘街道1号", "东塘 街道", "无", ""]
    )
    | st.text(max_size=12)
    | st.integers(0, 10**12)
    | st.none(),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("field", ["phone", "contact_phone", "address", "household_address"])
@given(column=COLUMNS)
def test_a_column_cleaned_at_once_says_what_its_cells_say_one_by_one(field, column):
    lines = [Line(number, [cell, "王试一", NUMBER]) for number, cell in enumerate(column, 2)]
    fields = {0: field, 1: "name", 2: "id_number"}

    together = Cleaner("表", fields, CONTEXT).rows(lines)

    alone = [clean(line, "表", fields, CONTEXT) for line in lines]
    assert [row.values for row in together] == [row.values for row in alone]
    assert [row.findings for row in together] == [row.findings for row in alone]
