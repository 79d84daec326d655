"""What a child process may not exceed, whatever the bytes make it do."""

import contextlib
import resource
from typing import Protocol

_NEVER = ("RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_CORE")


class Limits(Protocol):
    @property
    def memory_bytes(self) -> int: ...

    def seconds_for(self, size: int) -> int: ...


def set_ceilings(limits: Limits, size: int) -> None:
    """For bytes of that size. From here on the process opens no file, starts no other, and writes to none."""
    seconds = limits.seconds_for(size)
    for name, value in [*((name, 0) for name in _NEVER), ("RLIMIT_AS", limits.memory_bytes), ("RLIMIT_CPU", seconds)]:
        number = getattr(resource, name, None)
        if number is not None:
            hard = resource.getrlimit(number)[1]
            allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
            with contextlib.suppress(ValueError, OSError):  # not every system knows every limit
                resource.setrlimit(number, (allowed, allowed))
