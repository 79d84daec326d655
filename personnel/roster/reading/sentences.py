"""What people read when a file is not taken: one sentence for each code of limits.Refused, and what to do."""

from django.utils.translation import gettext_lazy as _

from organization.refusal import StrOrPromise
from personnel.roster.reading.limits import Refused
from personnel.roster.shapes import FileRefused

EMPTY = _("The file is empty. Please open your roster in WPS or Excel, save it and upload it again.")
_KINDS: dict[str, StrOrPromise] = {
    "pdf": _("a PDF document"),
    "picture": _("a picture"),
    "archive": _("a compressed archive"),
    "document": _("a text document"),
    "slides": _("a presentation"),
    "ods": _("an OpenDocument file"),
    "xlsb": _("a binary workbook (.xlsb)"),
    "data": _("a data file of programs (YAML or JSON)"),
    "binary": _("not a spreadsheet"),
}
_SENTENCES: dict[str, StrOrPromise] = {
    "empty": EMPTY,
    "unsupported": _(
        "This file is %(kind)s; the format is not supported. Please save it as .xlsx and upload it again."
    ),
    "markup": _(
        "This file is a web page or XML with the name of a spreadsheet. Please save it as .xlsx and upload it again."
    ),
    "encrypted": _(
        "The file is protected by a password. Please save it as .xlsx without a password and upload it again."
    ),
    "macros": _("The file contains macros. Please save it as .xlsx (without macros) and upload it again."),
    "damaged": _("The file is damaged. Please open it in WPS or Excel, save it as .xlsx and upload it again."),
    "sheets_named_alike": _(
        'Two sheets are called "%(sheet)s". Please give one of them another name and upload it again.'
    ),
    "forbidden_xml": _(
        "The file contains instructions that no spreadsheet needs (a document type). "
        "Please open it in WPS or Excel, save it as .xlsx and upload it again."
    ),
    "encoding": _(
        "The text of the file cannot be read as %(encoding)s without garbling it. "
        "Please save it as .xlsx and upload it again."
    ),
    "quotes": _(
        "The quotation marks up to line %(line)d do not match, so that cells cannot be told apart. "
        "Please save it as .xlsx and upload it again."
    ),
    "too_large": _("The file is larger than %(limit)d MB. Please split it and upload the parts."),
    "too_many_rows": _(
        'The file has more than %(limit)d rows (sheet "%(sheet)s"). '
        "Please split it, or delete what stands far below the list."
    ),
    "too_many_columns": _(
        'The sheet "%(sheet)s" has more than %(limit)d columns. '
        "Please delete the columns that are not needed, and what stands far to the right of the list."
    ),
    "too_many_cells": _("The file has more than %(limit)d cells. Please split it and upload the parts."),
    "too_many_sheets": _("The file has more than %(limit)d sheets. Please split it and upload the parts."),
    "too_many_merges": _(
        'The file has more than %(limit)d merged ranges (sheet "%(sheet)s"). '
        "Please undo the merging and upload it again."
    ),
    "too_many_parts": _(
        "The file consists of more than %(limit)d parts. Please copy the roster into a new workbook and upload that."
    ),
    "unpacks_too_large": _(
        "Unpacked, the file is larger than %(limit)d MB. Please copy the roster into a new workbook and upload that."
    ),
    "too_costly": _(
        "Reading the file takes too much time or memory. Please copy the roster into a new workbook and upload that."
    ),
}


def file_refused(refused: Refused, sheet: str = "CSV") -> FileRefused:
    """The refusal with its sentence; `sheet` names the sheet of text, which has none of its own.

    An unknown code, which only a broken child could send, is "damaged".
    """
    code = refused.code if refused.code in _SENTENCES else "damaged"
    params: dict[str, object] = {"limit": 0, "sheet": sheet, "line": 0, "encoding": "", **refused.params}
    params["kind"] = _KINDS.get(str(params.get("kind", "")), _KINDS["binary"])
    return FileRefused(code, _SENTENCES[code], **params)
