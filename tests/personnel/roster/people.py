"""Rows of rosters: invented people with valid numbers."""

from datetime import date

from personnel import identity

HEADER = ["序号", "姓名", "性别", "身份证号", "文化程度", "职务", "入队时间", "联系电话"]


def number(serial: int, born: date = date(1985, 3, 1), region: str = "440199") -> str:
    """A valid citizen ID; odd serials are men."""
    first17 = f"{region}{born:%Y%m%d}{serial:03d}"
    return first17 + identity.check_digit(first17)


def name(serial: int) -> str:
    surnames, given = "陈李黄张梁吴刘何林罗", "明华强丽芳军伟秀英志文斌"
    return surnames[serial % 10] + given[serial % 12] + given[serial // 12 % 12]


def person(serial: int, **changed) -> dict[str, object]:
    """A row as a dictionary by header."""
    row = {
        "序号": serial,
        "姓名": name(serial),
        "性别": "男" if serial % 2 else "女",
        "身份证号": number(serial),
        "文化程度": "高中",
        "职务": "队员",
        "入队时间": "2014-07-01",
        "联系电话": f"138{serial:08d}",
    }
    return row | changed


def table(rows, header=HEADER) -> list[list[object]]:
    """A sheet: the header and the rows."""
    return [list(header), *([row.get(title) for title in header] for row in rows)]
