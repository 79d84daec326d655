"""What headers of rosters mean: spellings without what typing adds, and the fields they stand for (headers.json)."""

import json
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

JOINT = "/"
_NO_JOINT = "\uff0f"  # reads the same
LONGEST = 60

# White space and what takes no room or cannot be written at all; required-marks; colons at any place.
_NOISE = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\x00-\x1f*★☆:;]+")
_LEADING_NUMBER = re.compile(r"^\(?\d{1,2}[.、)](?=\D)")
# Remarks that say how to fill in the column, and units; other remarks may change the meaning: 联系电话(家属).
_REMARK = re.compile(
    r"\((必填项?|选填项?|可选|可不填|非必填|下拉(选择)?|单选|(纯)?文本(格式)?|\d+位(数字)?|年月日?|年/月/日|[ymd./-]+"
    r"|cm|厘米|公分|kg|公斤|斤|元|万元|元/月|元/年|岁|周岁|年|月|人|%|小时|h|码|[如例请按格须填].*|[男女党员团群众是否有无有/、,]+)\)",
    re.IGNORECASE,
)
_TRAILING_UNIT = re.compile(r"(?<=[\u4e00-\u9fff])[,、]?(cm|kg|厘米|公斤|必填|选填)$", re.IGNORECASE)
# A person other than the one whose row it is: what stands under or after such a word is not about the member.
_OTHER_PERSON = re.compile(
    "家属|家长|亲属|配偶|妻子?|丈夫|父|母|子女|儿子|女儿|监护|担保|联系人|推荐人|介绍人|负责人|经办|法人|法定代表|代表人|队长"
)
_DANGEROUS_NAME = re.compile(r"(is|can|has)_\w+|\w+_(id|by|at|ptr|perm)|\w+__\w+|_\w+", re.ASCII)


def _load() -> dict:
    return json.loads(Path(__file__).with_name("headers.json").read_text(encoding="utf-8"))


@lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """A header as it is compared: NFKC, no blanks, marks, colons, units and （必填）; parent and child stay joined."""
    plain = unicodedata.normalize("NFKC", text[: LONGEST * 4])
    plain = _LEADING_NUMBER.sub("", _NOISE.sub("", plain))
    return _TRAILING_UNIT.sub("", _REMARK.sub("", plain)).casefold()


def _spellings(words: dict[str, list[str]]) -> dict[str, str]:
    return {normalise(word): field for field, group in words.items() for word in group}


_DATA = _load()
_FIELDS = _spellings(_DATA["fields"]) | {
    normalise(parent) + JOINT + normalise(word): field
    for family in _DATA["beneath"]
    for parent in family["parents"]
    for field, group in family["children"].items()
    for word in group
}
_BY_FORCE = {force: _spellings(words) for force, words in _DATA["by_force"].items()}
_AMBIGUOUS = _spellings(_DATA["ambiguous"])
_DANGEROUS = frozenset(_DATA["dangerous"])
# Longest first: 身份证号码 says more than 身份证. Single characters are in too many words to suggest anything.
_TELLING = sorted((word for word in (_FIELDS | _AMBIGUOUS) if len(word) > 1 and JOINT not in word), key=len)[::-1]


@lru_cache(maxsize=8192)
def fields_of(header: str, force: str | None = None) -> tuple[str, ...]:
    """The fields that a header can mean by its whole wording: one if it is certain, several to choose from, or none.

    Of a joined header the whole comes first, then what is left without its parents, unless those name another person.
    `force` is the code of the force that the roster is of, if that is known.
    """
    if found := _meanings(normalise(header), force):
        return found
    parts = [normalise(part) for part in header.split(JOINT)]
    for start in range(len(parts)):
        if start and _OTHER_PERSON.search(parts[start - 1]):
            return ()
        if found := _meanings(JOINT.join(parts[start:]), force):
            return found
    return ()


def _meanings(word: str, force: str | None) -> tuple[str, ...]:
    certain = _BY_FORCE.get(force or "", {}).get(word) or _FIELDS.get(word)
    return (certain,) if certain else tuple(_AMBIGUOUS.get(word, "").split())


def joined(parts: list[str]) -> str:
    """The header that texts below each other make. 姓名/性别 in one cell is both, and not a parent and its child."""
    if len(parts) == 1 and _meanings(normalise(parts[0]), None):
        return parts[0]
    return JOINT.join(part.replace(JOINT, _NO_JOINT) for part in parts)


def usual(field: str) -> str | None:
    """The header that rosters most often have for a field; None for what is no field."""
    return next(iter(_DATA["fields"].get(field, ())), None)


def is_known(header: str) -> bool:
    """Whether the header means something in rosters, be it certain or not."""
    return bool(fields_of(header))


def is_dangerous(header: str) -> bool:
    """Whether the header is a column of a database, such as is_superuser, and not of a roster."""
    word = unicodedata.normalize("NFKC", header).strip().casefold()
    return word in _DANGEROUS or bool(_DANGEROUS_NAME.fullmatch(word))


def is_about_another(header: str) -> bool:
    """Whether the header names somebody else than the member: 家属, 配偶, 负责人."""
    return bool(_OTHER_PERSON.search(normalise(header)))


@lru_cache(maxsize=1024)
def suggestions(header: str) -> tuple[str, ...]:
    """Fields whose headers are contained in this one, the longest first. Only to be offered, never to be taken."""
    word = normalise(header)
    found: dict[str, None] = {}
    for telling in _TELLING:
        if telling in word:
            found |= dict.fromkeys(_meanings(telling, None))
            word = word.replace(telling, JOINT)
    if is_about_another(header):
        theirs = {"name": "contact_name", "phone": "contact_phone"}
        found = dict.fromkeys(theirs.get(field, field) for field in found if field != "id_number")
    return tuple(found)[:4]
