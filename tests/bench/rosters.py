"""Rosters in, and people out: how long, how much memory, and how far above the least that it could take.

`python -m tests.bench.rosters` runs in a process of its own, so that nothing that was measured before weighs on it.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter, sleep

from tests.bench import site
from tests.bench.markdown import table
from tests.bench.roster_desk import Desk, copied_to_csv, open_office, settle
from tests.bench.serving import ROOT

MANY, FEW, LARGE, HUGE = 20_000, 2_000, 100_000, 1_000_000
WARMING_UP = 500  # rows: what is loaded on first use belongs to nobody
BAD, ROUNDS = 0.05, 3
HEADERS = ("操作", "秒（中位）", "秒（最小）", "比值", "上限", "目标")
MEMORY_HEADERS = ("操作（各在新进程中）", "秒", "进程峰值 MB", "读表子进程峰值 MB")


# --- times ------------------------------------------------------------------------------------------------------------


class Watch:
    """Seconds of everything that was done, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}

    def time(self, name: str, call: Callable, *given, **named):
        begun = perf_counter()
        result = call(*given, **named)
        self.note(name, perf_counter() - begun)
        return result

    def note(self, name: str, seconds: float) -> None:
        self.seconds.setdefault(name, []).append(seconds)

    def of(self, name: str) -> float:
        return median(self.seconds[name])

    def row(self, label: str, name: str, against: float = 0, limit: str = "", aim: str = "", unit: str = "") -> list:
        ratio = f"{self.of(name) / against:.2f}{unit}" if against else ""
        return [label, f"{self.of(name):.2f}", f"{min(self.seconds[name]):.2f}", ratio, limit, aim]


def measured(folder: Path, rounds: int, *, with_million: bool) -> tuple[Watch, list[list]]:
    """The times of everything, and the rows of the table of memory."""
    from personnel.roster import marking
    from tests.bench import roster_files, roster_floor
    from tests.conftest import VILLAGE

    people = roster_files.rows(MANY)
    good, bad = roster_files.workbook(people), roster_files.workbook(roster_files.rows(MANY, bad=BAD))
    desk, watch = Desk(), Watch()
    roster_floor.prepare()
    desk.undo(desk.bring_in(roster_files.workbook(people[:WARMING_UP])))
    watch.note("queries", roster_floor.stock_queries(people[:WARMING_UP]) / WARMING_UP)
    for _ in range(rounds):
        watch.note("floor", roster_floor.floor(good, VILLAGE))
        watch.note("stock", roster_floor.stock(people[:FEW]))
        settle()
        roster = watch.time("preview", desk.preview, good)
        roster = watch.time("commit", desk.commit, roster)
        watch.note("new", watch.seconds["preview"][-1] + watch.seconds["commit"][-1])
        watch.time("again", desk.bring_in, good, fate="unchanged", rows=MANY)
        settle()
        watch.time("undo", desk.undo, roster)
        settle()
        for name, mark in (("bad", marking.bad_rows), ("whole", marking.whole)):
            roster = watch.time(name, desk.bring_in_good_rows, bad, mark)
            settle()
            desk.undo(roster)
            settle()
    return watch, memory(folder, desk, watch, good, with_million=with_million)


def times_table(watch: Watch) -> str:
    floor, new = watch.of("floor"), watch.of("new")
    stock = watch.of("stock") * MANY / FEW
    told = f"每行 {watch.of('queries'):.0f} 条语句，{FEW} 行 {watch.of('stock'):.1f} 秒"
    per_row = watch.of("large") / LARGE / (new / MANY)
    lines = [
        watch.row("下限：python-calamine 读表 + COPY 进有索引的表", "floor"),
        watch.row("2 万行全部新增：预览 + 提交（÷下限）", "new", floor, "6", "3"),
        watch.row("　其中预览", "preview", floor),
        watch.row("　其中提交", "commit", floor),
        [f"　原装库{told}，按行数放大到 2 万行（原装 ÷ 本系统）", f"{stock:.0f}", "",
         f"{stock / new:.0f}", "30", "60"],
        watch.row("同一文件再来一次，全部无变化（÷下限）", "again", floor, "3", "1.5"),
        ["10 万行：每行的时间（÷2 万行时）", f"{watch.of('large'):.1f}", "", f"{per_row:.2f}", "1.5", ""],
        watch.row("5% 错误：合格的提交 + 错误行工作簿（÷全部合格）", "bad", new, "1.5", "1.2"),
        watch.row("5% 错误：合格的提交 + 整份文件标色（÷全部合格）", "whole", new, "4", ""),
        watch.row("撤销 2 万行（÷其提交）", "undo", watch.of("commit"), "1", "0.5"),
        watch.row("10 万人 COPY 成 csv（同样的列）", "copy"),
        watch.row("10 万人导出 xlsx，含完整号码（÷COPY）", "export", watch.of("copy"), "12", "3"),
    ]  # fmt: skip
    return table(HEADERS, lines)


# --- memory -----------------------------------------------------------------------------------------------------------


def memory(folder: Path, desk: Desk, watch: Watch, good: bytes, *, with_million: bool) -> list[list]:
    """Each action in a new process, whose peak is its own; at last the register holds 100,000 people, or a million."""
    from personnel.models import RosterImport
    from tests.bench import roster_files

    def alone(label: str, step: str, data: bytes = b"") -> dict:
        (folder / "bench.xlsx").write_bytes(data)
        command = [sys.executable, "-m", "tests.bench.rosters", "--step", step, "--file", str(folder / "bench.xlsx")]
        answer = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
        told = json.loads(answer.stdout)
        lines.append([label, f"{told['seconds']:.1f}", told["peak"], told["reader"] or ""])
        return told

    lines: list[list] = []
    told = alone("2 万行：预览 + 提交", "import", good)
    alone("导出 2 万人", "export")
    with desk.acting():
        roster = RosterImport.objects.get(pk=told["batch"])
    settle()
    desk.undo(roster)
    settle()
    told = alone("10 万行：预览 + 提交", "import", roster_files.workbook(roster_files.rows(LARGE)))
    watch.note("large", told["seconds"])
    settle()
    for _ in range(3):
        watch.note("copy", copied_to_csv())
        watch.time("export", desk.export)
    alone("导出 10 万人", "export")
    if with_million:
        for first in range(LARGE, HUGE, LARGE):
            desk.bring_in(roster_files.workbook(roster_files.rows(LARGE, first)))
        settle()
        alone("导出 100 万人", "export")
    return lines


def step(name: str, file: Path) -> dict:
    """One action of this process: seconds, and the peaks of it and of the child that reads the file, in MB."""
    import django

    django.setup()
    from tests.bench import roster_files

    desk, data = Desk(), file.read_bytes()
    if name == "import":
        desk.undo(desk.bring_in(roster_files.workbook(roster_files.rows(WARMING_UP, HUGE))))
    with watched_children() as peaks:
        begun = perf_counter()
        done = desk.bring_in(data) if name == "import" else desk.export()
        seconds = perf_counter() - begun
    batch = done.pk if name == "import" else None
    return {"seconds": seconds, "peak": _peak(os.getpid()), "reader": max(peaks, default=0), "batch": batch}


@contextmanager
def watched_children():
    """Looks again and again at the peak of every child: that of getrusage begins with the memory of its parent."""
    peaks: list[int] = []
    done = Event()

    def look():
        while not done.is_set():
            for path in Path("/proc/self/task").glob("*/children"):
                peaks.extend(filter(None, (_peak(int(pid)) for pid in path.read_text().split())))
            sleep(0.01)

    thread = Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peaks
    finally:
        done.set()
        thread.join()


def _peak(pid: int) -> int:
    """The most memory that a process ever had, in MB; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


# --- running ----------------------------------------------------------------------------------------------------------


def run(*, with_million: bool) -> None:
    """In a new process: the tables go to standard output."""
    command = [sys.executable, "-m", "tests.bench.rosters", *["--million"] * with_million]
    subprocess.run(command, cwd=ROOT, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.rosters")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--step", choices=["import", "export"])
    parser.add_argument("--file", type=Path)
    asked = parser.parse_args()
    if asked.step:
        sys.stdout.write(json.dumps(step(asked.step, asked.file)))
        return
    with site.opened(), TemporaryDirectory() as folder:
        open_office()
        watch, lines = measured(Path(folder), asked.rounds, with_million=asked.million)
        sys.stdout.write(f"## 花名册\n\n{times_table(watch)}\n\n## 花名册：内存\n\n{table(MEMORY_HEADERS, lines)}\n\n")


if __name__ == "__main__":
    main()
