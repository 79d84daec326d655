"""Rows of tables as people read them: words instead of codes and keys, sealed values in full."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from personnel.models.fields import SealedField

PICTURE = gettext_lazy("on file; the picture is printed on the work card")


@dataclass(frozen=True)
class Part:
    """One table of the copy: its name, the heads of its columns, rows of texts."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def fields_of(model: type[models.Model]) -> list[models.Field]:
    """Fields that have a name for people; a key, and what is computed from another field, have none."""
    return [
        each
        for each in model._meta.concrete_fields
        if isinstance(each.verbose_name, Promise)
        and not each.primary_key
        and not getattr(each, "of", "")
        and each.name != "account"  # a number for the machine, told by its name beside it
    ]


def told_rows(rows: Sequence[models.Model], fields: Sequence[Any]) -> list[list[str]]:
    """Rows as people read them; what a column refers to is looked up once for all rows."""
    names = {
        each.name: each.related_model._base_manager.in_bulk({getattr(row, each.attname) for row in rows} - {None})
        for each in fields
        if each.is_relation and rows
    }
    return [[_text(row, each, names.get(each.name, {})) for each in fields] for row in rows]


def _text(row: models.Model, field: models.Field, names) -> str:
    """The value of a field; sealed ones in full."""
    value = getattr(row, field.attname)
    if value is None or value == "":
        return ""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.is_relation:
        return str(names.get(value) or _("number %(key)s") % {"key": value})
    if isinstance(field, SealedField):
        return str(value)
    return str(PICTURE) if isinstance(field, models.BinaryField) else spelled(value)


def spelled(value) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
