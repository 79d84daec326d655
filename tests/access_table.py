"""The table of every address and role: what each gets. `python -m tests.access_table` writes it anew, for review.

One line an address pattern (third-party apps included), one column a role: the status of a GET, or `login` for a
redirect to the login page.
"""

import csv
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from django.urls import get_resolver

PATH = Path(__file__).with_suffix(".csv")
ROLES = (
    "anonymous", "clerk", "staff", "hr", "finance", "training", "governance", "sysadmin", "secadmin", "auditor",
)  # fmt: skip
WRITING = "ACCESS_TABLE"  # the environment variable that makes the tests write what they find
ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """An address pattern: as text, with its arguments in angle brackets, and the name of its view."""

    text: str
    name: str

    @property
    def model(self) -> str:
        """The model that an address of the admin is about, such as `personnel.member`; empty for others."""
        found = re.match(r"(\w+)/(\w+)/", self.text)
        return ".".join(found.groups()) if found and self.name.startswith("admin:") else ""

    @property
    def arguments(self) -> list[str]:
        return ARGUMENT.findall(self.text)

    def address(self, values: dict) -> str:
        """The address with these values. KeyError names the argument that nobody knows a value for."""
        return "/" + ARGUMENT.sub(lambda found: str(values[found[1]]), self.text)


def routes() -> list[Route]:
    """All that the resolver knows, in its order; two patterns of one text are one."""
    return list(dict.fromkeys(_walk(get_resolver())))


def _walk(resolver, prefix="", names=()):
    for pattern in resolver.url_patterns:
        text = prefix + _plain(str(pattern.pattern))
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern, text, (*names, pattern.namespace) if pattern.namespace else names)
        else:
            yield Route(text, ":".join((*names, pattern.name or "")))


def _plain(pattern: str) -> str:
    """A regular expression as if it had been written as a path: its groups by name, its anchors away."""
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern).removeprefix("^").removesuffix("$")


def read() -> dict[str, dict[str, str]]:
    """{pattern: {role: status}} as committed."""
    with PATH.open(encoding="utf-8", newline="") as source:
        return {line.pop("address"): line for line in csv.DictReader(source)}


def write(column: dict[str, str], role: str) -> None:
    """Put one role's statuses into the file; patterns that are gone leave it."""
    lines = read() if PATH.exists() else {}
    with PATH.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, ["address", *ROLES], lineterminator="\n", restval="")
        writer.writeheader()
        for address in sorted(column):
            writer.writerow({**lines.get(address, {}), "address": address, role: column[address]})


if __name__ == "__main__":
    import pytest

    os.environ[WRITING] = "write"
    sys.exit(pytest.main(["tests/test_access.py", "-q", "-p", "no:xdist", "-k", "test_every_address"]))
