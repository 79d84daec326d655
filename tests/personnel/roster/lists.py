"""Lists of people as rows of cells, for tests that need no file."""

from personnel.identity import check_digit
from personnel.roster.layout import tables
from personnel.roster.mapping import map_columns
from personnel.roster.shapes import Book, Sheet

HEADER = ["序号", "姓名", "身份证号", "联系电话"]


def number(index: int = 0) -> str:
    """An invented ID number with a valid check digit."""
    first17 = f"440199198503{1 + index % 28:02d}{100 + index // 28:03d}"
    return first17 + check_digit(first17)


def person(index: int = 0, *more) -> list:
    """序号, 姓名, 身份证号, 联系电话 and whatever else."""
    return [index + 1, "陈" + "甲乙丙丁戊己庚辛壬癸"[index % 10], number(index), f"1390000{index:04d}", *more]


def people(count: int) -> list[list]:
    return [person(index) for index in range(count)]


def layout(*rows, **sheet):
    return tables(Book([Sheet("花名册", list(rows), **sheet)]))


def table(*rows, **sheet):
    return layout(*rows, **sheet).tables[0]


def mapped_table(*rows, **sheet):
    found = table(*rows, **sheet)
    map_columns(found, {})
    return found


def numbers(found) -> list[int]:
    return [line.number for line in found.lines]


def headers(found) -> list[str]:
    return [column.header for column in found.columns]


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]
