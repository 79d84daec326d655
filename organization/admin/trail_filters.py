"""Filters of the auditor's lists: days, account, kind of row. They are plain forms and links, without script."""

from datetime import date, datetime, time, timedelta

from django.contrib.admin import ListFilter, SimpleListFilter
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import trail_labels
from organization.models import Account
from organization.protection import AUDITED
from organization.table_kinds import kinds


class FormFilter(ListFilter):
    """A small form of its own in the sidebar; the rest of the address goes along as hidden fields."""

    parameters: tuple[str, ...] = ()

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.asked = {name: (params.pop(name, None) or [""])[-1].strip() for name in self.parameters}
        self.used_parameters = {name: value for name, value in self.asked.items() if value}

    def expected_parameters(self):
        return list(self.parameters)

    def has_output(self):
        return True

    def choices(self, changelist):
        kept = [(name, value) for name, value in changelist.params.items() if name not in self.parameters]
        yield {"selected": bool(self.used_parameters), "kept": kept, "asked": self.asked}


class PeriodFilter(FormFilter):
    """From a day to a day, both included, in local time."""

    title, template = _("day"), "organization/trail_period.html"
    parameters = ("since", "until")

    def queryset(self, request, queryset):
        since, until = (day_of(self.asked[name]) for name in self.parameters)
        if since:
            queryset = queryset.filter(at__gte=midnight(since))
        return queryset.filter(at__lt=midnight(until + timedelta(days=1))) if until else queryset


class AccountFilter(FormFilter):
    """By the user name of whoever did it."""

    title, template = _("account"), "organization/trail_account.html"
    parameters = ("account",)

    def queryset(self, request, queryset):
        name = self.asked["account"]
        if not name:
            return queryset
        account = Account.objects.filter(username__iexact=name[:150]).first()
        return queryset.filter(actor=account.pk) if account else self.by_name(queryset, name)

    def by_name(self, queryset, name):
        return queryset.none()


class TypedNameFilter(AccountFilter):
    """Also names that no account has: somebody may have tried them."""

    def by_name(self, queryset, name):
        return queryset.filter(username=name[:150])


class TableFilter(SimpleListFilter):
    title, parameter_name = _("what"), "table"

    def lookups(self, request, model_admin):
        audited = [table for table, kind in kinds().items() if kind in AUDITED and trail_labels.model_of(table)]
        return sorted(((table, trail_labels.table_label(table)) for table in audited), key=lambda pair: pair[1])

    def queryset(self, request, queryset):
        return queryset.filter(table=self.value()) if self.value() else queryset


def day_of(text: str) -> date | None:
    """An ISO day of the calendar that has a day after it; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(1900, 1, 1) <= day < date.max else None


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
