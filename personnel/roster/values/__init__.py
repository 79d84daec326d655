"""Cells become values: dates, codes, numbers and names as the register keeps them, with what was found on the way."""

from personnel.roster.values.cleaner import Cleaner, clean
from personnel.roster.values.context import Context
from personnel.roster.values.shown import shown

__all__ = ["Cleaner", "Context", "clean", "shown"]
