"""Rows below and between the people of a list: who filled it in, notes, sums."""

import re
import unicodedata
from dataclasses import dataclass

from personnel.roster import content
from personnel.roster.shapes import Cell

_NOISE = re.compile(r"[\s\u200b-\u200f\ufeff*]+")
_SIGNATURE = (
    r"(制表|填表|填报|审核|审批|复核|经办|报送|统计|录入|核对|校对|联系|签收|主管|分管|单位|村居|部门)"
    r"(单位|部门|领导)?(负责)?(人员?|日期|时间|意见|领导)"
    r"|负责人|联系电话|联系方式|咨询电话|制表|填表|审核|(制表|填报|报送|填表)(单位|部门)"
    r"|(单位)?(盖章|公章|签章|印章)|(单位|负责人)[(](盖章|签名|签字|公章)[)]"
)
_FOOTER = re.compile(
    rf"({_SIGNATURE})([(][^)]*[)])?([:_]|$)"
    r"|(制表|填表|填报|报送|审核|复核|经办)人|联系电话\d|[(—-]*(以下|此页|本页)(空白|无正文)"
    r"|(此|本|该)表(格)?(一式|由|须|需|请|用于|中|填|于)"
    r"|(注|备注|说明|填表说明|填写说明|附注|注意事项|注意|附)\d?:|注\d*[.、]|(注|填表说明|填写说明|注意事项)$"
)
_PAPER = re.compile(r"[—-]*第?\d*页?[,/，]?共?\d+页[—-]*|(\d{4})?年(\d{1,2})?月((\d{1,2})?日)?|日期:.*")
_ALONE = re.compile(r"[^:_(]+$")
_SUM = re.compile(r"(本页|本表|全表|人员|人数|总)?(合计|小计|总计|共计|总人数|累计)(人数)?")
_PARTIAL = re.compile(r"小计|本页")
_PEOPLE = re.compile(r"(\d{1,6})\s*(人|名)")
_NUMBER = re.compile(r"(?<![\d.])(\d{1,6})(?![\d.])")
_EXAMPLE = re.compile(r"(示例|样例|范例|填写示例|填写样例|例)[:]?")
_AN_ID = re.compile(r"(?!1[3-9]\d{9}$)[A-Z]{0,3}\d{7,19}X?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sum:
    """A row that adds up: what it says of the number of people, if anything, and whether of a part only."""

    people: int | None
    is_partial: bool


def plain(cell: Cell) -> str:
    """A cell as these rows are compared: NFKC without blanks."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", cell[:200])) if isinstance(cell, str) else ""


def holds_a_number(cell: Cell) -> bool:
    """Whether a cell of the ID column holds some document number, right or wrong, and not a phone or a count."""
    if cell is None or isinstance(cell, bool):
        return False
    if isinstance(cell, str) and _AN_ID.fullmatch(cell.strip()):
        return True
    return bool(_AN_ID.fullmatch(content.text_of(cell).replace("-", "")))


def is_footer(first: str, field: str) -> bool:
    """Whether a row without a document number that begins with this text is signed with it, and ends the list.

    A word alone, without a colon, is a value where the column is about posts or remarks: 负责人 is a post too.
    """
    if not _FOOTER.match(first):
        return False
    return not (_ALONE.fullmatch(first) and field in ("post", "remark", "contact_name", "category", "grade"))


def is_of_the_paper(only: str) -> bool:
    """Whether the only text of a row belongs to the printed page: its number, a date."""
    return bool(_PAPER.fullmatch(only))


def is_example(first: str) -> bool:
    """Whether a row shows how the others are to be filled in."""
    return bool(_EXAMPLE.fullmatch(first))


def sum_in(word: str) -> bool:
    """Whether a row with this text at its beginning or in place of a name is a sum."""
    return bool(_SUM.match(word))


def read_sum(keyword: str, text: str, counts: list[int]) -> Sum:
    """What a row of a sum says: "45人" anywhere in it, else a number in the keyword, else the first of `counts`."""
    found = _PEOPLE.search(text) or _NUMBER.search(keyword)
    people = int(found[1]) if found else next(iter(counts), None)
    return Sum(people, bool(_PARTIAL.search(keyword)))
