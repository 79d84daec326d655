"""Values by columns, and as COPY spells them in both directions."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"})
_ESCAPED = "\\\t\n\r\b\f\v"
NOTHING = r"\N"  # what COPY says for NULL


@dataclass(frozen=True)
class Rows:
    """Rows to be written: `columns` as COPY reads them in `text`; what is the same in all of them in `constants`."""

    columns: list[str]
    text: bytes
    constants: dict[str, Any]
    count: int


@dataclass(frozen=True)
class Columns:
    """The same before it is spelled: columns of values, all of one length, the key first."""

    varying: Mapping[str, Sequence]
    constants: Mapping[str, Any]
    count: int

    def rows(self) -> Rows:
        """KeyError for a value without spelling."""
        texts = list(map(spelled, self.varying.values()))
        text = "".join([line + "\n" for line in map("\t".join, zip(*texts, strict=True))])
        return Rows(list(self.varying), text.encode(), dict(self.constants), self.count)


def columns_of(table: Mapping[str, Sequence]) -> Columns:
    """The columns of a table. Those whose values are all the same need neither be spelled nor read again for each row:
    a roster fills a third of the columns that there are. The key always goes with the rows."""
    varying, constants = {}, {}
    for at, (name, values) in enumerate(table.items()):
        if at and len(values) > 1 and are_the_same(values):
            constants[name] = values[0]
        else:
            varying[name] = values
    return Columns(varying, constants, len(next(iter(table.values()))))


def transposed(rows: Sequence[Mapping[str, Any]]) -> dict[str, Sequence]:
    """The columns of rows, of which nearly always all have the same; None where a row has no value."""
    first = rows[0] if rows else {}
    try:
        if len(first) > 1 and set(map(len, rows)) == {len(first)}:
            return dict(zip(first, zip(*map(itemgetter(*first), rows), strict=True), strict=True))
    except KeyError:
        pass
    return {key: [row.get(key) for row in rows] for key in set[str]().union(*rows)}


def array(values: Sequence) -> str:
    """A list of numbers or of words without blanks, as the database spells one. None is no value."""
    return "{" + ",".join(["NULL" if value is None else str(value) or '""' for value in values]) + "}"


def are_the_same(values: Sequence) -> bool:
    return values[0] == values[-1] and values.count(values[0]) == len(values)


def rows_of(table: Mapping[str, Sequence], *, whole: bool = False) -> Rows:
    """Rows from the columns of a table; `whole` spells also those whose values are all the same."""
    return (Columns(table, {}, len(next(iter(table.values())))) if whole else columns_of(table)).rows()


def unescaped(text: str) -> str:
    """A text that COPY spelled."""
    return _ESCAPE.sub(lambda found: _MEANT.get(found[1], found[1]), text) if "\\" in text else text


_ESCAPE = re.compile(r"\\(.)")
_MEANT = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}


def spelled(values: Sequence) -> Sequence[str]:
    """The values of a column as COPY spells them, in both directions alike. KeyError for a value without spelling."""
    kinds = set(map(type, values))
    if kinds == {str}:
        together = "".join(values)
        return [value.translate(_ESCAPES) for value in values] if any(map(together.count, _ESCAPED)) else values
    if date in kinds:  # most days occur many times
        told = {value: _SPELLINGS[type(value)](value) for value in set(values)}
        return list(map(told.__getitem__, values))
    if len(kinds) == 1:
        return list(map(_SPELLINGS[kinds.pop()], values))
    return [_SPELLINGS[type(value)](value) for value in values]


_SPELLINGS: dict[type, Callable[[Any], str]] = {
    str: lambda value: value.translate(_ESCAPES),
    type(None): lambda value: NOTHING,
    bytes: lambda value: r"\\x" + value.hex(),
    int: str,
    bool: lambda value: "t" if value else "f",
    date: str,
}
