"""Security events are told in the reader's language, whatever short English was recorded."""

import ast
from pathlib import Path

import pytest
from django.utils.translation import override

from organization import event_words
from organization.models import SecurityEvent

ROOT = Path(__file__).resolve().parents[2]
APPS = ("organization", "personnel", "dashboards", "config")


def recorded():
    """The arguments of every call that records an event, by name."""
    trees = [ast.parse(path.read_text()) for app in APPS for path in (ROOT / app).rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        {each.arg: each.value for each in call.keywords if each.arg}
        for call in calls
        if ast.unparse(call.func) == "events.record"
    ]


def told(**fields):
    event = SecurityEvent(**fields)
    with override("zh-hans"):
        return event_words.reason(event), event_words.detail(event)


def test_every_reason_that_is_recorded_has_words():
    given = [call["reason"] for call in recorded() if "reason" in call]
    reasons = {
        part.value
        for reason in given
        for part in ([reason.body, reason.orelse] if isinstance(reason, ast.IfExp) else [reason])
        if isinstance(part, ast.Constant) and part.value
    }
    assert len(reasons) > 8
    assert reasons - set(event_words.REASONS) == set()


def test_every_particular_that_is_recorded_has_words():
    names = {name for call in recorded() for name in call} - {"member", "unit", "reason", "username"}
    assert len(names) > 8
    assert names - set(event_words.NAMES) == set()


@pytest.mark.parametrize(
    ("fields", "reason", "detail"),
    [
        ({"kind": "lookup", "detail": {"elsewhere": False}}, "", "在其他单位登记: 否"),
        ({"kind": "locked", "reason": "unlocked", "detail": {"account": "town"}}, "管理员已解锁", "账号: town"),
        (
            {"kind": "second_factor", "reason": "passed", "detail": {"way": "recovery code"}},
            "验证通过",
            "方式: 恢复码",
        ),
        (
            {"kind": "reveal", "reason": "issued", "detail": {"field": "phone"}},
            "issued",
            "字段: 电话",
        ),
        (
            {"kind": "export", "detail": {"filters": {"status": "left", "sex": "male", "force": "guard"}}},
            "",
            "筛选条件: 状态 已离队、性别 男、队伍 保安员",
        ),
    ],
)
def test_an_event_is_told_in_chinese_and_what_was_typed_stays(fields, reason, detail):
    assert told(**fields) == (reason, detail)


def test_what_a_later_version_recorded_is_shown_as_it_is():
    assert told(kind="login", reason="by card", detail={"reader": 4}) == ("by card", "reader: 4")
