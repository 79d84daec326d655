"""Which columns the list of people can show, and those that an account chose, in its order."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.models import Account
from personnel.models import ListSetting, SavedFilter
from personnel.saved_filters import of_today

# Key of the column: its name on the page, and its columns in an export (`personnel.exports.columns`).
CHOICES = {
    "name": (pgettext_lazy("person", "name"), ("name",)),
    "sex": (_("sex"), ("sex",)),
    "age": (_("age"), ("age",)),
    "birth_date": (_("birth date"), ("birth_date",)),
    "mask": (_("document number"), ("id_number",)),
    "unit": (_("unit"), ("town", "village")),
    "force": (_("force"), ("force",)),
    "sponsor": (_("run by"), ("sponsor",)),
    "category": (_("category"), ("category",)),
    "post": (_("post"), ("post",)),
    "grade": (_("grade"), ("grade",)),
    "badge": (_("service number"), ("badge",)),
    "employer": (_("employer"), ("employer",)),
    "education": (_("education"), ("education",)),
    "occupation": (_("previous occupation"), ("occupation",)),
    "since": (_("served"), ("started_on", "ended_on")),
    "contract_until": (_("contract until"), ("contract_until",)),
}
USUAL = ("name", "sex", "age", "unit", "force", "post", "education", "since")
FIRST = "name"  # leads to the file, so it is always there, and first
SAVE = """
INSERT INTO personnel_listsetting (unit_id, actor, columns, opens_with) VALUES (%(unit)s, %(actor)s, %(columns)s, NULL)
ON CONFLICT (actor) DO UPDATE SET columns = EXCLUDED.columns, unit_id = EXCLUDED.unit_id
"""


def known(keys: Iterable[str]) -> tuple[str, ...]:
    """Those of the keys that are columns, each once, the name first."""
    return (FIRST, *(key for key in dict.fromkeys(keys) if key in CHOICES and key != FIRST))


def chosen(account: Account) -> tuple[str, ...]:
    """The columns of the account's list; the usual ones until it chooses."""
    setting = ListSetting.objects.filter(actor=account.pk).first()
    return known(setting.columns) if setting and setting.columns else USUAL


def on_opening(account: Account) -> tuple[tuple[str, ...], str]:
    """The columns of the account's list and the query that it opens with (`saved_filters.opening`), at one question."""
    filters = SavedFilter.objects.filter(pk=OuterRef("opens_with")).values("query")
    setting = ListSetting.objects.filter(actor=account.pk).annotate(query=Subquery(filters)).first()
    if setting is None:
        return USUAL, ""
    return known(setting.columns) if setting.columns else USUAL, of_today(setting.query or "")


def choose(account: Account, keys: Iterable[str]) -> None:
    """From now on the account's list has these columns in this order; none means the usual ones again."""
    columns = list(known(keys)) if (keys := list(keys)) else []
    with connection.cursor() as cursor:
        cursor.execute(SAVE, {"unit": account.unit_id, "actor": account.pk, "columns": columns})


def exported(account: Account) -> list[str]:
    """The keys of the columns of an export that says what the account's list says."""
    return [column for key in chosen(account) for column in CHOICES[key][1]]
