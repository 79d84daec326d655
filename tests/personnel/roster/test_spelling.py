"""Rows of cells as JSON: what is told is heard as it was, and nothing else is believed."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personnel.roster.reading import spelling
from personnel.roster.shapes import CellError

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
cells = (
    st.none()
    | texts
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.builds(CellError, texts)
)


@given(st.lists(st.lists(cells, max_size=6), max_size=8))
def test_rows_come_back_as_they_were(rows):
    told = spelling.spelled(spelling.marked(rows, CellError))
    assert b"\n" not in told
    heard = spelling.read(orjson.loads(told), CellError)
    assert heard == [list(row) for row in rows]
    assert [list(map(type, row)) for row in heard] == [list(map(type, row)) for row in rows]


@pytest.mark.parametrize(
    "told",
    [
        [[["#REF!"]], [[0, "error", None], [0, "error", None]]],
        [[["2014-01-01"]], [[0, "date", [0, 0]]]],
        [[["2014-01-01"]], [[0, "date", None], [-1, "date", None]]],
        [[[5]], [[0, "error", None]]],
        [[["2014-13-01"]], [[0, "date", None]]],
        [[["x"]], [[1, "date", None]]],
        [[["x"]], [[0, "wish", None]]],
        [[["x"]], [[0, "date", [7]]]],
        [["x"], [[0, "date", None]]],
        [[["x"]]],
        7,
    ],
)
def test_what_is_not_told_so_is_refused(told):
    """A cell is read once: marks that are told again and again cost nothing more."""
    with pytest.raises((ValueError, TypeError, IndexError, KeyError)):
        spelling.read(told, CellError)
