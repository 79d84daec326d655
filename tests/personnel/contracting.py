"""Contracts that fill in what a test's sentence does not mention."""

from datetime import date, timedelta

from django.utils import timezone

from organization.scope import as_root
from personnel.models import Contract
from tests.factories import EmployerFactory, MemberFactory, serve

TODAY = timezone.localdate()
DAY = timedelta(days=1)


def body(name="安和试用公司", **fields):
    """An employer."""
    with as_root("test"):
        return EmployerFactory(**{"name": name, "nature": "sub_bureau", "unit_id": 440199_001_001, **fields})


def worker(employer, *, name="韩试用", force="joint_defence", since="2012-01-01", **fields):
    """Somebody who serves with the employer today."""
    with as_root("test"):
        member = MemberFactory(name=name, **fields)
        serve(member, since=since, force=force, employer=employer)
        return member


def contract(member, employer, starts=None, last=None, *, signed=True, **fields):
    """A contract of a year that ends today, unless said otherwise; `last` is its last day."""
    last = TODAY if last is None and fields.get("kind") != "open_ended" else last
    starts = starts or (last or TODAY) - timedelta(days=364)
    signed_on = min(starts, TODAY) if signed else None
    with as_root("test"):
        return Contract.objects.create(
            member=member, unit_id=member.unit_id, employer=employer, starts_on=starts, ends_on=last and last + DAY,
            **{"signed_on": signed_on, **fields},
        )  # fmt: skip


def day(text):
    return date.fromisoformat(text)
