"""A city or a province beside the district: the same requests in both, page by page in turns, at every scope.

Both databases lie in one throw-away cluster. Of what a page takes the 95th percentile of the requests counts, and its
ratio to the same request of the district-sized demo: to the same scope there, or, above the district, to its root.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter

from django.core.management import call_command
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone
from psycopg2.sql import SQL, Identifier

from organization.guarded_admin import COUNT_CAP
from organization.scope import as_account
from personnel.admin.cards import CAP_ABOVE
from personnel.demo.large import load_large
from personnel.demo.load import load
from personnel.models import Member
from personnel.people import Selection
from tests.bench import markdown, serving
from tests.bench.clock import Times, in_turns, timed
from tests.bench.pages import Visitor
from tests.bench.site import PASSWORD, SEED

ROUNDS_OF_FIGURES = 5
# Whose eyes in the large database, and in the district's.
SCOPES = {
    "village": ("village", "village"),
    "town": ("town", "town"),
    "district": ("district", "hr"),
    "city": ("city", "hr"),
    "province": ("province", "hr"),
}
SMALL, LARGE = "qunfang_district", "qunfang"  # the site's own is the large one
LOADED = ("", "人", "秒", "每秒")
HEADERS = ("请求", "范围", "p95 ms", "中位 ms", "最小 ms", "区演示 p95 ms", "比值（p95）", "比值（最小）", "SQL ms")
FIGURES = ("日期", "只按单位、队伍分组，冷 ms", "热 ms", "连同人员分组，冷 ms", "热 ms", "力量总览，冷 ms", "热 ms",
           "÷连同人员（冷）", "（热）", "÷只按单位、队伍（冷）", "（热）")  # fmt: skip
SERVICES = """
SELECT unit_id, force, count(DISTINCT member_id) FROM personnel_assignment
WHERE started_on <= %(day)s AND (ended_on IS NULL OR ended_on > %(day)s) GROUP BY 1, 2
"""
# What the dashboard tells apart: units, forces and who runs them, sexes, ages, educations.
PEOPLE = """
SELECT a.unit_id, a.force, a.sponsor, a.category, c.sex, date_part('year', age(%(day)s, c.birth_date)), c.education,
  count(DISTINCT a.member_id)
FROM personnel_assignment a JOIN personnel_card c ON c.unit_id = a.unit_id AND c.member_id = a.member_id
WHERE a.started_on <= %(day)s AND (a.ended_on IS NULL OR a.ended_on > %(day)s) GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


def turn(name: str) -> None:
    """Both connections to the database of that name."""
    for alias in ("owner", "default"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def loaded(scale: str, share: float) -> Iterator[list[str]]:
    """Load both; lines of a table: what, people, seconds, people a second."""
    day = timezone.localdate()
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute(SQL("CREATE DATABASE {}").format(Identifier(SMALL)))
    turn(SMALL)
    call_command("migrate", database="owner", verbosity=0, skip_checks=True)
    begun = perf_counter()
    made = load(day, SEED, PASSWORD, share)
    yield told("区", len(made.people), perf_counter() - begun)
    turn(LARGE)
    begun = perf_counter()
    large = load_large(day, SEED, PASSWORD, scale, share=share, tell=partial(tell, begun))
    yield told({"city": "市", "province": "省"}[scale], large.people, perf_counter() - begun)


def told(what: str, people: int, seconds: float) -> list[str]:
    return [what, f"{people:,}", f"{seconds:.1f}", f"{people / seconds:,.0f}"]


def tell(begun: float, number: int, of: int, people: int) -> None:
    sys.stderr.write(f"{perf_counter() - begun:7.1f} s  {number}/{of}  {people:,}\n")


def requests(visitor: Visitor) -> Iterator[tuple[str, Callable[[], float]]]:
    """The list of people as somebody of that scope asks for it: pages, searches, filters."""
    url, today = reverse("admin:personnel_card_changelist"), timezone.localdate()
    with as_account(visitor.account):
        chosen = Selection(today, unit=visitor.account.unit_id)
        count = chosen.count(CAP_ABOVE if scope_is_wide(visitor) else COUNT_CAP)
        card = chosen.cards().exclude(pinyin="")[min(7, count - 1)]
        kept = Member.objects.order_by().first()
        number = str(kept.id_number) if kept else ""
    pages: dict[str, dict] = {"首页": {}} | {f"第{p}页": {"p": p} for p in (100,) if count > p * 50}
    last = -(-count // 50)
    pages |= {"末页": {"p": last}} if last > 1 else {}
    asked = pages | {
        "姓名前缀": {"q": card.name[:1]},
        "姓名部分": {"q": card.name[1:]},
        "拼音": {"q": card.pinyin},
        "首字母": {"q": card.initials},
        "离队": {"status": "left"},
        "全部": {"status": "all"},
        "队伍": {"force": "joint_defence"},
        "专业队伍": {"force": "professional"},
        "村出资": {"sponsor": "village"},
        "文职": {"category": "clerical"},
        "女": {"sex": "female"},
        "25岁以下": {"age": "under_25"},
        "大专以上": {"education": "college_or_above"},
        "退休": {"former": "retired"},
        "实名等级": {"level": "checksum"},
        "已实名": {"level": "verified"},
        "三年前": {"on": (today - timedelta(days=1096)).isoformat()},
        "按姓名": {"o": "1"},
    }
    for name, query in asked.items():
        yield name, visitor.gets(url, **query)
    if number:
        yield "证件号码", timed(partial(find, visitor, number))


def scope_is_wide(visitor: Visitor) -> bool:
    return visitor.account.unit_id % 10**8 == 0


def find(visitor: Visitor, number: str) -> None:
    visitor.client.post(reverse("admin:personnel_member_find"), {"q": number})


def compared(scale: str, rounds: int, only: str) -> Iterator[list[str]]:
    """A line of each request at each scope, as soon as it is measured."""
    names = list(SCOPES)[: {"city": 4, "province": 5}[scale]]
    turn(SMALL)
    small: dict[tuple[str, str], Times] = {}
    for username in dict.fromkeys(SCOPES[name][1] for name in names):
        for name, action in requests(Visitor(username, username)):
            if only in name:
                small[username, name] = in_turns({name: action}, rounds)[name]
    turn(LARGE)
    for scope in names:
        username, like = SCOPES[scope]
        for name, action in requests(Visitor(scope, username)):
            if only not in name:
                continue
            times, base = in_turns({name: action}, rounds)[name], small.get((like, name))
            yield line(name, scope, times, base, sql_of(action))


def line(name: str, scope: str, times: Times, base: Times | None, sql: float) -> list[str]:
    ratios = [f"{times.p95 / base.p95:.1f}", f"{times.least / base.least:.1f}"] if base else ["", ""]
    told = [times.p95, times.median, times.least]
    return [
        name,
        scope,
        *(f"{1000 * t:.1f}" for t in told),
        f"{1000 * base.p95:.1f}" if base else "",
        *ratios,
        f"{sql:.1f}",
    ]


def sql_of(action: Callable[[], float]) -> float:
    """Milliseconds in the database of one request."""
    spent = [0.0]

    def hear(execute, sql, params, many, context):
        begun = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent[0] += perf_counter() - begun

    with connection.execute_wrapper(hear):
        action()
    return 1000 * spent[0]


def figures(scale: str) -> Iterator[list[str]]:
    """The strength dashboard of the root on some days against one grouped scan: of the services alone, and with what it
    tells of their people; first and best of five.

    Cold is the first time in a new session: the server has its plans to make, and reads what is not in its memory.
    """
    today = timezone.localdate()
    visitor = Visitor(scale, scale)
    for day in (today, today - timedelta(days=400), today - timedelta(days=1500), today - timedelta(days=3000)):
        page = visitor.gets(reverse("dashboards:strength"), on=day.isoformat())
        services, people = scans(visitor, SERVICES, day), scans(visitor, PEOPLE, day)
        connection.close()
        pages = [page() for _ in range(ROUNDS_OF_FIGURES)]
        told = [(times[0], min(times)) for times in (services, people, pages)]
        cold, warm = told[2]
        ratios = [ratio for base in (people, services) for ratio in (cold / base[0], warm / min(base))]
        milliseconds = [f"{1000 * value:.0f}" for pair in told for value in pair]
        yield [day.isoformat(), *milliseconds, *(f"{ratio:.1f}" for ratio in ratios)]


def scans(visitor: Visitor, query: str, day: date) -> list[float]:
    connection.close()
    with as_account(visitor.account), connection.cursor() as cursor:
        return [scanned(cursor, query, day) for _ in range(ROUNDS_OF_FIGURES)]


def scanned(cursor, query: str, day: date) -> float:
    begun = perf_counter()
    cursor.execute(query, {"day": day})
    cursor.fetchall()
    return perf_counter() - begun


def run(var_dir: Path, asked, say: Callable) -> None:
    """Everything at that size; each table is told as soon as it is there."""
    say("装载", markdown.table(LOADED, loaded(asked.size, asked.share)))
    say("人员名单", markdown.head(HEADERS), end="\n")
    for row in compared(asked.size, asked.rounds, asked.only):
        say("", markdown.line(row), end="\n")
    say("力量总览", markdown.table(FIGURES, figures(asked.size)))
    say("吞吐（gunicorn 两个进程）", serving.table(var_dir, asked.size, with_figures=False))
