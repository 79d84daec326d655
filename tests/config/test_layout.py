"""What the tracked files may and may not hold."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
PINNED = re.compile(r"[a-z0-9][a-z0-9._-]*==[^\s;]+( ; [^\\]+)? \\", re.IGNORECASE)


def requirements(name):
    """The lock file's entries: a pinned package and its hashes, one text each."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.lstrip().startswith("#")]
    starts = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    return ["\n".join(lines[start:end]) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_no_address(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"index-url|find-links|trusted-host|@ ", text)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_is_pinned_with_hashes(name):
    entries = requirements(name)
    assert len(entries) > 10
    for entry in entries:
        assert PINNED.match(entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_the_developers_lock_file_holds_the_packages_of_the_sites():
    site, developers = (set(re.findall(r"^[\w.-]+==[^\s;]+", (ROOT / name).read_text(), re.M)) for name in LOCKS)
    assert site - developers == set()


def test_the_second_driver_is_not_installed():
    # Django would silently switch to it, and the scope of a transaction is written for the first one.
    assert not [entry for name in LOCKS for entry in requirements(name) if entry.startswith(("psycopg==", "psycopg-"))]


def test_django_has_its_security_fixes():
    (version,) = [entry.split("==")[1].split()[0] for entry in requirements(LOCKS[0]) if entry.startswith("django==")]
    assert tuple(map(int, version.split("."))) >= (5, 2, 19)
