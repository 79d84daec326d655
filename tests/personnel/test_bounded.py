"""Children that wait for bytes: one at most, each reads one file, and none stays when it is not wanted."""

import os
import time

import pytest

from personnel.bounded import starter
from personnel.roster.reading.limits import Limits

ECHO = "import sys; sys.stdin.readline(); print(__import__('os').getpid(), sys.stdin.read(), flush=True)"
LIBRARY = starter.__file__


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(starter, "_SOON", 0)
    yield
    starter._waiting.dismiss_all()


def heard(data, *, run=ECHO, **options):
    """(process, text) that the child told."""
    lines = starter.lines(run, LIBRARY, data, Limits(), 1000, **options)
    process, text = next(lines).decode().split(maxsplit=1)
    lines.close()
    return int(process), text.strip()


def ready():
    """The children of this program that wait now; others read rosters in the same process."""
    return [child for (_pid, run, _library), (child, _timer) in starter._waiting._children.items() if run == ECHO]


def waiting():
    """The one that waits, as soon as it does."""
    deadline = time.monotonic() + 10
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    (found,) = ready()
    return found


def test_the_next_file_is_read_by_the_child_that_waits_and_each_child_reads_one():
    first, text = heard(b"one", more_to_come=True)
    waits = waiting()
    second, other_text = heard(b"two", more_to_come=True)

    assert (text, other_text) == ("one", "two")
    assert first != second == waits.pid
    assert waiting().pid not in (first, second)


def test_nobody_waits_where_no_more_is_to_come():
    heard(b"one")
    time.sleep(0.1)
    assert not ready()


def test_a_program_that_fails_is_not_left_waiting():
    with pytest.raises(starter.CutOff):
        list(starter.lines("import os; os.abort()", LIBRARY, b"", Limits(), 1000, more_to_come=True))
    time.sleep(0.1)
    assert not ready()


def test_one_that_died_while_it_waited_is_replaced():
    heard(b"one", more_to_come=True)
    waits = waiting()
    waits.kill()
    waits.wait()
    assert heard(b"two")[1] == "two"


def test_after_some_minutes_it_is_sent_away(monkeypatch):
    monkeypatch.setattr(starter, "_WAITS", 2)
    heard(b"one", more_to_come=True)
    waits = waiting()
    assert waits.wait(10) < 0
    assert not ready()


def test_its_input_ends_with_the_server_and_then_it_ends():
    heard(b"one", more_to_come=True)
    waits = waiting()
    waits.stdin.close()
    assert waits.wait(10) == 0


def test_a_process_that_was_forked_has_none_of_its_parents_children(monkeypatch):
    heard(b"one", more_to_come=True)
    waits = waiting()
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert heard(b"two")[0] != waits.pid
    monkeypatch.undo()
