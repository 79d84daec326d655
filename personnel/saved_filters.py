"""Filters of the people list under a name: kept as conditions the list knows, opened by their owner or in their unit.

What is kept is no address that somebody may write, but the conditions read out of one; opened, they are read again, in
the range of whoever opens them.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from django.db import connection
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import Refusal
from organization.reorganisation import heirs
from personnel.models import ListSetting, SavedFilter

MOST = 50  # an account keeps
LONGEST_NAME, LONGEST_TEXT = 30, 50
SAVE = """
INSERT INTO personnel_savedfilter (unit_id, actor, name, query, is_shared)
VALUES (%(unit)s, %(actor)s, %(name)s, %(query)s, %(shared)s)
ON CONFLICT (actor, name) DO NOTHING
"""
OPEN_WITH = """
INSERT INTO personnel_listsetting (unit_id, actor, columns, opens_with) VALUES (%(unit)s, %(actor)s, '{}', %(filter)s)
ON CONFLICT (actor) DO UPDATE SET opens_with = EXCLUDED.opens_with, unit_id = EXCLUDED.unit_id
"""


class FilterRefused(Refusal):
    """Codes: name_needed, name_taken, too_many, nothing_chosen."""


def canonical(asked: Mapping[str, str], choices: Mapping[str, Iterable[str]]) -> str:
    """The conditions that a list knows, in their order, as a query; "" where nothing is narrowed down.

    A searched text with digits could be somebody's number and is not kept.
    """
    found = {name: asked[name] for name in choices if asked.get(name) in set(choices[name])}
    unit, text = asked.get("unit", ""), asked.get("q", "").strip()
    if unit.isascii() and unit.isdecimal() and len(unit) == 12:
        found["unit"] = unit
    if text and len(text) <= LONGEST_TEXT and not any(map(str.isdecimal, text)):
        found["q"] = text
    return urlencode(found)


def mine(account: Account):
    return SavedFilter.objects.filter(actor=account.pk)


def of_others(account: Account):
    """What colleagues of the very same unit share, or of one whose place it took; the database shows no more."""
    return SavedFilter.objects.filter(is_shared=True).exclude(actor=account.pk)


def save(account: Account, name: str, query: str, *, is_shared: bool) -> None:
    """Keep a canonical query under a name. Raises FilterRefused."""
    name = name.replace("\0", "").strip()[:LONGEST_NAME]
    if not name:
        raise FilterRefused("name_needed", _("Please give the filter a name."))
    if not query:
        raise FilterRefused("nothing_chosen", _("Nothing is filtered; please choose conditions in the list first."))
    if mine(account).count() >= MOST:
        raise FilterRefused("too_many", _("You keep %(most)d filters; please delete one first."), most=MOST)
    with connection.cursor() as cursor:
        given: dict[str, Any] = {
            "unit": account.unit_id,
            "actor": account.pk,
            "name": name,
            "query": query,
            "shared": is_shared,
        }
        cursor.execute(SAVE, given)
        if not cursor.rowcount:
            raise FilterRefused("name_taken", _("You have a filter of this name already."))


def delete(account: Account, key: int) -> bool:
    """Throw an own filter away; whoever opened lists with it, sees the whole list again."""
    return bool(mine(account).filter(pk=key).delete()[0])


def open_with(account: Account, key: int | None) -> bool:
    """Let the account's list open with a filter in its sight, or with none."""
    if key is not None and not SavedFilter.objects.filter(pk=key).exists():
        return False
    with connection.cursor() as cursor:
        cursor.execute(OPEN_WITH, {"unit": account.unit_id, "actor": account.pk, "filter": key})
    return True


def opening(account: Account) -> str:
    """The query that the account's list opens with; "" for the whole list, also when a colleague stopped sharing."""
    chosen = ListSetting.objects.filter(actor=account.pk).values("opens_with")
    found = SavedFilter.objects.filter(pk__in=chosen).first()
    return of_today(found.query) if found else ""


def shown(filters: Iterable[SavedFilter]) -> list[SavedFilter]:
    """The filters, each with the query that it opens today."""
    found = list(filters)
    following = heirs() if any("unit" in conditions(each.query) for each in found) else {}
    for each in found:
        each.query = _succeeded(each.query, following)
    return found


def of_today(query: str) -> str:
    """The same conditions; in place of a unit that closed since, the one that took its place."""
    return _succeeded(query, heirs()) if "unit" in conditions(query) else query


def _succeeded(query: str, following: Mapping[int, int]) -> str:
    asked = conditions(query)
    code = int(asked.get("unit", 0))
    return urlencode(asked | {"unit": str(following[code])}) if code in following else query


def conditions(query: str) -> dict[str, str]:
    return dict(parse_qsl(query))
