"""Drawing lots: everything random in the demo district goes through here or through `random.Random` itself."""

from bisect import bisect
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Value = TypeVar("Value")


def lots(seed: int, part: str) -> Random:
    """The lots of one part of the district: a change in one part leaves the others as they were."""
    return Random(f"{seed} {part}")  # noqa: S311 - a demonstration, no secret


class Weighted(Generic[Value]):
    """Values with the sums of their weights, so that one can be drawn quickly."""

    def __init__(self, weights: Mapping[Value, float]) -> None:
        self._values, self._sums = list(weights), list(accumulate(weights.values()))

    def draw(self, rng: Random) -> Value:
        """One value, by its weight."""
        return self._values[bisect(self._sums, rng.random() * self._sums[-1])]


def shares(total: int, weights: Sequence[float], floors: Sequence[int] | None = None) -> list[int]:
    """Whole numbers that add up to `total`, by weight above their floors; leftovers go to the largest remainders."""
    least = list(floors or [0] * len(weights))
    rest, whole = total - sum(least), sum(weights)
    if rest < 0 or whole <= 0:
        raise ValueError("the floors are higher than the total, or nothing has weight")
    exact = [rest * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: rest - sum(parts)]:
        parts[i] += 1
    return [floor + part for floor, part in zip(least, parts, strict=True)]


def repeated(counts: Mapping[Value, int]) -> list[Value]:
    """Each key as often as its count says."""
    return [value for value, count in counts.items() for _ in range(count)]


def day_between(rng: Random, first: date, last: date) -> date:
    """A day from `first` to `last`, both included."""
    return first + timedelta(rng.randint(0, (last - first).days))
