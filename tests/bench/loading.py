"""Where the time of loading the demo district goes, and how far that is above the least it could take."""

import os
from contextlib import contextmanager
from io import StringIO
from time import perf_counter, process_time, thread_time

from django.db import connections
from django.utils import timezone
from psycopg2.sql import SQL, Composable, Identifier

from personnel.demo import load
from tests.bench.site import PASSWORD, SEED

HEADERS = ("步骤", "秒", "CPU 秒（Python）", "CPU 秒（数据库）", "÷下限")
FLOOR_HEADERS = ("表", "行", "秒")
TICKS = os.sysconf("SC_CLK_TCK")


def measured() -> tuple[list, list]:
    """Load the demo district; the lines of where its time went, and those of the floor."""
    watch = Watch()
    real_writing, real_district = load.writing, load.district
    load.writing = lambda: watch.writing(real_writing)
    load.district = lambda *given: watch.part("生成（内存）", lambda: real_district(*given))
    try:
        begun = process_time()
        watch.part("合计", lambda: load.load(timezone.localdate(), SEED, PASSWORD))
        watch.parts["合计"][1] = process_time() - begun
    finally:
        load.writing, load.district = real_writing, real_district
    floor = list(_floor())
    least = sum(seconds for _, _, seconds in floor)
    return watch.rows(least), [[table, rows, f"{seconds:.2f}"] for table, rows, seconds in floor]


class Watch:
    """Seconds, and processor seconds of this process and of the database's, by part."""

    def __init__(self) -> None:
        connections["owner"].ensure_connection()
        self.backend = connections["owner"].connection.info.backend_pid
        self.parts: dict[str, list[float]] = {}
        self.triggers: dict[str, float] = {}

    def part(self, name, call):
        before = self.clocks()
        result = call()
        spent = self.parts.setdefault(name, [0.0, 0.0, 0.0])
        for place, (was, now) in enumerate(zip(before, self.clocks(), strict=True)):
            spent[place] += now - was
        return result

    def clocks(self) -> tuple[float, float, float]:
        with open(f"/proc/{self.backend}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return perf_counter(), thread_time(), (int(fields[11]) + int(fields[12])) / TICKS

    @contextmanager
    def writing(self, real):
        """The load's own transaction, with a cursor that looks at the clock; leaving it checks the foreign keys."""
        transaction = real()
        cursor = transaction.__enter__()
        try:
            yield WatchedCursor(cursor, self)
        except BaseException as error:
            if not transaction.__exit__(type(error), error, error.__traceback__):
                raise
        else:
            self.part("提交（含延迟的外键检查）", lambda: transaction.__exit__(None, None, None))

    def rows(self, least: float) -> list[tuple[str, ...]]:
        total = self.parts.pop("合计")
        python = total[1] - sum(part[1] for part in self.parts.values())
        lines = [*self.parts.items(), ("**合计**（写入与组装同时进行）", total)]
        rest = ("组装行：加密、摘要、拼音；口令散列", "", f"{python:.2f}", "", "")
        triggers = [(f"　其中触发器 {name}", f"{seconds:.2f}", "", "", "") for name, seconds in self.triggers.items()]
        table = [(name, *(f"{value:.2f}" for value in spent), f"{spent[0] / least:.1f}") for name, spent in lines]
        return [*table[:-1], rest, table[-1], *triggers]


class WatchedCursor:
    """Passes statements on; an INSERT goes through EXPLAIN ANALYZE, which tells what each trigger took."""

    def __init__(self, cursor, watch: Watch) -> None:
        self._cursor, self._watch = cursor, watch

    def __getattr__(self, name):
        return getattr(self._cursor, name)

    def execute(self, statement, *given):
        text = self._text(statement)
        if text.startswith("INSERT INTO"):
            table = text.split('"')[1]
            explain = SQL("EXPLAIN (ANALYZE, FORMAT JSON) ") + statement
            self._watch.part(f"INSERT {table}", lambda: self._cursor.execute(explain, *given))
            for trigger in self._cursor.fetchone()[0][0].get("Triggers", []):
                name = trigger.get("Constraint Name") or f"{trigger['Trigger Name']}"
                key = f"{name} · {table}"
                self._watch.triggers[key] = self._watch.triggers.get(key, 0.0) + trigger.get("Time", 0) / 1000
            return None
        part = "ANALYZE" if text.startswith("ANALYZE") else "其他语句"
        return self._watch.part(part, lambda: self._cursor.execute(statement, *given))

    def copy_expert(self, *given, **more):
        return self._watch.part("COPY 进临时表", lambda: self._cursor.copy_expert(*given, **more))

    def _text(self, statement) -> str:
        return statement.as_string(self._cursor.cursor) if isinstance(statement, Composable) else statement


def _floor():
    """(table, rows, seconds) of copying what was loaded into bare tables."""
    with connections["owner"].cursor() as cursor:
        for model in load.WRITTEN:
            table, bare = Identifier(model._meta.db_table), Identifier(f"bare_{model._meta.db_table}")
            rows = StringIO()
            cursor.copy_expert(SQL("COPY {} TO STDOUT").format(table), rows)
            rows.seek(0)
            cursor.execute(SQL("CREATE TABLE {} (LIKE {})").format(bare, table))
            begun = perf_counter()
            cursor.copy_expert(SQL("COPY {} FROM STDIN").format(bare), rows)
            took = perf_counter() - begun
            cursor.execute(SQL("SELECT count(*) FROM {}").format(bare))
            count = cursor.fetchone()[0]
            cursor.execute(SQL("DROP TABLE {}").format(bare))
            yield model._meta.db_table, count, took
