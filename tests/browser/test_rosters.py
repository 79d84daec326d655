"""Rosters as towns send them: from a messy workbook through questions and corrections to the register, and back."""

from datetime import date

from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import name, number

REGION = "440197"  # no demo person has it
BORN = date(1986, 12, 31)
VILLAGES, ROWS = 3, 300
HEADER = [
    ["序号", "村（居）", "姓名", "性别", "身份证号码", "文化程度", "政治面貌", "职务", "入队时间", "联系方式", "", "喜好", "备注"],
    ["", "", "", "", "", "", "", "", "", "手机", "邮箱", "", ""],
]  # fmt: skip
FIRST = 5  # the row of the first person, as Excel counts
ALIAS = "河边那个村"
BAD_DIGIT, AS_NUMBER, REPEATED, EDUCATION, ELSEWHERE, BAD_DAY = 10, 20, 30, 140, 150, 270


def citizen(serial):
    return number(serial, BORN, REGION)


def off_by_one(text):
    return text[:17] + ("1" if text[17] != "1" else "2")


def messy(villages, known):
    """A workbook of three villages. `known` is (name, ID number) of somebody who serves in a fourth one."""
    rows = [["某街道联防队员花名册（演示）"], [], *HEADER]
    merged = ["A1:M1", "J3:K3", *(f"{letter}3:{letter}4" for letter in "ABCDEFGHILM")]
    size = ROWS // VILLAGES
    for n in range(1, ROWS + 1):
        village = villages[(n - 1) // size] if n % size == 1 else None
        row = [n, village, name(n), "男" if n % 2 else "女", citizen(n), "高中", "群众", "队员", "2014.7.1"]
        rows.append([*row, f"138{n:08d}", "", "", ""])
    for at in range(VILLAGES):
        merged.append(f"B{FIRST + at * size}:B{FIRST + (at + 1) * size - 1}")
    for n, column, value in (
        (BAD_DIGIT, "E", off_by_one(citizen(BAD_DIGIT))),
        (AS_NUMBER, "E", float(citizen(AS_NUMBER)[:15] + "000")),
        (REPEATED, "E", citizen(5)),
        (EDUCATION, "F", "扫盲班"),
        (ELSEWHERE, "C", known[0]),
        (ELSEWHERE, "E", known[1]),
        (BAD_DAY, "I", "2014-06-31"),
        (3, "L", "足球"),
    ):
        rows[n + FIRST - 2]["ABCDEFGHIJKLM".index(column)] = value
    rows += [["合计", "", "300人"], ["制表人：陈试用", "", "", "", "审核人：李试用"]]
    return xlsx({"花名册": rows}, merged={"花名册": merged})
