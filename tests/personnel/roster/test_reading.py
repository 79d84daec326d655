import codecs
import io
import os
import shutil
import subprocess
import sys
import threading
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt

from personnel.roster.reading import Limits, parse_pasted, read
from personnel.roster.shapes import CellError, FileRefused
from tests.personnel.roster.files import (
    csv_text,
    package,
    relations,
    saved,
    workbook_xml,
    worksheet_xml,
    xls,
    xlsx,
    zipped,
)

PEOPLE = [["姓名", "身份证号", "村居"], ["王伟", "440199198501012343", "东兴村"], ["李\n芳", None, "x,y\t;z"]]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc33"
    "0000000049454e44ae426082"
)


def refusal(data, **limits):
    with pytest.raises(FileRefused) as refused:
        read(data, Limits(**limits))
    return refused.value.code


def cells(sheet_xml, **more):
    return read(package(f"<sheetData>{sheet_xml}</sheetData>", **more)).sheets[0].rows


# What kind of file it is


@pytest.mark.parametrize("data", [xlsx({"名册": PEOPLE}), xls(PEOPLE, "名册")], ids=["xlsx", "xls"])
def test_a_workbook_is_known_by_its_content(data):
    (sheet,) = read(data).sheets
    assert (sheet.name, sheet.rows, sheet.is_hidden) == ("名册", PEOPLE, False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_every_encoding_and_with_every_delimiter(encoding, delimiter):
    assert read(csv_text(PEOPLE, encoding, delimiter)).sheets[0].rows == PEOPLE


def test_csv_in_utf16_of_either_order_is_read():
    data = codecs.BOM_UTF16_BE + csv_text(PEOPLE, "utf-16-be")
    assert read(data).sheets[0].rows == PEOPLE


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_csv_in_utf16_without_a_mark_is_known_by_the_halves_of_its_commas(encoding):
    assert read(csv_text(PEOPLE, encoding)).sheets[0].rows == PEOPLE


def test_numbers_and_dates_of_a_csv_stay_text():
    rows = read(csv_text([["姓名", "身份证号", "日期"], ["王伟", "440199198501012343", "2014/8/6"]])).sheets[0].rows
    assert rows[1] == ["王伟", "440199198501012343", "2014/8/6"]


def test_csv_cells_that_a_program_wrote_as_text_formulas_are_unwrapped():
    rows = read('姓名,身份证号\n王伟,="440199198501012343"\n'.encode()).sheets[0].rows
    assert rows[1] == ["王伟", "440199198501012343"]


def test_blank_lines_of_a_csv_keep_the_numbers_of_the_rows():
    assert read("姓名,电话\n\n王伟,1\n,\n".encode()).sheets[0].rows == [["姓名", "电话"], [], ["王伟", "1"]]


@pytest.mark.parametrize(
    "data",
    [
        "姓名,身份證字號\n陳怡君,中華民國臺灣省臺北市信義區\n".encode("big5"),
        "姓名,地址\n王伟,东兴村\n".encode()[:-2] + b"\n",
        "José;André\n".encode("latin-1"),
        codecs.BOM_UTF16_LE + b"a\0b",
        codecs.BOM_UTF8 + "姓名,村居\n".encode("gb18030"),
    ],
    ids=["big5", "damaged utf-8", "latin-1", "damaged utf-16", "false mark"],
)
def test_a_csv_is_refused_rather_than_garbled(data):
    assert refusal(data) == "encoding"


def test_quotation_marks_that_do_not_match_are_refused_with_their_line():
    with pytest.raises(FileRefused) as refused:
        read('姓名,村居\n王伟,"东兴村\n李芳,西华村\n'.encode())
    assert refused.value.code == "quotes"
    assert str(refused.value.params["line"]) in str(refused.value)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"%PDF-1.7\n", "unsupported"),
        (PNG, "unsupported"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "unsupported"),
        (b"Rar!\x1a\x07\0", "unsupported"),
        ("- name: 王伟\n  unit: 东兴村\n".encode(), "unsupported"),
        ('[{"name": "王伟", "unit": "东兴村"}]'.encode(), "unsupported"),
        (b"\x01\x02\x03\x04", "unsupported"),
        ("<html><table><tr><td>姓名</td></tr></table></html>".encode(), "markup"),
        (
            b'\xef\xbb\xbf<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "markup",
        ),
        ("<?xml version='1.0'?><Workbook/>".encode("utf-16"), "markup"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "markup"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}), "unsupported"),
        (zipped({"a.txt": "a"}), "unsupported"),
        (zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"}), "unsupported"),
        (zipped({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<x/>"}), "unsupported"),
        (package(parts={"xl/workbook.xml": "<document/>"}), "unsupported"),
        (package(parts={"xl/vbaProject.bin": b"x"}), "macros"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "damaged"),
        (xlsx({"名册": PEOPLE})[:4000], "damaged"),
        (xls(PEOPLE)[:2000], "damaged"),
    ],
)
def test_what_is_no_roster_is_refused(data, code):
    assert refusal(data) == code


def test_a_file_under_a_password_is_refused():
    assert refusal(with_stream_named("EncryptedPackage")) == "encrypted"
    file_password_in_place_of_the_author = xls(PEOPLE).replace(b"\x5c\0\x70\0", b"\x2f\0\x70\0", 1)
    assert refusal(file_password_in_place_of_the_author) == "encrypted"


def test_an_old_workbook_with_macros_is_refused():
    assert refusal(with_stream_named("_VBA_PROJECT_CUR")) == "macros"


def test_an_old_text_document_is_refused():
    assert refusal(with_stream_named("WordDocument")) == "unsupported"


def with_stream_named(name):
    data = bytearray(xls(PEOPLE))
    at = data.index("Workbook".encode("utf-16-le"))
    data[at : at + 66] = name.encode("utf-16-le").ljust(64, b"\0") + (2 * len(name) + 2).to_bytes(2, "little")
    return bytes(data)


def test_refusals_are_sentences():
    with pytest.raises(FileRefused) as refused:
        read(b"%PDF-1.7")
    assert "xlsx" in str(refused.value)
    assert "%(" not in str(refused.value)


# What the cells are


def test_cells_have_the_types_of_excel():
    stored = [["文字", 5, 5.0, 2.5, True, date(2014, 8, 6), datetime(2014, 8, 6, 8, 30), None, "", "x"]]
    rows = read(xlsx({"甲": stored})).sheets[0].rows
    assert rows == [["文字", 5, 5, 2.5, True, date(2014, 8, 6), date(2014, 8, 6), None, None, "x"]]
    assert [type(cell) for cell in rows[0][1:5]] == [int, int, float, bool]


def test_a_time_without_a_day_is_text():
    assert read(xlsx({"甲": [[time(8, 30)]]}, formats={("甲", 0): "h:mm"})).sheets[0].rows == [["08:30"]]


@pytest.mark.parametrize("write", [lambda number: xlsx({"甲": [[number]]}), lambda number: xls([[number]])])
def test_an_id_that_became_a_number_stays_a_number(write):
    ((cell,),) = read(write(440199198501012343.0)).sheets[0].rows
    assert isinstance(cell, int | float)


@pytest.mark.parametrize(("shown_as", "text"), [("0.00", "1985.10"), ("0.00_ ", "1985.10"), ("General", 1985.1)])
def test_october_and_january_are_told_apart_by_the_number_format(shown_as, text):
    assert read(xlsx({"甲": [["x"], [1985.1, 1985.12, 85.1]]}, formats={("甲", 0): shown_as})).sheets[0].rows[1] == [
        text,
        1985.12,
        85.1,
    ]
    assert read(xls([["x"], [1985.1]], formats={0: shown_as})).sheets[0].rows[1] == [text]


def test_many_numbers_in_one_record_of_an_xls_keep_their_formats():
    rows = [[1985.1, 1986.1, 1987.1]]
    assert read(xls(rows, formats={1: "0.00"})).sheets[0].rows == [[1985.1, "1986.10", 1987.1]]


def test_days_are_counted_from_1904_where_the_book_says_so():
    book = read(xlsx({"甲": [[date(2014, 8, 6), 40395]]}, has_1904_dates=True))
    assert book.has_1904_dates
    assert book.sheets[0].rows == [[date(2014, 8, 6), 40395]]
    old = xlwt.Workbook()
    old.dates_1904 = True
    old.add_sheet("甲").write(0, 0, date(2014, 8, 6), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    book = read(saved(old))
    assert book.has_1904_dates
    assert book.sheets[0].rows == [[date(2014, 8, 6)]]


def test_errors_and_formulas_without_a_result_are_seen():
    book = openpyxl.Workbook()
    book.active.append(["=A9", "#REF!", "x"])
    book.active["B1"].data_type = "e"
    assert read(saved(book)).sheets[0].rows == [[CellError(""), CellError("#REF!"), "x"]]


def test_a_stored_result_is_read_and_an_empty_text_is_blank():
    row = '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c>'
    row += '<c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    assert cells(f'<row r="1">{row}</row>') == [[2, None, CellError("#DIV/0!")]]


def test_errors_of_an_xls_are_seen():
    book = xlwt.Workbook()
    sheet = book.add_sheet("甲")
    sheet.row(0).set_cell_error(1, "#REF!")
    assert read(saved(book)).sheets[0].rows == [[None, CellError("#REF!")]]


def test_shared_formulas_keep_the_results_of_each_cell():
    first = '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">1+1</f><v>2</v></c></row>'
    assert cells(first + '<row r="2"><c r="A2"><f t="shared" si="0"/><v>3</v></c></row>') == [[2], [3]]
    assert cells(first + '<row r="2"><c r="A2"><f t="shared" si="0"/></c></row>') == [[2], [CellError("")]]


def test_readings_printed_above_characters_are_no_part_of_the_text():
    strings = '<si><t>王</t><rPh sb="0" eb="1"><t>wang</t></rPh></si>'
    inline = '<c r="B1" t="inlineStr"><is><r><t>李</t></r>'
    inline += '<r><t xml:space="preserve"> 芳</t></r><rPh sb="0" eb="1"><t>li</t></rPh></is></c>'
    assert cells(f'<row r="1"><c r="A1" t="s"><v>0</v></c>{inline}</row>', strings=strings) == [["王", "李 芳"]]


def test_escaped_characters_are_what_they_stand_for():
    strings = "<si><t>a_x000D_\nb</t></si>"
    assert cells('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings=strings) == [["a\r\nb"]]


@pytest.mark.parametrize(
    "sheet",
    [
        worksheet_xml(
            '<sheetData><row><c t="e"><v>#N/A</v></c><c><f>A1</f></c><c s="1"><v>1985.1</v></c></row></sheetData>'
        ),
        worksheet_xml(
            "<sheetData><row r='1'><c r='A1' t='e'><v>#N/A</v></c><c r='B1'><f>A1</f></c>"
            "<c s='1' r='C1'><v>1985.1</v></c></row></sheetData>"
        ),
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="1">'
        '<x:c r="A1" t="e"><x:v>#N/A</x:v></x:c><x:c r="B1"><x:f>A1</x:f></x:c>'
        '<x:c r="C1" s="1"><x:v>1985.1</x:v></x:c>'
        "</x:row></x:sheetData></x:worksheet>",
        worksheet_xml(
            '<sheetData>\n<row r="1">\n<c r="A1" t="e">\n<v>#N/A</v>\n</c>\n<c r="B1"><f>A1</f>\n<v/></c>'
            '<c s="1" r="C1"><v>1985.1</v></c></row></sheetData>'
        ),
    ],
    ids=["no references", "single quotes", "prefix", "white space"],
)
def test_sheets_are_understood_however_their_xml_was_written(sheet):
    styles = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="2"/></cellXfs>'
    data = package(styles=styles, parts={"xl/worksheets/sheet1.xml": sheet})
    assert read(data).sheets[0].rows == [[CellError("#N/A"), CellError(""), "1985.10"]]


def test_rows_and_columns_are_those_of_excel():
    assert cells('<row r="3"><c r="C3"><v>1</v></c><c r="E3" s="1"/></row>') == [[], [], [None, None, 1]]


# What the sheets are


def test_a_long_sheet_that_is_read_in_blocks_is_one():
    rows = [[n, f"王{n}", None, f"东塘街道东一路{n}号"] for n in range(1, 9001)]
    rows[4000:6000] = [[]] * 2000
    rows[8000][2] = 1985.1
    data = xlsx({"甲": rows, "乙": rows[:3]}, merged={"甲": ["D7000:D7002"]}, formats={("甲", 2): "0.00"})
    long, short = read(data).sheets

    assert long.rows[:7000] == rows[:7000]
    assert long.rows[8000] == [8001, "王8001", "1985.10", "东塘街道东一路8001号"]
    assert (len(long.rows), long.merged) == (9000, [(6999, 3, 7001, 3)])
    assert short.rows == rows[:3]


def test_an_error_far_below_stands_in_its_row():
    many = "".join(f'<row r="{n}"><c r="A{n}" t="str"><v>{"王" * 40}</v></c></row>' for n in range(1, 9001))
    found = cells(many + '<row r="9500"><c r="B9500" t="e"><v>#REF!</v></c></row>')

    assert (len(found), found[8999], found[9000:9499]) == (9500, ["王" * 40], [[]] * 499)
    assert found[9499] == [None, CellError("#REF!")]


def test_hidden_sheets_are_marked():
    book = read(xlsx({"甲": [["a"]], "乙": [["b"]], "丙": [["c"]]}, hidden=["乙"], very_hidden=["丙"]))
    assert [(sheet.name, sheet.is_hidden) for sheet in book.sheets] == [("甲", False), ("乙", True), ("丙", True)]


def test_merged_ranges_are_told_and_only_their_first_cell_has_a_value():
    (sheet,) = read(
        xlsx({"甲": [["村居", "姓名"], ["东兴村", "王伟"], [None, "李芳"]]}, merged={"甲": ["A2:A3"]})
    ).sheets
    assert sheet.merged == [(1, 0, 2, 0)]
    assert sheet.rows[2] == [None, "李芳"]
    old = xlwt.Workbook()
    old.add_sheet("甲").write_merge(0, 1, 0, 1, "东兴村")
    assert read(saved(old)).sheets[0].merged == [(0, 0, 1, 1)]


def test_pictures_and_comments_are_counted():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write("A1", "照片")
        sheet.insert_image("A2", "a.png", {"image_data": io.BytesIO(PNG)})
        sheet.insert_image("A3", "b.png", {"image_data": io.BytesIO(PNG), "x_offset": 3})
        sheet.embed_image("A4", "c.png", {"image_data": io.BytesIO(PNG)})
        sheet.write_comment("A1", "请贴照片")
        book.add_worksheet()
    first, second = read(out.getvalue()).sheets
    assert (first.pictures, first.comments, first.rows) == (3, 1, [["照片"]])
    assert (second.pictures, second.comments) == (0, 0)


def test_pictures_that_wps_keeps_in_cells_are_counted_and_no_text():
    cell = '<c r="A1" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>'
    sheet = f'<sheetData><row r="1">{cell}<c r="B1"><v>1</v></c></row></sheetData>'
    (read_sheet,) = read(package(sheet, parts={"xl/cellimages.xml": "<x/>"})).sheets
    assert (read_sheet.rows, read_sheet.pictures) == ([[None, 1]], 1)


def test_a_sheet_that_is_a_chart_is_left_out():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("甲").write("A1", 1)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=甲!$A$1:$A$1"})
        book.add_chartsheet("图").set_chart(chart)
    assert [sheet.name for sheet in read(out.getvalue()).sheets] == ["甲"]


def test_parts_are_found_by_their_relations_whatever_the_case_of_their_names():
    parts = {
        "_rels/.rels": relations(("rId1", "officeDocument", "/XL/Book.xml")),
        "xl/workbook.xml": "",
        "xl/_rels/workbook.xml.rels": "",
        "xl/BOOK.xml": workbook_xml("名册"),
        "xl/_rels/book.xml.rels": relations(("rId1", "worksheet", "Sheets\\One.XML")),
        "xl/sheets/one.xml": worksheet_xml('<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'),
    }
    (sheet,) = read(package(parts=parts)).sheets
    assert (sheet.name, sheet.rows) == ("名册", [[1]])


# Cells from the clipboard


def test_pasted_cells_are_a_sheet():
    (sheet,) = parse_pasted('姓名\t住址\r\n王伟\t"东兴村\n3号 ""甲""座"\r\n\t\r\n').sheets
    assert sheet.rows == [["姓名", "住址"], ["王伟", '东兴村\n3号 "甲"座']]


@pytest.mark.parametrize(
    ("text", "code"), [(" \n", "empty"), ('a\t"b\n', "quotes"), ("x\t" * 101 + "x", "too_many_columns")]
)
def test_pasted_text_that_is_no_table_is_refused(text, code):
    with pytest.raises(FileRefused) as refused:
        parse_pasted(text)
    assert refused.value.code == code


# Where the reading happens


def test_reading_works_from_threads():
    data = xlsx({"名册": PEOPLE})
    books = []
    threads = [threading.Thread(target=lambda: books.append(read(data))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [book.sheets[0].rows for book in books] == [PEOPLE] * 4


def test_the_child_sees_no_secret_and_can_open_no_file(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for the child")
    monkeypatch.setattr(
        "personnel.roster.reading.parent._START",
        """
import sys; sys.path[:0] = sys.argv[1:]
from personnel.roster.reading import child, delimited
import os, json
def spy(data):
    found = dict(os.environ)
    for what in (lambda: open(__import__("sys").executable, "rb"), lambda: os.pipe()):
        try:
            what()
            found["opened"] = "yes"
        except OSError as error:
            pass
    return "x," + "|".join(sorted(found))
delimited.decoded = spy
child.main()
""",
    )
    seen = read(b"a,b").sheets[0].rows[0][1]
    assert "SECRET_KEY" not in seen
    assert "opened" not in seen


@pytest.mark.parametrize("trouble", ["import os; os.abort()", "while True: pass", "print('x' * 10**7)", "print('[]')"])
def test_a_child_that_fails_is_one_plain_refusal(monkeypatch, trouble):
    monkeypatch.setattr("personnel.roster.reading.parent._START", trouble)
    assert refusal(b"a,b", seconds=1, patience=1, answer_bytes=10**6) in ("too_costly", "damaged")


def test_reading_works_from_a_path_with_spaces_and_from_any_directory(tmp_path):
    source = Path(__file__).resolve().parents[3]
    project = tmp_path / "群防 群治"
    for app in ("organization", "personnel"):
        (project / app).mkdir(parents=True)
        (project / app / "__init__.py").touch()
    shutil.copy(source / "organization/refusal.py", project / "organization")
    shutil.copytree(source / "personnel/bounded", project / "personnel/bounded")
    shutil.copytree(source / "personnel/roster/reading", project / "personnel/roster/reading")
    for name in ("__init__.py", "repeats.py", "shapes.py"):
        shutil.copy(source / "personnel/roster" / name, project / "personnel/roster")
    script = "import sys; sys.path.insert(0, sys.argv[1]);"
    script += "from django.conf import settings; settings.configure(USE_I18N=False);"
    script += "from personnel.roster.reading import read; print(read(b'a,b').sheets[0].rows)"
    done = subprocess.run(
        [sys.executable, "-c", script, str(project)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=dict(os.environ),
        check=False,
    )
    assert done.stdout == "[['a', 'b']]\n", done.stderr
