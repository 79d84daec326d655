"""How wide text is on a chart, in view-box units, and how it is made to fit.

An SVG does not wrap text, and the server has no fonts: widths are estimated on the generous side, a Chinese
character as one em.
"""

import unicodedata

FONT_SIZE = 12
LINE_HEIGHT = 15
ELLIPSIS = "…"
BROAD_LATIN = frozenset("mwMWGOQ@%—")
HALF_EM = 0.58
BROAD_EM = 0.95
CAPITAL_EM = 0.74


def tidy(text: object) -> str:
    """The text on one line: runs of white space become one space, characters that XML cannot hold are dropped."""
    kept = (ch if unicodedata.category(ch)[0] not in "CZ" else " " if ch.isspace() else "" for ch in str(text))
    return " ".join("".join(kept).split())


def measure(text: str) -> float:
    """Estimated width in view-box units at the size charts are lettered in."""
    return sum(_ems(ch) for ch in text) * FONT_SIZE


def _ems(ch: str) -> float:
    if unicodedata.combining(ch):
        return 0.0
    if unicodedata.east_asian_width(ch) in "WFA":
        return 1.0
    if ch in BROAD_LATIN:
        return BROAD_EM
    return CAPITAL_EM if ch.isupper() else HALF_EM


def fit(text: str, width: float, lines: int = 2) -> tuple[str, ...]:
    """The text in at most so many lines of at most that width; what does not fit is cut with an ellipsis."""
    result: list[str] = []
    rest = tidy(text)
    while rest and len(result) < lines:
        taken = _prefix(rest, width)
        if len(taken) == len(rest):
            return (*result, rest)
        if len(result) == lines - 1:
            return (*result, _prefix(rest, width - measure(ELLIPSIS)).rstrip() + ELLIPSIS)
        taken = _at_word_end(taken, rest)
        result.append(taken.rstrip())
        rest = rest[len(taken) :].lstrip()
    return tuple(result)


def _prefix(text: str, width: float) -> str:
    """The longest beginning that fits, at least one character, so that wrapping always ends."""
    used = 0.0
    for i, ch in enumerate(text):
        used += _ems(ch) * FONT_SIZE
        if used > width and i:
            return text[:i]
    return text


def _at_word_end(taken: str, text: str) -> str:
    """Back to the last space when a Latin word would be torn; Chinese breaks anywhere."""
    if taken[-1].isascii() and text[len(taken)].isascii() and not text[len(taken)].isspace() and " " in taken:
        return taken[: taken.rindex(" ") + 1]
    return taken
