"""Files that were made to do harm, or that a program broke: refused or read, soon, and in little memory."""

import io
import struct
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personnel.roster.reading import Limits, parse_pasted, read
from personnel.roster.shapes import FileRefused
from tests.personnel.roster.files import csv_text, package, relations, workbook_xml, worksheet_xml, xls, xlsx, zipped

PEOPLE = [["姓名", "身份证号"], ["王伟", "440199198501012343"]]
A1 = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
MIB = 1024 * 1024


def _memory(what):
    return int(Path("/proc/self/status").read_text().partition(f"{what}:")[2].split()[0]) // 1024


@contextmanager
def little_is_used():
    """Less than ten seconds, and less than 256 MiB more of this process's memory."""
    can_measure = Path("/proc/self/clear_refs").exists()
    if can_measure:
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
        before = _memory("VmRSS")
    start = time.monotonic()
    yield
    assert time.monotonic() - start < 10
    if can_measure:
        assert _memory("VmHWM") - before < 256


def refusal(data, **limits):
    with little_is_used(), pytest.raises(FileRefused) as refused:
        read(data, Limits(**limits))
    return refused.value


def code(data, **limits):
    return refusal(data, **limits).code


# Over a limit


def rows_xml(numbers, column="A", content="<v>1</v>"):
    cells = "".join(f'<row r="{n}"><c r="{column}{n}">{content}</c></row>' for n in numbers)
    return f"<sheetData>{cells}</sheetData>"


@pytest.mark.parametrize(
    ("data", "limits", "expected"),
    [
        (csv_text(PEOPLE), {"file_bytes": 20}, "too_large"),
        (csv_text(PEOPLE), {"rows": 1}, "too_many_rows"),
        (xlsx({"甲": PEOPLE}), {"rows": 1}, "too_many_rows"),
        (xlsx({"甲": PEOPLE, "乙": PEOPLE}), {"rows": 3}, "too_many_rows"),
        (xls(PEOPLE), {"rows": 1}, "too_many_rows"),
        (csv_text(PEOPLE), {"columns": 1}, "too_many_columns"),
        (xlsx({"甲": PEOPLE}), {"columns": 1}, "too_many_columns"),
        (xls(PEOPLE), {"columns": 1}, "too_many_columns"),
        (csv_text(PEOPLE), {"cells": 3}, "too_many_cells"),
        (xlsx({"甲": PEOPLE}), {"cells": 3}, "too_many_cells"),
        (xls(PEOPLE), {"cells": 3}, "too_many_cells"),
        (xlsx({"甲": PEOPLE, "乙": PEOPLE}), {"sheets": 1}, "too_many_sheets"),
        (xlsx({"甲": PEOPLE}, merged={"甲": ["A3:B3", "A4:B4"]}), {"merged_ranges": 1}, "too_many_merges"),
        (xlsx({"甲": PEOPLE}), {"parts": 5}, "too_many_parts"),
        (xlsx({"甲": PEOPLE}), {"unpacked_bytes": 2000}, "unpacks_too_large"),
    ],
)
def test_one_over_a_limit_is_refused_with_a_sentence_that_names_it(data, limits, expected):
    refused = refusal(data, **limits)
    assert refused.code == expected
    ((name, value),) = limits.items()
    assert refused.params["limit"] == (value // MIB if name.endswith("bytes") else value)
    assert "%(" not in str(refused)


@pytest.mark.parametrize("data", [csv_text(PEOPLE), xlsx({"甲": PEOPLE}), xls(PEOPLE)], ids=["csv", "xlsx", "xls"])
def test_a_file_at_its_limits_is_read(data):
    assert read(data, Limits(rows=2, columns=2, cells=4, sheets=1)).sheets[0].rows == PEOPLE


def test_two_sheets_of_one_name_are_refused():
    """No program writes them, and lines are found by the names of their sheets."""
    parts = {
        "xl/workbook.xml": workbook_xml("甲", "甲"),
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "worksheets/sheet2.xml")
        ),
        "xl/worksheets/sheet2.xml": worksheet_xml(rows_xml([1])),
    }
    refused = refusal(package(rows_xml([1]), parts=parts))
    assert refused.code == "sheets_named_alike"
    assert str(refused) == "有两个工作表都叫“甲”。请给其中一个改名，再上传。"
    parts["xl/workbook.xml"] = workbook_xml("甲", "乙")
    assert len(read(package(rows_xml([1]), parts=parts)).sheets) == 2


def test_a_stray_cell_far_away_costs_nothing_and_is_named():
    assert code(package(rows_xml([1, 1_048_576]))) == "too_many_rows"
    assert code(package(rows_xml([1], "XFD"))) == "too_many_columns"
    assert code(package(rows_xml([1, 1_048_576], "XFD"))) in ("too_many_rows", "too_many_columns")
    assert code(package("<dimension ref='A1'/>" + rows_xml([1_048_576], "xfd").replace('"', "'"))) == "too_many_rows"


def test_a_sheet_that_lies_about_how_far_it_reaches_is_refused_all_the_same():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="199999"><c r="XFD199999"><v>1</v></c></row>'
    assert code(package(f'<dimension ref="A1:B2"/><sheetData>{cells}</sheetData>')) in (
        "too_costly",
        "too_many_columns",
    )


def test_a_formula_far_away_is_refused_also_without_a_result():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><f>A1</f></c></row>'
    assert code(package(f"<sheetData>{cells}</sheetData>")) == "too_many_rows"


def test_rows_of_a_long_sheet_that_are_not_in_order_are_refused():
    assert code(package(rows_xml([*range(9001, 20_001), *range(1, 9001)]))) == "damaged"


def test_a_long_sheet_ends_where_its_rows_end():
    more = '<row r="20001"><c r="A20001"><v>2</v></c></row>'
    data = package(rows_xml(range(1, 20_001)).replace("</sheetData>", f"</sheetData><sheetData>{more}</sheetData>"))
    assert len(read(data).sheets[0].rows) == 20_000


def test_what_is_only_declared_or_formatted_does_not_count():
    styled = "".join(f'<row r="{n}" s="1"><c r="A{n}" s="1"/></row>' for n in (2, 1_048_576))
    sheet = f'<dimension ref="A1:XFD1048576"/><sheetData>{rows_xml([1])[11:-12]}{styled}</sheetData>'
    with little_is_used():
        assert read(package(sheet)).sheets[0].rows == [[1]]


def test_a_million_formatted_rows_are_read_without_them():
    rows = b"".join(b'<row r="%d" s="1"/>' % n for n in range(2, 1_000_002))
    sheet = worksheet_xml(A1).encode().replace(b"</sheetData>", rows + b"</sheetData>")
    with little_is_used():
        assert read(package(parts={"xl/worksheets/sheet1.xml": sheet})).sheets[0].rows == [[1]]


def test_too_many_columns_of_real_cells_are_refused():
    cells = "".join(f"<c><v>{n}</v></c>" for n in range(16_384))
    assert code(package(f"<sheetData><row>{cells}</row></sheetData>")) == "too_many_columns"


def test_ten_thousand_sheets_are_refused():
    names = [f"s{n}" for n in range(10_000)]
    targets = relations(*((f"rId{n}", "worksheet", "worksheets/sheet1.xml") for n in range(1, 10_001)))
    data = package(A1, parts={"xl/workbook.xml": workbook_xml(*names), "xl/_rels/workbook.xml.rels": targets})
    assert code(data) == "too_many_sheets"


def test_one_large_sheet_listed_many_times_is_counted_each_time():
    names = [f"s{n}" for n in range(300)]
    targets = relations(*((f"rId{n}", "worksheet", "worksheets/sheet1.xml") for n in range(1, 301)))
    padding = "<!--" + " " * MIB + "-->"
    data = package(A1 + padding, parts={"xl/workbook.xml": workbook_xml(*names), "xl/_rels/workbook.xml.rels": targets})
    assert code(data) == "unpacks_too_large"


def test_a_million_merged_ranges_are_refused():
    ranges = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (n, n) for n in range(1, 1_000_001))
    sheet = (
        worksheet_xml(A1 + "<mergeCells></mergeCells>").encode().replace(b"</mergeCells>", ranges + b"</mergeCells>")
    )
    assert code(package(parts={"xl/worksheets/sheet1.xml": sheet})) == "too_many_merges"


def test_huge_styles_are_refused():
    assert code(package(A1, styles="<xf/>" * 4 * MIB)) == "unpacks_too_large"


def test_one_long_text_in_very_many_cells_is_refused():
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_000))
    data = package(f"<sheetData>{cells}</sheetData>", strings=f"<si><t>{'王' * 200_000}</t></si>")
    assert code(data) == "too_costly"


def test_millions_of_blank_lines_are_no_rows():
    with little_is_used():
        assert read(b"a,b\n" + b"\n" * 500_000).sheets[0].rows == [["a", "b"]]
        assert code(b"a,b\n" + b"\n" * 2_000_000) == "too_many_rows"
        assert parse_pasted("a\tb\n" + "\n" * 500_000).sheets[0].rows == [["a", "b"]]


# Packages


def forged(data, size):
    """Say another unpacked size of every part, in the directory and in the headers of the parts."""
    data = bytearray(data)
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.find(signature)
        while at >= 0:
            struct.pack_into("<I", data, at + offset, size)
            at = data.find(signature, at + 4)
    return bytes(data)


@pytest.fixture(scope="module")
def bomb():
    """257 MiB of blanks in a small file."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        zipfile.ZipFile(io.BytesIO(package(A1))) as honest,
    ):
        for name in honest.namelist():
            if "sheet1" not in name:
                archive.writestr(name, honest.read(name))
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(257):
                part.write(b" " * MIB)
    return out.getvalue()


def test_a_zip_bomb_is_refused(bomb):
    assert code(bomb) == "unpacks_too_large"


def test_a_zip_bomb_that_says_it_is_small_is_refused(bomb):
    assert code(forged(bomb, 1000)) == "damaged"


def test_a_small_file_that_says_it_is_large_is_refused():
    assert code(forged(package(A1), 100 * MIB)) == "unpacks_too_large"


@pytest.mark.parametrize(
    "name",
    ["xl/worksheets/sheet1.xml", "XL/worksheets/SHEET1.xml", "xl\\worksheets\\sheet1.xml"],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused(name):
    with zipfile.ZipFile(io.BytesIO(package(A1))) as honest:
        parts = [(one, honest.read(one)) for one in honest.namelist()]
    assert code(zipped([*parts, (name, worksheet_xml(A1))])) == "damaged"


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil.xml", "xl/../../evil.xml", "C:/evil.xml", "xl\\..\\..\\e"])
def test_parts_that_point_out_of_the_package_are_refused(name):
    assert code(package(A1, parts={name: "x"})) == "damaged"


def test_a_package_inside_another_before_or_behind_it_is_refused():
    assert code(package(A1) + package(A1)) == "damaged"
    assert code(package(A1) + b"PK\x03\x04" + b"\0" * 40) in ("damaged", "unpacks_too_large")


def test_an_entry_that_the_directory_does_not_list_is_refused():
    data = zipped({"a": "x" * 100})
    start = data.index(b"PK\x01\x02")
    honest = package(A1)
    hidden, moved = data[:start], bytearray(honest)
    # A local entry between the last honest one and the directory, and a directory that is told where it begins now.
    directory = honest.index(b"PK\x01\x02")
    struct.pack_into("<I", moved, len(moved) - 6, directory + len(hidden))
    assert code(bytes(moved[:directory]) + hidden + bytes(moved[directory:])) == "damaged"


@pytest.mark.parametrize(
    "parts",
    [
        {"xl/_rels/workbook.xml.rels": ""},
        {"xl/_rels/workbook.xml.rels": "<broken"},
        {"xl/_rels/workbook.xml.rels": relations(("rId1", "worksheet", "worksheets/none.xml"))},
        {"xl/_rels/workbook.xml.rels": relations(("rId7", "worksheet", "worksheets/sheet1.xml"))},
        {"xl/_rels/workbook.xml.rels": relations(("rId1", "worksheet", "../../../../etc/passwd"))},
        {"_rels/.rels": relations(("rId1", "officeDocument", "xl/none.xml"))},
        {"_rels/.rels": ""},
        {"xl/workbook.xml": workbook_xml()},
        {"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row>"},
        {"xl/worksheets/sheet1.xml": worksheet_xml(A1).encode("utf-16")},
        {"xl/sharedStrings.xml": "\0\0\0"},
        {
            "xl/worksheets/sheet1.xml": worksheet_xml(
                '<sheetData><row r="1"><c r="A1" t="s"><v>9</v></c></row></sheetData>'
            )
        },
    ],
)
def test_broken_packages_are_refused(parts):
    assert code(package(A1, parts=parts)) == "damaged"


# XML

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCUMENT_TYPES = [
    f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>',
    '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
]
PARTS = ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "_rels/.rels"]


@pytest.mark.parametrize("document_type", DOCUMENT_TYPES, ids=["laughs", "external entity", "external type"])
@pytest.mark.parametrize("part", PARTS)
def test_a_document_type_is_refused_in_every_part(part, document_type):
    with zipfile.ZipFile(io.BytesIO(package(A1))) as honest:
        xml = honest.read(part).decode()
    declaration, _, rest = xml.rpartition("?>")
    assert code(package(A1, parts={part: declaration + (_ and "?>") + document_type + rest})) == "forbidden_xml"


# Old workbooks


def test_an_old_workbook_whose_sectors_run_in_a_circle_is_refused():
    data = bytearray(xls([[f"{r}-{c}" for c in range(20)] for r in range(50)]))
    table = 512 * (1 + struct.unpack_from("<I", data, 76)[0])
    for n in range(20):
        struct.pack_into("<I", data, table + 4 * n, 0)
    assert code(bytes(data)) == "damaged"


# Anything at all

SAMPLES = [xlsx({"甲": PEOPLE}), xls(PEOPLE), csv_text(PEOPLE), csv_text(PEOPLE, "utf-16"), package(A1)]
few = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


def is_read_or_refused(data):
    try:
        read(data, Limits(seconds=3))
    except FileRefused as refused:
        assert str(refused)  # noqa: PT017 (being read is as good)


@few
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]))
def test_any_bytes_are_read_or_refused(data, start):
    is_read_or_refused(start + data)


@few
@given(
    st.sampled_from(SAMPLES), st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=6)), max_size=6)
)
def test_a_file_with_bytes_changed_is_read_or_refused(data, changes):
    changed = bytearray(data)
    for place, new in changes:
        at = int(place * len(changed))
        changed[at : at + len(new)] = new
    is_read_or_refused(bytes(changed))


@few
@given(st.text(st.sampled_from('<>/"= crowv1A\n&;'), max_size=60))
def test_any_xml_in_a_sheet_is_read_or_refused(text):
    is_read_or_refused(package(A1.replace("<v>1", text + "<v>1")))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_pasted_text_is_read_or_refused(text):
    try:
        parse_pasted(text)
    except FileRefused as refused:
        assert str(refused)  # noqa: PT017 (being read is as good)
