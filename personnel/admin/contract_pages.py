"""Many contracts at once: who and what, then each of them as it would be, then they are written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from organization import draft_pages, drafts
from organization.refusal import StrOrPromise
from organization.refused_by_database import sentence
from personnel.admin.contract_day_forms import EndingForm
from personnel.admin.contract_forms import CalendarForm, RosterForm, SignForm, TermsForm
from personnel.admin.contract_lines import (
    Line,
    contracts_of,
    of_contracts,
    of_people,
    offered,
    people_of,
    ticked,
)
from personnel.contracts import closing, merger_tasks, renewing, signing, writing
from personnel.contracts.planning import Row, digest
from personnel.contracts.writing import MOST, ContractsRefused
from personnel.models import Contract, Member

RIGHTS = ("personnel.change_contract", "personnel.add_contract")


@dataclass(frozen=True)
class Work:
    """A page that writes many. `keys` are of contracts, or of people where `of_people`; `write` writes the rows."""

    slug: str
    title: StrOrPromise
    hint: StrOrPromise
    form: type
    plan: Callable[..., list[Row]]
    of_people: bool = False
    write: Callable[[Sequence[Row]], None] = writing.create


WORKS = {
    "renew": Work(
        "renew", gettext_lazy("Renew contracts"),
        gettext_lazy("Each new contract begins on the day after the last day of the old one."), TermsForm,
        lambda keys, form, account, day: renewing.plan(keys, form.terms(), account, day),
    ),
    "calendar": Work(
        "calendar", gettext_lazy("Bring contracts to one calendar"),
        gettext_lazy(
            "Contracts that end on different days are followed by a term until one common day; from then on all of "
            "them are renewed together. Such a term counts as a fixed term."
        ),
        CalendarForm,
        lambda keys, form, account, day: renewing.plan(keys, form.terms(), account, day),
    ),
    "sign": Work(
        "sign", gettext_lazy("Write first contracts"),
        gettext_lazy("Recruiter, using unit and employer are those of the service that runs today."), SignForm,
        lambda keys, form, account, day: signing.plan(keys, form.offer(), account, day), of_people=True,
    ),
    "rosters": Work(
        "rosters", gettext_lazy("Take over contracts from rosters"),
        gettext_lazy("First and last day are those that the roster gave; the employer is that of the service."),
        RosterForm, lambda keys, form, account, day: signing.plan(keys, form.offer(), account, day), of_people=True,
    ),
    "end": Work(
        "end", gettext_lazy("End contracts"),
        gettext_lazy("They all end on one day and for one reason. The service does not end with them."), EndingForm,
        lambda keys, form, account, day: closing.plan(keys, form.ending(), account), write=closing.write,
    ),
}  # fmt: skip


# --- the steps --------------------------------------------------------------------------------------------------------


def page(slug: str, request):
    """GET whom it may be about, and the form; POST previews, and with `carry_out` writes."""
    if not request.user.has_perms(RIGHTS):
        raise PermissionDenied
    work, is_back = WORKS[slug], "back" in request.POST
    if request.method != "POST":
        lines = people_of(request, slug) if work.of_people else contracts_of(request, slug)
        return asking(request, work, work.form(initial=initial(request, slug)), lines)
    if "carry_out" in request.POST and (led := draft_pages.saved_before(request, back(request, work))):
        return led
    if is_back:
        drafts.reopen(request)
    form, keys = work.form(request.POST), ticked(request)
    if form.is_valid() and not is_back:
        try:
            writing.checked(keys)
            if "carry_out" in request.POST and (answer := carried_out(request, work, form, keys)):
                return answer
            return preview(request, work, form, keys)
        except ContractsRefused as refusal:
            messages.error(request, str(refusal))
    shown = {*keys, *offered(request)}
    chosen_before = Member.objects.filter(pk__in=shown) if work.of_people else Contract.objects.filter(pk__in=shown)
    lines = of_people(chosen_before) if work.of_people else of_contracts(chosen_before)
    return asking(request, work, form, lines)


def chosen(request, slug: str, contracts):
    """The page for the contracts that were ticked in the list, or for all of the list."""
    lines = of_contracts(Contract.objects.filter(pk__in=contracts.order_by().values("pk")))
    return asking(request, WORKS[slug], WORKS[slug].form(), lines)


def initial(request, slug: str) -> dict:
    if slug == "sign" and request.GET.get("source") == "merger":
        return {"starts_on": merger_tasks.merged_on(), "ends_others": True}
    return {"starts_on": timezone.localdate()} if slug == "sign" else {}


def context_of(request, work_slug: str, title, **more):
    shared = {
        "title": title, "opts": Contract._meta, "query": request.GET.urlencode(),
        "action": reverse(f"admin:personnel_contract_{work_slug}"),
    }  # fmt: skip
    return admin.site.each_context(request) | shared | more


def asking(request, work: Work, form, lines: list[Line]):
    return choosing(request, work.slug, work.title, form, lines, hint=work.hint)


def choosing(request, slug: str, title, form, lines: list[Line], **more):
    is_too_many = len(lines) > MOST
    is_again = "offered" in request.POST  # what was ticked stays ticked, and nothing else
    context = context_of(
        request, slug, title, form=form, lines=[] if is_too_many else lines, is_too_many=is_too_many, most=MOST,
        ticked=set(ticked(request)) if is_again else {line.key for line in lines}, **more
    )  # fmt: skip
    return render(request, "personnel/contract/choose.html", context)


def preview(request, work: Work, form, keys):
    drafts.keep_sent(request)
    rows = work.plan(keys, form, request.user, timezone.localdate())
    made = [row for row in rows if row.contract]
    context = context_of(
        request, work.slug, work.title, form=form, keys=keys, rows=made, seen=digest(rows),
        skipped=[row for row in rows if row.skipped],
        ends=renewing.last_days(rows) if work.slug == "calendar" else None, is_end=work.slug == "end",
        sent=[(name, value) for name, value in request.POST.items() if name in form.fields or name == "offered"],
    )  # fmt: skip
    return render(request, "personnel/contract/preview.html", context)


def carried_out(request, work: Work, form, keys):
    """The answer after writing; None to show the preview anew, with a message why."""
    day = timezone.localdate()
    members = keys if work.of_people else renewing.members_of(keys)
    try:
        with transaction.atomic():
            planned = partial(work.plan, keys, form, request.user, day)
            done = writing.carry_out(planned, members, request.POST.get("seen", ""), work.write)
    except ContractsRefused as refusal:
        messages.error(request, str(refusal))
        return None
    except DatabaseError as error:
        if (reason := sentence(error)) is None:
            raise
        messages.error(request, _("Nothing was written. %(reason)s") % {"reason": reason})
        return None
    messages.success(request, told(work, done))
    drafts.settle(request, back(request, work))
    return redirect(back(request, work))


def told(work: Work, done: int) -> str:
    if work.slug == "end":
        return ngettext("%(n)d contract was ended.", "%(n)d contracts were ended.", done) % {"n": done}
    return ngettext("%(n)d contract was written.", "%(n)d contracts were written.", done) % {"n": done}


def back(request, work: Work) -> str:
    """Where the work came from."""
    if request.GET.get("source") == "merger":
        return f"{reverse('admin:personnel_mergertask_changelist')}?standing=open"
    if work.of_people:
        return reverse("admin:personnel_contract_changelist")
    return f"{reverse('admin:personnel_contract_changelist')}?{request.GET.urlencode()}"


PAGES: dict[str, Callable] = {slug: partial(page, slug) for slug in WORKS}
