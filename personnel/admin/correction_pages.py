"""The pages of one file's corrections: its number, and its withdrawal and return. What changes is posted."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from organization import draft_pages, drafts, rights
from organization.refused_by_database import sentence
from organization.scope import current
from personnel import concurrency, identity
from personnel.admin.correction_forms import NumberForm, ReasonForm
from personnel.admin.numbers import shown
from personnel.corrections import numbers, withdrawal
from personnel.models import Assignment, FormerNumber, Member, WithdrawnFile

NEEDED = "personnel.change_member"
FOLDER = "personnel/corrections"
CHANGED = "changed"


def guarded(view):
    """A view for offices that write files; others are refused before anything is looked at."""

    def inner(request, *args, **kwargs):
        if not request.user.has_perm(NEEDED):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return inner


def written(request, pk) -> Member:
    """The file, if the account sees and writes it."""
    member = Member.objects.select_related("unit").filter(pk=pk).first()
    if member is None:
        raise Http404
    if not member.is_written_by(rights.FORCES_WRITTEN.get(request.user.role or "", ())):
        raise PermissionDenied
    return member


def context_of(request, title, **more):
    return admin.site.each_context(request) | {"title": title, "opts": Member._meta} | more


def to_file(member):
    return redirect(reverse("admin:personnel_member_change", args=[member.pk]))


def refused(error: DatabaseError) -> str:
    """What the database says, for the page; a fault stays a fault."""
    said = sentence(error)
    if said is None:
        raise error
    return str(said)


def is_stale(member, form) -> bool:
    """Whether somebody changed the file since the page was shown; holds it until the commit."""
    if not concurrency.changes_since(member.pk, form.cleaned_data.get("seen") or 0):
        return False
    form.add_error(None, _("Somebody changed this file meanwhile. Please look again, then confirm."))
    form.data = form.data.copy()
    form.data["seen"] = str(concurrency.version(member.pk))
    return True


# --- the number -------------------------------------------------------------------------------------------------------


@guarded
def number_page(request, pk):
    """The right number is typed, looked at beside what the file says, and confirmed."""
    member = written(request, pk)
    file = reverse("admin:personnel_member_change", args=[pk])
    if "confirmed" in request.POST and (led := draft_pages.saved_before(request, file)):
        return led
    is_back = "back" in request.POST
    if is_back and again(request):  # nothing was typed, and the number is not to be shown
        return redirect(request.path)
    if is_back:
        drafts.reopen(request)
    initial = {"document": member.document, "seen": concurrency.version(pk)}
    form = NumberForm(typed(request, member), initial=initial, member=member)
    is_looked_at = form.is_bound and form.is_valid() and not is_back
    if is_looked_at and "confirmed" in request.POST and not is_stale(member, form) and saved(request, member, form):
        messages.success(request, _("The document number of %(name)s was corrected.") % {"name": member.name})
        drafts.settle(request, file)
        return redirect(file)
    former = FormerNumber.objects.standing().filter(member=member)
    looked_at = form.correction if is_looked_at and form.is_valid() else None
    if looked_at:
        drafts.keep_sent(request)
    context = {
        "member": member, "form": form, "former": former, "number": shown(member, "id_number"),
        "correction": looked_at, "other": form.other, "again": again(request),
        "told": looked_at and told(request, looked_at),
    }  # fmt: skip
    return render(request, f"{FOLDER}/number.html", context_of(request, _("Correct the document number"), **context))


def typed(request, member):
    """What was posted; a former number that is to stand again is filled in, so that nobody has to see and retype it."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    key = again(request)
    if key.isascii() and key.isdecimal():
        former = FormerNumber.objects.standing().filter(member=member, pk=int(key[:18])).first()
        if former:
            data["id_number"] = former.number
    return data


def again(request) -> str:
    """The former number that is to stand again, by its key."""
    return request.POST.get("again", "")


def told(request, correction) -> str:
    """The number as it will stand; one that the reader did not type shows as much as any other number of the file."""
    is_seen = not again(request) or current().duty in rights.PLAIN_NUMBER_ROLES
    return correction.number if is_seen else identity.mask(correction.number)


def saved(request, member, form) -> bool:
    try:
        numbers.correct(member, form.correction, form.cleaned_data["reason"], request.user)
    except numbers.NotCorrectable as refusal:
        form.add_error("id_number", str(refusal))
    except DatabaseError as error:
        form.add_error(None, refused(error))
    return form.is_valid()


# --- withdrawing and bringing back ------------------------------------------------------------------------------------


@guarded
def withdraw_page(request, pk):
    """A person entered by mistake: why, what goes, and the confirmation in one page."""
    earlier = WithdrawnFile.objects.standing().filter(member_id=pk).first()
    if earlier and not Member.objects.filter(pk=pk).exists():  # the button pressed twice
        return redirect(reverse("admin:personnel_withdrawnfile_change", args=[earlier.pk]))
    member = written(request, pk)
    form = ReasonForm(request.POST or None, initial={"seen": concurrency.version(pk)})
    if request.method == "POST" and form.is_valid() and not is_stale(member, form):
        try:
            with transaction.atomic():
                withdrawn = withdrawal.withdraw(member, form.cleaned_data["reason"], request.user)
        except withdrawal.NotWithdrawable as refusal:
            form.add_error(None, str(refusal))
        except DatabaseError as error:
            form.add_error(None, refused(error))
        else:
            messages.success(request, _("The file of %(name)s was withdrawn.") % {"name": withdrawn.name})
            page = reverse("admin:personnel_withdrawnfile_change", args=[withdrawn.pk])
            drafts.settle(request, page)
            return redirect(page)
    context = {
        "member": member, "form": form, "obstacle": obstacle(member, request.user),
        "services": member.assignments.select_related("unit"),
    }  # fmt: skip
    return render(request, f"{FOLDER}/withdraw.html", context_of(request, _("Withdraw this file"), **context))


def obstacle(member, account) -> str:
    """Why the file cannot be withdrawn by this account, or nothing."""
    try:
        withdrawal.refuse_withdrawal(member, account)
    except withdrawal.NotWithdrawable as refusal:
        return str(refusal)
    return ""


def withdrawn_page(request, withdrawn):
    """What was in a withdrawn file, why it went, and the way back."""
    services = [
        Assignment(**{each.attname: each.to_python(row.get(each.column)) for each in Assignment._meta.concrete_fields})
        for row in withdrawn.file["personnel_assignment"]
    ]
    is_back = hasattr(withdrawn, "returning")
    context = {"withdrawn": withdrawn, "services": services, "is_back": is_back, "may": request.user.has_perm(NEEDED)}
    return render(request, f"{FOLDER}/withdrawn.html", context_of(request, withdrawn.name, **context))


@guarded
def bring_back(request, pk):
    withdrawn = WithdrawnFile.objects.filter(pk=pk, merge=None).first()
    if withdrawn is None:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        member = withdrawal.bring_back(withdrawn, request.user)
    except withdrawal.NotReturnable as refusal:
        messages.error(request, str(refusal))
    except DatabaseError as error:
        messages.error(request, refused(error))
    else:
        messages.success(request, _("The file of %(name)s is back in the register.") % {"name": member.name})
        return to_file(member)
    return redirect(reverse("admin:personnel_withdrawnfile_change", args=[pk]))
