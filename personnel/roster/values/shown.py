"""Cleaned values as people read them: names of codes, ISO dates, percent."""

from datetime import date
from typing import Any

from personnel.roster.values.amounts import Wage, wage_text
from personnel.roster.values.vocabulary import TABLES, vocabulary


def shown(field: str, value: Any) -> str:
    """The value of a field in Chinese; "" for None. What it says is read back as the same value."""
    if value is None:
        return ""
    if field in TABLES:
        return vocabulary(field).names.get(value, str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Wage):
        return wage_text(value)
    return f"{value}%" if field == "share" else str(value)
