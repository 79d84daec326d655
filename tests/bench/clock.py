"""Times of actions that take turns, so that whatever else the machine does falls upon all of them alike."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

WARM_UP = 3

Action = Callable[[], float]  # does it once, returns the seconds that count


@dataclass(frozen=True)
class Times:
    """Seconds of the rounds of one action."""

    seconds: list[float]

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def least(self) -> float:
        return min(self.seconds)

    @property
    def p95(self) -> float:
        return sorted(self.seconds)[math.ceil(0.95 * len(self.seconds)) - 1]


def timed(call: Callable[[], object]) -> Action:
    """An action of which every second counts."""

    def once() -> float:
        begun = perf_counter()
        call()
        return perf_counter() - begun

    return once


def in_turns(actions: dict[str, Action], rounds: int) -> dict[str, Times]:
    """Every action once a round, after a warm-up."""
    for action in list(actions.values()) * WARM_UP:
        action()
    seconds: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            seconds[name].append(action())
    return {name: Times(found) for name, found in seconds.items()}
