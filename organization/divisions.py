"""The national 12-digit division code (GB/T 2260 and the statistical code) as the tree of units.

A code is an int of 2+2+2+3+3 digits: province, city, district, town, village. What lies below a unit is a range of
codes, so the tree needs no other structure. A city without districts has its towns directly below (441900 003 000).
Functional units of a district (sub-bureau, stations, special squads) take the town numbers 900 to 999. The number
ranges of villages are not settled by a source at hand, so other numbers are accepted as "other".
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.refusal import Refusal, StrOrPromise, fill

MAX_NAME_LENGTH = 60

# From the village up: how many codes a unit of the level spans.
_SIZES = {
    "village": 1,
    "town": 10**3,
    "district": 10**6,
    "city": 10**8,
    "province": 10**10,
}
LEVELS = tuple(reversed(_SIZES))

_TOWN_KINDS = (
    (range(1, 100), "street"),
    (range(100, 200), "town"),
    (range(200, 400), "township"),
    (range(400, 600), "town_like"),
    (range(900, 1000), "functional"),
)
_VILLAGE_KINDS = (
    (range(1, 200), "community"),
    (range(200, 400), "village"),
    (range(400, 500), "community_like"),
    (range(500, 600), "village_like"),
)

KIND_NAMES = {
    "province": pgettext_lazy("kind of unit", "province"),
    "city": pgettext_lazy("kind of unit", "city"),
    "district": pgettext_lazy("kind of unit", "district"),
    "street": pgettext_lazy("kind of unit", "street"),
    "town": pgettext_lazy("kind of unit", "town"),
    "township": pgettext_lazy("kind of unit", "township"),
    "town_like": pgettext_lazy("kind of unit", "area like a town"),
    "functional": pgettext_lazy("kind of unit", "functional unit"),
    "other_town": pgettext_lazy("kind of unit", "other unit of town level"),
    "community": pgettext_lazy("kind of unit", "community"),
    "village": pgettext_lazy("kind of unit", "village"),
    "community_like": pgettext_lazy("kind of unit", "area like a community"),
    "village_like": pgettext_lazy("kind of unit", "area like a village"),
    "squad": pgettext_lazy("kind of unit", "squad of a functional unit"),
    "other_village": pgettext_lazy("kind of unit", "other unit of village level"),
    "unknown": pgettext_lazy("kind of unit", "unknown"),
}

_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff-]+")


class DivisionCodeError(Refusal):
    """A text that is no division code. Codes: missing, became_number, characters, length, province."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line of a table: its number, the column "code" or "name", a slug, and a lazy sentence."""

    line: int
    column: str
    code: str
    message: StrOrPromise


def parse_code(text: str | int | float) -> int:
    """The 12-digit code of 6, 9 or 12 digits, with blanks or as the number a spreadsheet made of them.

    Twelve digits survive a float, so such a number is taken as it is; one in scientific notation has lost digits.
    """
    digits = _BLANKS.sub("", unicodedata.normalize("NFKC", str(text))).lstrip("'\"`‘’“”")
    digits = re.sub(r"(?<=\d)\.0*$", "", digits)
    if not digits:
        raise DivisionCodeError("missing", _("The division code is missing."))
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", digits):
        message = _("The division code has lost digits in Excel: %(text)s. Please enter it as text.")
        raise DivisionCodeError("became_number", message, text=digits)
    if not digits.isascii() or not digits.isdecimal():
        message = _("The division code contains other characters than digits: %(text)s")
        raise DivisionCodeError("characters", message, text=digits[:20])
    if len(digits) not in (6, 9, 12):
        message = _("The division code should have 6, 9 or 12 digits but has %(length)d.")
        raise DivisionCodeError("length", message, length=len(digits))
    if digits < "11":
        message = _("No province has the number %(province)s.")
        raise DivisionCodeError("province", message, province=digits[:2])
    return int(digits.ljust(12, "0"))


def format_code(code: int) -> str:
    """The code in its three groups: "440199 003 204"."""
    digits = f"{code:012}"
    return f"{digits[:6]} {digits[6:9]} {digits[9:]}"


@lru_cache(maxsize=4096)
def level(code: int) -> str:
    """One of "province", "city", "district", "town", "village": the last group that is not zero."""
    return next(name for name in LEVELS if code % _SIZES[name] == 0)


def span(code: int) -> tuple[int, int]:
    """The lowest and the highest code of the unit and everything below it, both included."""
    return code, code + _SIZES[level(code)] - 1


def parents(code: int) -> tuple[int, ...]:
    """The codes above, nearest first. Levels that the code leaves empty are left out."""
    wider = (code - code % size for size in _SIZES.values())
    return tuple(dict.fromkeys(parent for parent in wider if parent != code))


def parent(code: int, known: Collection[int]) -> int | None:
    """The nearest code above that is known, or None."""
    return next((above for above in parents(code) if above in known), None)


def kind(code: int) -> str:
    """What sort of unit a code says it is: a key of KIND_NAMES.

    "unknown" where a group is missing in the middle: a village without town, anything without city.
    """
    at = level(code)
    town, village = divmod(code % 10**6, 1000)
    city = code // 10**8 % 100
    if (at == "village" and not town) or (at != "province" and not city):
        return "unknown"
    if at == "town":
        return _named(town, _TOWN_KINDS, "other_town")
    if at == "village":
        return "squad" if town >= 900 else _named(village, _VILLAGE_KINDS, "other_village")
    return at


def _named(number: int, kinds: Iterable[tuple[range, str]], other: str) -> str:
    return next((name for numbers, name in kinds if number in numbers), other)


def problems(rows: Iterable[tuple[int, int, str]], root: int) -> list[Problem]:
    """What is wrong with a table of (line, code, name) that shall become the tree below and including `root`.

    Towns and villages need the very unit above them in the table; a district may hang directly below the root.
    """
    rows = list(rows)
    known = {code for _line, code, _name in rows} | {root}
    first_lines: dict[int, int] = {}
    found = []
    for line, code, name in rows:
        found += [Problem(line, "code", slug, message) for slug, message in _code_problems(code, root, known)]
        first = first_lines.setdefault(code, line)
        if first != line:
            message = fill(_("Line %(line)d already has this code."), {"line": first})
            found.append(Problem(line, "code", "duplicate", message))
        found += [Problem(line, "name", slug, message) for slug, message in _name_problems(name)]
    return found


def _code_problems(code: int, root: int, known: Collection[int]) -> Iterable[tuple[str, StrOrPromise]]:
    low, high = span(root)
    if not low <= code <= high:
        yield "outside", fill(_("This code does not lie below %(root)s."), {"root": format_code(root)})
    elif kind(code) == "unknown":
        yield "kind_unknown", _("This code skips a level: the digits of the town or city are zero.")
    elif code != root and not _has_parent(code, known):
        above = {"parent": format_code(parents(code)[0])}
        yield "parent_missing", fill(_("The unit above, %(parent)s, is missing in the table."), above)


def _has_parent(code: int, known: Collection[int]) -> bool:
    if level(code) in {"town", "village"}:
        return parents(code)[0] in known
    return parent(code, known) is not None


def _name_problems(name: str) -> Iterable[tuple[str, StrOrPromise]]:
    if not name.strip():
        yield "name_missing", _("The name of the unit is missing.")
    elif len(name) > MAX_NAME_LENGTH:
        yield (
            "name_too_long",
            fill(_("The name of the unit is longer than %(limit)d characters."), {"limit": MAX_NAME_LENGTH}),
        )
