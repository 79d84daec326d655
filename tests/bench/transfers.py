"""Moving 10,000 people to another unit, against the bare UPDATE of their files with all its cascades and triggers.

`python -m tests.bench.transfers` runs in a process of its own, like the rosters.
"""

import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from statistics import median
from time import perf_counter

from tests.bench import site
from tests.bench.markdown import table
from tests.bench.roster_desk import Desk, open_office, settle
from tests.bench.serving import ROOT

PEOPLE, ROUNDS = 10_000, 3
FIRST_DAY = date(2020, 1, 1)
HEADERS = ("操作（1 万人，档案另有 3 万行）", "秒（中位）", "秒（最小）", "比值", "上限")

FILL = (
    "INSERT INTO personnel_emergencycontact (unit_id, member_id, name, relation, phone_sealed)"
    " SELECT unit_id, id, '某人', '', 'x' FROM personnel_member",
    "INSERT INTO personnel_bankaccount (unit_id, member_id, bank, number_sealed, number_digest)"
    " SELECT unit_id, id, '银行', 'x', id_digest FROM personnel_member",
    "INSERT INTO personnel_healthrecord (unit_id, member_id, condition_sealed)"
    " SELECT unit_id, id, 'x' FROM personnel_member",
)
BARE = "UPDATE personnel_member SET unit_id = %s WHERE unit_id = %s"


def prepare():
    """A village of people with whole files, and the clerk of the town above it."""
    from django.db import connection

    from organization.models import Unit
    from organization.scope import as_root
    from tests.bench import roster_files
    from tests.conftest import TOWN
    from tests.factories import AccountFactory

    open_office()
    Desk().bring_in(roster_files.workbook(roster_files.rows(PEOPLE)), rows=PEOPLE)
    with as_root("bench", duty="sysadmin"):
        mover = AccountFactory(role="staff", unit=Unit.objects.get(code=TOWN), username="bench-town")
    with as_root("bench"), connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement)
    settle()
    return mover


def timed(call: Callable[[], object]) -> float:
    begun = perf_counter()
    call()
    return perf_counter() - begun


def measured(mover) -> dict[str, list[float]]:
    """Seconds by action; each round brings everybody to the other village and back, once in each way."""
    from tests.conftest import SECOND_VILLAGE, VILLAGE

    seconds: dict[str, list[float]] = {"bare": [], "plan": [], "move": []}
    day = FIRST_DAY
    for _ in range(ROUNDS):
        for old, new in ((VILLAGE, SECOND_VILLAGE), (SECOND_VILLAGE, VILLAGE)):
            seconds["bare"].append(timed(partial(bare, mover, old, new)))
            bare(mover, new, old)
            settle()
            day += timedelta(days=1)
            plan, move = moved(mover, old, new, day)
            seconds["plan"].append(plan)
            seconds["move"].append(move)
            settle()
    return seconds


def bare(mover, old: int, new: int) -> None:
    from django.db import connection

    from organization.scope import as_account

    with as_account(mover, origin="bench"), connection.cursor() as cursor:
        cursor.execute(BARE, [new, old])
        if cursor.rowcount != PEOPLE:
            raise RuntimeError(f"{cursor.rowcount} files were moved")


def moved(mover, old: int, new: int, day: date) -> tuple[float, float]:
    """Seconds of the preview and of the move, each a transaction, as the page does them."""
    from organization.scope import as_account
    from personnel.people import Selection
    from personnel.transfers import moving

    order, today = moving.Order(Selection(day=day, unit=old), new, day), date.today()
    begun = perf_counter()
    with as_account(mover, origin="bench"):
        seen = moving.plan(order, mover, today).fingerprint(order)
    looked = perf_counter()
    with as_account(mover, origin="bench"):
        done, _batch = moving.move(order, mover, today, seen)
    ended = perf_counter()
    if len(done.files) != PEOPLE:
        raise RuntimeError(f"{len(done.files)} files were moved")
    return looked - begun, ended - looked


def times_table(seconds: dict[str, list[float]]) -> str:
    floor = median(seconds["bare"])

    def row(label: str, name: str, limit: str) -> list[str]:
        return [label, f"{median(seconds[name]):.2f}", f"{min(seconds[name]):.2f}",
                f"{median(seconds[name]) / floor:.2f}", limit]  # fmt: skip

    return table(
        HEADERS,
        [
            row("下限：一句 UPDATE 改档案单位，含级联、审计、卡片", "bare", ""),
            row("预览：逐人判断", "plan", ""),
            row("批量调动：重新判断、结束并接续服务、档案转移", "move", "4"),
        ],
    )


def run() -> None:
    """In a new process: the table goes to standard output."""
    subprocess.run([sys.executable, "-m", "tests.bench.transfers"], cwd=ROOT, check=True)


if __name__ == "__main__":
    with site.opened():
        sys.stdout.write(f"## 批量调动\n\n{times_table(measured(prepare()))}\n\n")
