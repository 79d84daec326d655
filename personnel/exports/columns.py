"""The columns of lists of people: their headers, as rosters write them and as the import reads them, and their texts.

Headers and values are Chinese whatever the language of the page: they are the words of the form, not of the site.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils import translation

from organization import divisions
from organization.models import Unit
from personnel import codes, identity
from personnel.exports.people import Block
from personnel.models import Assignment, Force, Member
from personnel.models.member import Sex

FILE, SERVICE = "personnel.view_member", "personnel.view_assignment"
FULL_TIME, PART_TIME = "专职", "兼职"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the key of its meaning (as in rosters), header, width in characters, the right that it needs.

    `texts` gives the column of a block, a text for each person; the names of units come along.
    """

    key: str
    header: str
    width: float
    texts: Callable[[Block, "Places"], Iterable[str]]
    needs: str = ""


class Places:
    """The names of the town and the village that a unit is, or lies in."""

    def __init__(self) -> None:
        self.names = dict(Unit.objects.values_list("code", "name"))
        self._of: dict[int, tuple[str, str]] = {}

    def of(self, code: int) -> tuple[str, str]:
        if code not in self._of:
            is_village = divisions.level(code) == "village"
            town = divisions.parent(code, self.names.keys()) if is_village else code
            self._of[code] = (self.names.get(town or 0, ""), self.names.get(code, "") if is_village else "")
        return self._of[code]


@cache
def words(kind: str) -> dict[str | None, str]:
    """What is written for a code: the name in a code table, or a choice in Chinese."""
    if kind in codes.tables():
        return dict(codes.choices(kind))
    choices = {
        "person_sex": Sex.choices, "household": Member.Household.choices, "force": Force.choices,
        "category": Assignment.Category.choices, "sponsor": Assignment.Sponsor.choices,
        "ending": Assignment.Ending.choices,
    }[kind]  # fmt: skip
    with translation.override("zh-hans"):
        return {value: str(label) for value, label in choices}


def rows(columns: Sequence[Column], blocks: Iterable[Block]) -> Iterator[tuple[str, ...]]:
    """The texts of each person."""
    places = Places()
    for block in blocks:
        yield from zip(*(column.texts(block, places) for column in columns), strict=True)


def coded(values: Iterable[str | None], kind: str) -> list[str]:
    told = words(kind)
    return [told.get(value, "") for value in values]


def _file(key, header, width, kind=""):
    return Column(key, header, width, lambda block, _places: _texts(block.file[key], kind), FILE)


def _service(key, header, width, kind=""):
    return Column(key, header, width, lambda block, _places: _texts(block.service[key], kind), SERVICE)


def _texts(values, kind):
    return coded(values, kind) if kind else [value or "" for value in values]


def _numbered(block, _places):
    return map(str, range(block.first, block.first + len(block)))


def _ages(block, _places):
    return [str(identity.age_on(born, block.day)) for born in block.card["birth_date"]]


def _births(block, _places):
    return [born.isoformat() for born in block.card["birth_date"]]


def _shares(block, _places):
    told = {Assignment.FULL_TIME: FULL_TIME, None: "", 0: ""}
    return [told.get(share, f"{PART_TIME}{share}%") for share in block.service["share"]]


_ALL = (
    Column("seq", "序号", 6, _numbered),
    Column("town", "所属镇街", 14, lambda block, places: [places.of(code)[0] for code in block.card["unit_id"]]),
    Column("village", "所属村居", 16, lambda block, places: [places.of(code)[1] for code in block.card["unit_id"]]),
    Column("name", "姓名", 10, lambda block, _places: block.card["name"]),
    _file("former_name", "曾用名", 10),
    Column("sex", "性别", 6, lambda block, _places: coded(block.card["sex"], "person_sex")),
    Column("age", "年龄", 6, _ages),
    Column("birth_date", "出生日期", 12, _births),
    _file("ethnicity", "民族", 8, "ethnicity"),
    _file("native_place", "籍贯", 14),
    _file("political", "政治面貌", 16, "political"),
    Column("education", "文化程度", 14, lambda block, _places: coded(block.card["education"], "education")),
    _file("graduate_school", "毕业院校", 18),
    _file("major", "专业", 12),
    _file("marital", "婚姻状况", 10, "marital"),
    Column("occupation", "原职业", 12, lambda block, _places: coded(block.card["occupation"], "occupation")),
    _file("military", "兵役状况", 12, "military"),
    _file("document", "证件类型", 14, "document"),
    Column("id_number", "身份证号", 21, lambda block, _places: block.id_numbers),
    Column("phone", "联系电话", 14, lambda block, _places: block.phones, FILE),
    _file("household", "户籍类别", 14, "household"),
    _file("household_address", "户籍地址", 30),
    _file("address", "现住址", 30),
    _file("specialty", "特长", 16),
    _service("force", "队伍类别", 12, "force"),
    _service("category", "勤务/文职", 10, "category"),
    _service("sponsor", "建队主体", 10, "sponsor"),
    Column("share", "专职/兼职", 10, _shares, SERVICE),
    _service("post", "职务", 12),
    _service("grade", "层级", 10),
    _service("badge", "辅警编号", 12),
    _service("employer", "用工主体", 20),
    _service("started_on", "入职时间", 12),
    _service("contract_from", "合同起始日期", 13),
    _service("contract_until", "合同终止日期", 13),
    _service("ended_on", "离职时间", 12),
    _service("ending", "离职原因", 12, "ending"),
    _file("remark", "备注", 20),
)
COLUMNS: dict[str, Column] = {column.key: column for column in _ALL}
