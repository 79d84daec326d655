"""Code tables: what a field of a person may say, with the codes and official names of the national standards.

The tables and their standards are in codes.json; those without a standard have slugs of our own, because the published
lists disagree. Codes are strings ("01"), names are Chinese and not translated.
"""

import json
from pathlib import Path

_TABLES = json.loads(Path(__file__).with_name("codes.json").read_text(encoding="utf-8"))
_NAMES = {table: {row["code"]: row["name"] for row in entry["codes"]} for table, entry in _TABLES.items()}
_BAND_OF = {
    table: {row["code"]: row["band"] for row in _TABLES[table]["codes"]} for table in ("education", "occupation")
}


def _banded(table: str, bands: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {band: tuple(code for code, of in _BAND_OF[table].items() if of == band) for band in bands}


# The bands that figures count by, each with its codes. People of whom nothing is known are in "unknown".
EDUCATION_BANDS = _banded("education", ("junior_or_below", "senior_or_vocational", "college_or_above", "unclassified"))
# The standard has no code for people who were laid off: they are without work.
FORMER_BANDS = _banded("occupation", ("unemployed", "retired", "farmer", "self_employed", "employed", "other"))


def tables() -> list[str]:
    """The names of all tables."""
    return list(_TABLES)


def choices(table: str) -> list[tuple[str, str]]:
    """(code, name) in the order of the standard. KeyError for an unknown table, here and below."""
    return list(_NAMES[table].items())


def codes(table: str) -> list[str]:
    """The codes in the order of the standard."""
    return list(_NAMES[table])


def name(table: str, code: str) -> str:
    """The official name of a code. KeyError for an unknown one."""
    return _NAMES[table][code]


def standard(table: str) -> str | None:
    """The standard a table is taken from, or None for our own slugs."""
    return _TABLES[table]["standard"]


def education_band(code: str | None) -> str:
    """The band of an education code, "unknown" where there is none. KeyError for a code that is not in the table."""
    return _BAND_OF["education"][code] if code else "unknown"


def former_band(code: str | None) -> str:
    """The band of a code of what somebody did before, likewise."""
    return _BAND_OF["occupation"][code] if code else "unknown"
