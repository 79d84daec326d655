"""The pages that are measured, as an account of each scope opens them."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter
from urllib.parse import urlencode

from django.core.management import call_command
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from organization import rights
from organization.scope import as_account
from personnel.models import Member
from personnel.people import Selection
from tests.bench.clock import Action, timed
from tests.bench.forms import fields
from tests.bench.site import browser

A_PAGE = 50
SCOPES = {"village": "village", "town": "town", "district": "hr"}  # whose eyes


class Unexpected(Exception):
    """A page did not answer as it should, so its time means nothing."""


@dataclass(frozen=True)
class Page:
    """One line of the table. `stock` is the same list in Django's own admin."""

    name: str
    scope: str
    action: Action
    stock: Action | None = None
    has_sql: bool = True


class Visitor:
    """One account's browser, and the things of its scope that pages need: a member, a name, a number."""

    def __init__(self, scope: str, username: str | None = None) -> None:
        self.scope = scope
        self.client, self.account = browser(username or SCOPES[scope])

    def gets(self, url: str, **query) -> Action:
        """Opening a page; raises Unexpected unless it comes."""
        address = f"{url}?{urlencode(query)}" if query else url
        return timed(lambda: self.fetch(address))

    def fetch(self, address: str):
        response = self.client.get(address)
        if response.status_code != 200:
            raise Unexpected(f"{self.account.username}: {address} answers {response.status_code}")
        return response

    def page(self, name: str, url: str, stock: str = "", **query) -> Page:
        return Page(
            name,
            self.scope,
            self.gets(url, **query),
            self.gets(reverse(f"stock:{stock}_changelist")) if stock else None,
        )


def all_pages() -> Iterator[Page]:
    for scope in SCOPES:
        visitor = Visitor(scope)
        yield from _people(visitor)
        yield from _one_member(visitor)
        yield from _figures(visitor)
    yield from _lists()


def _people(visitor: Visitor) -> Iterator[Page]:
    """The list of people: its pages, filters, searches and orders."""
    url, today = reverse("admin:personnel_card_changelist"), timezone.localdate()
    with as_account(visitor.account):
        cards = Selection(today, unit=visitor.account.unit_id).cards()
        count, card = cards.count(), cards.exclude(pinyin="").order_by("pinyin")[5]
    yield visitor.page("人员名单 首页", url, "personnel_card")
    last = -(-min(count, 10_001) // A_PAGE)
    if last > 1:
        yield visitor.page("人员名单 第2页", url, p=2)
        yield visitor.page(f"人员名单 末页（第{last}页）", url, p=last)
    filters: dict[str, dict] = {
        "状态=已离队": {"status": "left"},
        "状态=全部": {"status": "all"},
        "队伍=联防": {"force": "joint_defence"},
        "队伍=四支专业队伍": {"force": "professional"},
        "镇街/村居出资=村": {"sponsor": "village"},
        "类别=文职": {"category": "clerical"},
        "性别=女": {"sex": "female"},
        "年龄=25岁以下": {"age": "under_25"},
        "学历=大专以上": {"education": "college_or_above"},
        "日期=三年前": {"on": (today - timedelta(days=1096)).isoformat()},
        "编号（ids）": {"ids": str(card.member_id)},
        "联防+女+25岁以下": {"force": "joint_defence", "sex": "female", "age": "under_25"},
        "姓名前缀": {"q": card.name[:1]},
        "姓名中间字": {"q": card.name[-1:]},
        "姓名拼音": {"q": card.pinyin},
        "姓名首字母": {"q": card.initials},
        "按姓名排序": {"o": "1"},
        "按年龄排序": {"o": "3"},
    }
    for label, query in filters.items():
        yield visitor.page(f"人员名单 {label}", url, **query)


def _one_member(visitor: Visitor) -> Iterator[Page]:
    with as_account(visitor.account):
        forces = rights.FORCES_WRITTEN[visitor.account.role]  # of the others' files it reads only
        member = Member.objects.filter(assignments__force__in=forces, assignments__ended_on=None)[3]
        number = member.id_number
    change = reverse("admin:personnel_member_change", args=[member.pk])
    yield visitor.page("人员档案", change)
    yield visitor.page("人员档案 变更记录", reverse("admin:personnel_member_history", args=[member.pk]))
    yield visitor.page("新增人员（空表）", reverse("admin:personnel_member_add"))
    yield Page("按证件号码查找（POST）", visitor.scope, timed(lambda: _found(visitor, number)), has_sql=False)
    yield Page("保存人员档案（POST）", visitor.scope, _saving(visitor, change), has_sql=False)


def _found(visitor: Visitor, number: str) -> None:
    response = visitor.client.post(reverse("admin:personnel_member_find"), {"q": number})
    if response.status_code != 302 or "/member/" not in response["Location"]:
        raise Unexpected("the number was not found")


def _saving(visitor: Visitor, change: str) -> Action:
    """Fetching the form does not count; sending it back with one field changed does."""

    def save() -> float:
        sent = fields(visitor.fetch(change).content.decode(), "member_form")
        sent["remark"] = f"{perf_counter()}"
        begun = perf_counter()
        response = visitor.client.post(change, sent)
        took = perf_counter() - begun
        if response.status_code != 302:
            raise Unexpected(f"{change} was not saved: {response.status_code}")
        return took

    return save


def _figures(visitor: Visitor) -> Iterator[Page]:
    today, strength = timezone.localdate(), reverse("dashboards:strength")
    yield visitor.page("工作台", reverse("admin:index"))
    yield visitor.page("力量总览 今天", strength)
    yield visitor.page("力量总览 三年前", strength, on=(today - timedelta(days=1096)).isoformat())
    yield visitor.page("力量总览 联防", strength, force="joint_defence")
    yield Page("figures 命令", visitor.scope, timed(_command(visitor.account.username)))


def _command(username: str) -> Callable[[], None]:
    def run() -> None:
        told = io.StringIO()
        call_command("figures", username=username, json=True, stdout=told)
        if "members.total" not in json.loads(told.getvalue()):
            raise Unexpected("figures without members")

    return run


def _lists() -> Iterator[Page]:
    """Lists of the organization, in the eyes of those who keep them."""
    office, systems, auditor = (Visitor("district", name) for name in ("governance", "sysadmin", "auditor"))
    town, village = Visitor("town"), Visitor("village")
    for visitor, name, model, stock in (
        (village, "单位", "organization_unit", ""),
        (town, "单位", "organization_unit", ""),
        (office, "单位（树）", "organization_unit", "organization_unit"),
        (town, "用人单位", "organization_employer", ""),
        (Visitor("district"), "用人单位", "organization_employer", "organization_employer"),
        (office, "队伍", "organization_team", ""),
        (town, "岗位", "organization_post", ""),
        (office, "岗位", "organization_post", "organization_post"),
        (office, "任职", "personnel_appointment", ""),
        (town, "账号", "organization_account", ""),
        (systems, "账号", "organization_account", "organization_account"),
        (auditor, "审计日志", "organization_trailentry", "organization_trailentry"),
        (auditor, "安全事件", "organization_securityevent", ""),
    ):
        try:
            url = reverse(f"admin:{model}_changelist")
        except NoReverseMatch:
            continue
        yield visitor.page(name, url, stock)
