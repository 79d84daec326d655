"""Tables as documents have them."""

from collections.abc import Iterable, Sequence


def line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def head(headers: Sequence[str]) -> str:
    return f"{line(headers)}\n{line(['---'] * len(headers))}"


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return "\n".join([head(headers), *map(line, rows)])
