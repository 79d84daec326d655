"""A merger beside what is known: its simulation against a page of the list, its carrying out against a roster.

`python -m tests.bench.merger` runs in a process of its own, like the rosters.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import perf_counter, process_time, sleep

from tests.bench import site
from tests.bench.clock import Times, in_turns, timed
from tests.bench.markdown import table
from tests.bench.merger_people import Patrol, open_patrol
from tests.bench.roster_desk import Desk, settle
from tests.bench.serving import ROOT

FEW, MANY, ROUNDS, PAGES = 1_233, 100_000, 3, 15
TICKS = os.sysconf("SC_CLK_TCK")
MARKS = tuple(range(5_000, 7_500, 250))
HEADERS = ("操作", "秒（中位）", "秒（最小）", "比值", "处理器时间之比", "上限")
MEMORY_HEADERS = ("操作", "本进程峰值 MB", "数据库进程私有内存峰值 MB")


@dataclass
class Found:
    """Seconds and processor seconds by action; megabytes of this process and of the database's by label."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    worked: dict[str, list[float]] = field(default_factory=dict)
    memory: list[list] = field(default_factory=list)

    def time(self, name: str, call: Callable[[], object]):
        begun, busy = perf_counter(), processor_seconds()
        result = call()
        self.seconds.setdefault(name, []).append(perf_counter() - begun)
        self.worked.setdefault(name, []).append(processor_seconds() - busy)
        sys.stderr.write(f"{name} {self.seconds[name][-1]:.2f}\n")
        return result

    def of(self, name: str) -> float:
        return median(self.seconds[name])


def processor_seconds() -> float:
    """Of this process and of its database process: what others do on the machine adds little to it."""
    from django.db import connection

    connection.ensure_connection()
    fields = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    return process_time() + (int(fields[11]) + int(fields[12])) / TICKS


# --- what is done -----------------------------------------------------------------------------------------------------


def prepare(patrol: Patrol, people: int) -> None:
    patrol.grow(people)
    settle()


def looking(patrol: Patrol, rounds: int) -> dict[str, Times]:
    """The simulation, its page and the list, in turns."""
    client, _account = site.browser(patrol.officer.username)
    actions = {"simulate": timed(partial(simulated, patrol))} | {
        name: timed(partial(fetched, client, address)) for name, address in addresses(patrol).items()
    }
    return in_turns(actions, rounds)


def addresses(patrol: Patrol) -> dict[str, str]:
    from django.urls import reverse

    marks = ",".join(f"{mark / 100:g}" for mark in MARKS)
    page = reverse("admin:personnel_programme_simulation", args=[patrol.programme.pk])
    return {"list": reverse("admin:personnel_card_changelist"), "page": f"{page}?marks={marks}"}


def fetched(client, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answers {response.status_code}")


def simulated(patrol: Patrol) -> None:
    from organization.scope import as_account
    from personnel.merger.candidates import simulate

    with as_account(patrol.officer, origin="bench"):
        told = simulate(patrol.programme, MARKS, patrol.programme.merged_on)
    if told["candidates"] != patrol.people:
        raise RuntimeError(f"{told['candidates']} candidates")


def merged(patrol: Patrol, found: Found, name: str = "") -> None:
    """Proposed by one, confirmed by another, carried out: each a transaction, as on the pages."""
    from personnel.merger import carrying_out, proposing

    given, today = patrol.programme, patrol.programme.merged_on

    def acting(account, act, *more):
        from organization.scope import as_account

        with as_account(account, origin="bench"):
            return act(given, account, today, *more)

    found.time(f"propose{name}", lambda: acting(patrol.officer, proposing.propose))
    found.time(f"confirm{name}", lambda: acting(patrol.second, proposing.confirm, "低于合格线"))
    done = found.time(f"carry_out{name}", lambda: acting(patrol.officer, carrying_out.carry_out))
    if done.counts.absorbed + done.counts.transferred != patrol.people:
        raise RuntimeError(f"{done.counts}")


def taken_back(patrol: Patrol) -> None:
    from organization.scope import as_account
    from personnel.merger import reverting

    with as_account(patrol.officer, origin="bench"):
        reverting.revert(patrol.programme, patrol.officer)


def brought_in(desk: Desk, found: Found, round_: int) -> None:
    from tests.bench import roster_files

    data = roster_files.workbook(roster_files.rows(FEW, round_ * FEW))
    roster = found.time("import", lambda: desk.bring_in(data, rows=FEW))
    settle()
    desk.undo(roster)


def measured() -> Found:
    found, patrol = Found(), open_patrol()
    prepare(patrol, FEW)
    desk = Desk()
    brought_in(desk, Found(), ROUNDS)  # what is loaded on first use belongs to nobody
    merged(patrol, Found())
    taken_back(patrol)
    settle()
    keep(found, looking(patrol, PAGES))
    for round_ in range(ROUNDS):
        brought_in(desk, found, round_)
        settle()
        merged(patrol, found)
        settle()
        found.time("revert", partial(taken_back, patrol))
        settle()
    found.time("load_many", partial(prepare, patrol, MANY))
    with watched(found, "10 万人：测算"):
        keep(found, looking(patrol, 3), "_many")
    with watched(found, "10 万人：提出、确认、执行"):
        merged(patrol, found, "_many")
    return found


def keep(found: Found, times: dict[str, Times], name: str = "") -> None:
    found.seconds |= {f"{action}{name}": taken.seconds for action, taken in times.items()}


# --- memory -----------------------------------------------------------------------------------------------------------


@contextmanager
def watched(found: Found, label: str) -> Iterator[None]:
    """The peak of this process, and of what its database process has for itself, looked at again and again."""
    from django.db import connection

    connection.ensure_connection()
    backend, most, done = connection.connection.info.backend_pid, [0], Event()
    Path("/proc/self/clear_refs").write_text("5")

    def look():
        while not done.is_set():
            most[0] = max(most[0], memory_of(backend, "RssAnon"))
            sleep(0.02)

    thread = Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        found.memory.append([label, memory_of(os.getpid(), "VmHWM"), most[0]])


def memory_of(pid: int, name: str) -> int:
    """Megabytes of a line of a process's status; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith(name)), 0)


# --- what is told -----------------------------------------------------------------------------------------------------


def times_table(found: Found) -> str:
    page, roster = found.of("list"), found.of("import")

    def row(label: str, name: str, against: float = 0, limit: str = "", work: str = "") -> list[str]:
        ratio = f"{found.of(name) / against:.2f}" if against else ""
        return [label, f"{found.of(name):.3f}", f"{min(found.seconds[name]):.3f}", ratio, work, limit]

    def each(label: str, name: str, limit: str = "1.5") -> list[str]:
        """Per candidate of many, against the same of few."""
        many, work = f"{name}_many", ""
        if name in found.worked:
            work = f"{median(found.worked[many]) / median(found.worked[name]) * FEW / MANY:.2f}"
        return row(label, many, found.of(name) / FEW * MANY, limit, work)

    return table(
        HEADERS,
        [
            row("基线：人员名单首页（区）", "list"),
            row(f"测算 {len(MARKS)} 条合格线，1,233 人（÷名单页）", "simulate", page, "5"),
            row("　连同页面与各号型装备（÷名单页）", "page", page, "5"),
            row("基线：导入 1,233 行花名册，预览 + 提交", "import"),
            row("执行 1,233 人的去向，含审计与后续事项（÷导入）", "carry_out", roster, "3"),
            row("　提出（÷导入）", "propose", roster),
            row("　确认（÷导入）", "confirm", roster),
            row("　撤回（÷导入）", "revert", roster),
            each("10 万人：测算，每人（÷1,233 人时）", "simulate"),
            each("　测算页，每人（÷1,233 人时）", "page"),
            each("10 万人：执行，每人（÷1,233 人时）", "carry_out"),
            each("　提出，每人（÷1,233 人时）", "propose", ""),
            each("　确认，每人（÷1,233 人时）", "confirm", ""),
        ],
    )


def run() -> None:
    """In a new process: the tables go to standard output."""
    subprocess.run([sys.executable, "-m", "tests.bench.merger"], cwd=ROOT, check=True)


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m tests.bench.merger").parse_args()
    with site.opened():
        told = measured()
        sys.stdout.write(f"## 并轨\n\n{times_table(told)}\n\n{table(MEMORY_HEADERS, told.memory)}\n\n")
