"""Lists as CSV: harmless in a spreadsheet, and as they were when they are read back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personnel.exports.csv import harmless, restored, write_csv

STARTS = ["=1", "+1", "-1", "@1", "\t1", "\r1", "\n1", "\0001", "＝1", "＋1", "－1", "＠1"]
texts = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("=+-@\t\r\n'＝＠\"")), max_size=12)


def written(rows, **more):
    target = io.BytesIO()
    write_csv(target, ["姓名", "备注"], rows, **more)
    return target.getvalue()


def read(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", STARTS)
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(text):
    assert read(written([["甲", text]]))[1] == ["甲", "'" + text]
    assert restored("'" + text) == text


@given(texts)
def test_a_text_is_restored_from_what_was_written(text):
    assert restored(harmless(text)) == text
    assert harmless(text)[:1] not in set("=+-@\t\r\n＝＋－＠")


@given(st.lists(st.tuples(texts, texts), max_size=5))
def test_rows_read_back_as_they_were(rows):
    _header, *found = read(written(rows))
    assert [tuple(map(restored, row)) for row in found] == rows


def test_excel_sees_that_it_is_utf8():
    assert written([["甲", "乙"]]).startswith(b"\xef\xbb\xbf")


def test_the_last_line_says_who_made_it():
    assert read(written([["甲", "乙"]], footer="制表人：陈试用"))[-1] == ["制表人：陈试用", ""]


def test_the_file_stays_open_for_the_answer():
    target = io.BytesIO()
    assert write_csv(target, ["姓名"], [["甲"], ["乙"]]) == 2
    assert not target.closed
