"""The trail in the words of the pages: names of tables, fields and values, taken from the models' own metadata.

Nothing here knows an app: a table is looked up among the installed models by its name in the database.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from organization.models import TrailEntry, Unit

MASK = "••••••"  # what the database gives in place of sealed values and passwords


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a changed row, in words; None where there was nothing."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Told:
    """An entry of the trail in words: what kind of row it was, and its changed fields in the order of the form."""

    entry: TrailEntry
    what: str
    changes: tuple[Change, ...]

    @property
    def summary(self) -> str:
        return "、".join(change.label for change in self.changes[:6]) + ("…" if len(self.changes) > 6 else "")

    @property
    def text(self) -> str:
        """All changes in one line."""
        return "；".join(f"{each.label}: {each.before or '–'} → {each.after or '–'}" for each in self.changes)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the label of its field and how its values are read, in the language of the reader."""

    label: str
    choices: dict
    related: type[models.Model] | None = None
    is_moment: bool = False
    is_told: bool = True
    is_the_member: bool = False


@cache
def model_of(table: str) -> type[models.Model] | None:
    return next((model for model in apps.get_models() if model._meta.db_table == table), None)


def table_label(table: str) -> str:
    """What people call a row of that table; the table's own name where no model has it any more."""
    model = model_of(table)
    return str(model._meta.verbose_name) if model else table


def columns_of(table: str) -> dict[str, Column]:
    """The columns of a table in the order of the form; none of a table that no model has any more."""
    model = model_of(table)
    return {each.column: _column(each) for each in model._meta.concrete_fields if each.column} if model else {}


def _column(found: models.Field) -> Column:
    """Numbers of rows are not told, nor what is computed from another field, nor what has no name for people."""
    is_number = found.primary_key and isinstance(found, models.AutoField)
    return Column(
        label=capfirst(str(found.verbose_name)),
        choices={value: str(label) for value, label in found.flatchoices},
        related=found.related_model if found.remote_field else None,
        is_moment=isinstance(found, models.DateTimeField),
        is_told=isinstance(found.verbose_name, Promise) and not is_number and not getattr(found, "of", ""),
        is_the_member=bool(found.remote_field) and found.attname == "member_id",
    )


def tell(entries: Iterable[TrailEntry], reader) -> list[Told]:
    """Entries in words. Rows that a value refers to are named where the reader may see them, else numbered."""
    entries = list(entries)
    telling = Telling({table: columns_of(table) for table in {entry.table for entry in entries}}, entries, reader)
    labels = {table: table_label(table) for table in telling.columns}
    return [Told(entry, labels[entry.table], tuple(telling.changes(entry))) for entry in entries]


class Telling:
    """Puts entries into words: labels and names are looked up once for all of them."""

    def __init__(self, columns: dict[str, dict[str, Column]], entries: list[TrailEntry], reader) -> None:
        self.columns = columns
        self.plain = {MASK: _("filled in"), True: _("yes"), False: _("no")}
        self.changed = (_("not shown"), _("was changed"))
        self.names = self.names_of(entries, reader)

    def changes(self, entry: TrailEntry) -> Iterator[Change]:
        before, after = entry.before or {}, entry.after or {}
        known = self.columns[entry.table]
        names = [*(name for name in known if name in before or name in after)]
        names += [name for name in {**before, **after} if name not in known]
        held = {name: known.get(name) or Column(name, {}) for name in names}
        told = {name: column for name, column in held.items() if column.is_told}
        if entry.member is not None:
            told = {name: column for name, column in told.items() if not column.is_the_member}
        for name, column in (told or held).items():
            old, new = self.words(column, before.get(name)), self.words(column, after.get(name))
            if before.get(name) == after.get(name) == MASK:
                old, new = self.changed
            if old is not None or new is not None:
                yield Change(column.label, old, new)

    def words(self, column: Column, value) -> str | None:
        if value is None or value in ("", []):
            return None
        if isinstance(value, bool) or value == MASK:
            return self.plain[value]
        if isinstance(value, list):
            return "、".join(map(str, value))
        if isinstance(value, dict):
            return "、".join(f"{key} {part}" for key, part in value.items()) or None
        if column.related:
            return self.names.get((column.related, value)) or f"{column.related._meta.verbose_name} {value}"
        return local_moment(str(value)) if column.is_moment else column.choices.get(value) or str(value)

    def names_of(self, entries: list[TrailEntry], reader) -> dict[tuple[type[models.Model], int], str]:
        wanted: defaultdict[type[models.Model], set] = defaultdict(set)
        for entry in entries:
            for name, column in self.columns[entry.table].items():
                if column.related:
                    wanted[column.related] |= {values.get(name) for values in (entry.before, entry.after) if values}
        return {
            (model, key): str(row)
            for model, keys in wanted.items()
            if model is Unit or reader.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
            for key, row in model._base_manager.in_bulk(keys - {None}).items()
        }


def local_moment(text: str) -> str:
    found = parse_datetime(text)
    return f"{timezone.localtime(found):%Y-%m-%d %H:%M:%S}" if found and timezone.is_aware(found) else text
