"""Shares of a whole that add up: a printed table never says 99.9 %."""

from collections.abc import Sequence
from decimal import Decimal

TENTHS_IN_ALL = 1000


def shares(counts: Sequence[int]) -> list[Decimal]:
    """Percentages to 0.1 that add up to exactly 100.0, by largest remainder; all 0.0 when nothing was counted.

    Tenths left over go to the largest remainders, the earlier count first among equals, so that a count of
    zero is never given a share. Raises ValueError for a negative count.
    """
    if any(count < 0 for count in counts):
        raise ValueError("counts must not be negative")
    total = sum(counts)
    if not total:
        return [Decimal("0.0")] * len(counts)
    tenths = [count * TENTHS_IN_ALL // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda i: -(counts[i] * TENTHS_IN_ALL % total))
    for i in by_remainder[: TENTHS_IN_ALL - sum(tenths)]:
        tenths[i] += 1
    return [Decimal(part).scaleb(-1) for part in tenths]
