"""The three forms in which people are exported: the list of all columns, the register form, the national record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from organization.refusal import StrOrPromise
from personnel.exports.columns import COLUMNS, FILE, SERVICE, Column
from personnel.exports.people import Block

LIST, MINE, HOUSE, GBT31000 = "list", "mine", "house", "gbt31000"
# GA/T 517: 111, 414, 511, 516 and 553 by name; a residence permit for people of Hong Kong, Macau and Taiwan is younger
# than that list, and goes under "other".
_DOCUMENTS = {
    "resident_id": "111", "passport": "414", "taiwan_permit": "511", "hk_macau_permit": "516",
    "foreign_permanent_residence": "553", "hk_macau_taiwan_residence": "990",
}  # fmt: skip
_SEXES = {"male": "1", "female": "2"}  # GB/T 2261.1


@dataclass(frozen=True, slots=True)
class Layout:
    """`title` is written into the file and its name, `label` is how people choose it."""

    key: str
    label: StrOrPromise
    title: str
    columns: tuple[Column, ...]
    formats: tuple[str, ...] = ("xlsx", "csv")

    def columns_for(self, has_right: Callable[[str], bool]) -> tuple[Column, ...]:
        """The columns that somebody with these rights may see."""
        return tuple(column for column in self.columns if not column.needs or has_right(column.needs))


def _of_card(key, header, width, field, codes: Mapping[str, str]):
    return Column(key, header, width, lambda block, _places: [codes.get(one, "") for one in block.card[field]])


def _codes_of(key, header, width, field, codes: Mapping[str, str] | None = None):
    def texts(block: Block, _places):
        return [(codes.get(one, "") if codes else one) if one else "" for one in block.file[field]]

    return Column(key, header, width, texts, FILE)


def _organisations(block: Block, places):
    """The force of a unit is the organisation: 东塘第一社区联防队."""
    forces = COLUMNS["force"].texts(block, places)
    return [places.names.get(unit, "") + force for unit, force in zip(block.card["unit_id"], forces, strict=True)]


def _days(block: Block, _places):
    return [born.strftime("%Y%m%d") for born in block.card["birth_date"]]


def is_mobile(phone: str) -> bool:
    """Masked or not: eleven characters from 1 on."""
    return len(phone) == 11 and phone.startswith("1")


_RECORD = (
    Column("organisation", "组织名称", 26, _organisations, SERVICE),
    COLUMNS["name"],
    _of_card("sex_code", "性别", 6, "sex", _SEXES),
    _codes_of("ethnicity_code", "民族", 6, "ethnicity"),
    _codes_of("political_code", "政治面貌", 9, "political"),
    _codes_of("document_code", "证件代码", 9, "document", _DOCUMENTS),
    Column("document_number", "证件号码", 21, COLUMNS["id_number"].texts),
    Column("birth_day", "出生日期", 11, _days),
    COLUMNS["post"],
    Column("major_skill", "专业特长", 16, COLUMNS["specialty"].texts, FILE),
    Column("education_code", "学历", 6, lambda block, _places: [code or "" for code in block.card["education"]]),
    Column("mobile", "手机号码", 14, lambda block, _places: _phones(block, True), FILE),
    Column("fixed_phone", "固定电话", 14, lambda block, _places: _phones(block, False), FILE),
)


def _phones(block: Block, mobile: bool):
    return [phone if is_mobile(phone) == mobile else "" for phone in block.phones]


_FORM = (
    "seq", "name", "sex", "birth_date", "ethnicity", "political", "education", "id_number", "phone", "village",
    "force", "post", "started_on", "remark",
)  # fmt: skip
LAYOUTS: dict[str, Layout] = {
    layout.key: layout
    for layout in (
        Layout(LIST, _("List with all columns"), "人员名单", tuple(COLUMNS.values())),
        Layout(MINE, _("The columns of my list"), "人员名单", ()),  # chosen by each account
        Layout(HOUSE, _("Register form to be signed"), "花名册", tuple(COLUMNS[key] for key in _FORM), ("xlsx",)),
        Layout(GBT31000, _("GB/T 31000 record of mass-prevention teams"), "群防群治队伍", _RECORD),
    )
}
