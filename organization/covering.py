"""Which units the running scope covers. What is read the database decides; this spares a page partial numbers."""

from collections.abc import Iterable

from organization import divisions
from organization.scope import current


def covers(code: int) -> bool:
    """Does the scope cover the unit and everything below it?"""
    scope = current()
    if scope.role == "whole":
        return True
    if scope.role != "staff" or scope.unit_low is None or scope.unit_high is None:
        return False
    low, high = divisions.span(code)
    return scope.unit_low <= low and high <= scope.unit_high


def covered(codes: Iterable[int]) -> list[int]:
    """Those of the codes that the scope covers."""
    return [code for code in codes if covers(code)]
