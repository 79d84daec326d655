"""Rosters of any length: invented people with valid numbers, fifteen columns, as Excel writes them."""

from datetime import date, timedelta
from io import BytesIO

import xlsxwriter

from tests.personnel.roster.people import name, number

HEADER = ("序号", "姓名", "性别", "民族", "身份证号", "政治面貌", "文化程度", "婚姻状况", "户籍地址", "现住址", "职务",
          "入队时间", "合同开始日期", "合同到期日", "联系电话")  # fmt: skip
ID_NUMBER, PHONE = HEADER.index("身份证号"), HEADER.index("联系电话")
FIRST_BIRTH = date(1970, 1, 1)
A_DAY = 891  # people born on one day: no serial ends in 00, as the number might then end in 000, of which imports ask


def person(at: int) -> list:
    days, place = divmod(at, A_DAY)
    digits = number(place + place // 99 + 1, FIRST_BIRTH + timedelta(days=days))
    sex, education = "男" if int(digits[16]) % 2 else "女", ("初中", "高中", "大专")[at % 3]
    return [
        at + 1, name(at) + "一二三四五六七八九十"[at % 10], sex, "汉族", digits, "群众", education,
        "已婚", f"东塘街道东一路{at}号", f"东塘街道西一路{at}号", "队员", "2014-07-01", "2014-07-01", "2027-06-30",
        f"138{at % 10**8:08d}",
    ]  # fmt: skip


def rows(count: int, first: int = 0, bad: float = 0) -> list[list]:
    """So many people; of that share of them the last digit of the number is wrong."""
    found = [person(at) for at in range(first, first + count)]
    for row in found[:: round(1 / bad)] if bad else ():
        last = row[ID_NUMBER][17]
        row[ID_NUMBER] = row[ID_NUMBER][:17] + ("1" if last != "1" else "2")
    return found


def workbook(people: list[list]) -> bytes:
    """One sheet; texts are kept once, as Excel does, which makes it slower to read than inline texts."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        for at, row in enumerate([list(HEADER), *people]):
            sheet.write_number(at, 0, row[0]) if at else sheet.write_string(at, 0, row[0])
            for column, text in enumerate(row[1:], 1):
                sheet.write_string(at, column, text)
    return out.getvalue()
