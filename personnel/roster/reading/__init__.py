"""Bytes of a file to a Book: xlsx, xls and csv are told apart by their content, everything else is refused.

Untrusted bytes are looked at only in a child process (child.py and what it imports), which knows nothing of Django,
opens no file, and has a ceiling on memory and time. The child answers in lines of JSON (answer.py).
"""

from personnel.roster.reading.limits import Limits

TYPE_CHECKING = False  # the name is enough; the module takes a child longer than all else here
if TYPE_CHECKING:
    from personnel.roster.reading.parent import Onlooker
    from personnel.roster.shapes import Book

__all__ = ["Limits", "parse_pasted", "read"]

_DEFAULT = Limits()


def read(data: bytes, limits: Limits = _DEFAULT, onlooker: "Onlooker | None" = None) -> "Book":
    """The book in the bytes of an uploaded file; its name is of no interest.

    Whole numbers are int, cells with a date format are date (the time of day is dropped), a time without a day is text
    ("08:30"), errors of formulas are CellError, and 1985.10 in a cell that shows two decimals is the text "1985.10".
    Cells of csv files are text. Blank cells are None; rows end with their last cell that is not blank.
    Raises shapes.FileRefused, and nothing else, for a file that is not read at all. An onlooker is shown the rows while
    the rest is still being read.
    """
    from personnel.roster.reading.parent import read_in_child  # the child imports this package without Django

    return read_in_child(data, limits, onlooker)


def parse_pasted(text: str, limits: Limits = _DEFAULT) -> "Book":
    """The book of one sheet in cells that were copied from WPS or Excel and pasted as text: rows of tabs.

    Cells with line breaks are in quotation marks, as the clipboard has them. Raises shapes.FileRefused.
    """
    from personnel.roster.reading.parent import pasted

    return pasted(text, limits)
