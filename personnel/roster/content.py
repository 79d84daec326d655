"""What the values of a column look like, whatever its header says."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise

from personnel.roster.shapes import Cell

SAMPLE = 50
_MOST = 0.8

_ID_NUMBER = re.compile(
    r"[1-9]\d{5}((18|19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]"
    r"|[1-9]\d{5}\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}",
    re.ASCII,
)
_PHONE = re.compile(r"(86)?1[3-9]\d{9}", re.ASCII)
_DATE = re.compile(
    r"(19|20)\d\d[./年、-]\d{1,2}([./月、-](\d{1,2}日?)?)?|(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", re.ASCII
)
_NAME = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{2,8}·[\u4e00-\u9fff]{2,12}")
_NO_NAME = re.compile(r"(村|社区|中队|街道|镇|族|党员|群众|团员|本科|大专|中专|初中|高中|小学)$")
_CATEGORY = re.compile(r"勤务|文职")
_FORCE = re.compile(r"辅警|协警|协管|联防|治安员|巡防|巡逻|保安|护卫|志愿|义务")
_MARK = re.compile(r"[√✓✔●○×✗是否有无YN]", re.IGNORECASE)
_NOISE = re.compile(r"[\s'`\"\u200b-\u200f\ufeff]+")
_DATES = ("started_on", "birth_date", "contract_from", "contract_until", "ended_on")
_OTHER_DATES = ("work_start", "contract_signed_on", "certificate_date")


def is_blank(cell: Cell) -> bool:
    """Whether a cell says nothing: None, or white space only."""
    return cell is None or (isinstance(cell, str) and (not cell or cell.isspace()))


def text_of(cell: Cell) -> str:
    """A cell as compact text; whole numbers without a point and without an exponent. Blank cells are ""."""
    if isinstance(cell, float) and math.isfinite(cell) and cell == int(cell):
        cell = int(cell)
    if isinstance(cell, int) and cell.bit_length() > 200:  # Python refuses to spell out huge numbers
        return ""
    return "" if cell is None else _NOISE.sub("", unicodedata.normalize("NFKC", str(cell)[:100])).upper()


def is_id_number(cell: Cell) -> bool:
    """Whether a cell has the form of a citizen ID, also of one that became a number and lost its end."""
    return bool(_ID_NUMBER.fullmatch(text_of(cell).replace("-", "")))


def is_phone(cell: Cell) -> bool:
    return bool(_PHONE.fullmatch(text_of(cell).lstrip("+").replace("-", "")))


def is_name(cell: Cell) -> bool:
    """Whether a cell may be a Chinese name. So may many other words: only to be used along with other signs."""
    if not isinstance(cell, str):
        return False
    word = _NOISE.sub("", cell[:40])
    return bool(_NAME.fullmatch(word)) and not _NO_NAME.search(word)


def is_date(cell: Cell) -> bool:
    return isinstance(cell, date) or bool(_DATE.fullmatch(text_of(cell)))


def small_number(cell: Cell) -> int | None:
    """The whole number below 100,000 that a cell holds, as number or text; None for everything else."""
    text = text_of(cell)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def sample(cells: Iterable[Cell]) -> list[Cell]:
    """The first values of a column that say something."""
    found = []
    for cell in cells:
        if not is_blank(cell):
            found.append(cell)
            if len(found) == SAMPLE:
                break
    return found


def mostly(test: Callable[[Cell], object], cells: list[Cell]) -> bool:
    """Whether the test holds for four in five of at least one value."""
    return bool(cells) and sum(map(bool, map(test, cells))) >= _MOST * len(cells)


def are_serial_numbers(cells: list[Cell]) -> bool:
    """Whether the values count upwards."""
    numbers = [small_number(cell) for cell in cells]
    whole = [number for number in numbers if number is not None]
    return bool(whole) and len(whole) == len(numbers) and all(a < b for a, b in pairwise(whole))


def evidence(cells: list[Cell]) -> tuple[str, ...]:
    """The fields that a sample of a column speaks for, the likeliest first."""
    for test, fields in _SIGNS:
        if mostly(test, cells):
            return fields
    if are_serial_numbers(cells):
        return ("seq",)
    if mostly(is_name, cells) and len(set(cells)) >= _MOST * len(cells):
        return ("name",)
    return ()


def _matches(pattern: re.Pattern[str]) -> Callable[[Cell], bool]:
    return lambda cell: bool(pattern.search(text_of(cell)))


_SIGNS: tuple[tuple[Callable[[Cell], object], tuple[str, ...]], ...] = (
    (is_id_number, ("id_number",)),
    (is_phone, ("phone", "contact_phone")),
    (lambda cell: text_of(cell) in ("男", "女"), ("sex",)),
    (is_date, (*_DATES, *_OTHER_DATES)),
    (_matches(_CATEGORY), ("category",)),
    (_matches(_FORCE), ("force",)),
    (lambda cell: bool(_MARK.fullmatch(text_of(cell))), ("is_certified", "contract_signed")),
)
