"""The pages of files that may be two of one person: finding, comparing, merging, separating, and keeping apart."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from organization import belonging, draft_pages, drafts, rights
from organization.models import Unit
from personnel import concurrency
from personnel.admin.correction_forms import ReasonForm
from personnel.admin.correction_pages import FOLDER, context_of, guarded, refused
from personnel.admin.numbers import shown
from personnel.admin.people_filters import parse_unit
from personnel.corrections import duplicates
from personnel.corrections.comparing import Comparison, compare
from personnel.corrections.merging import NotMergeable, merge
from personnel.corrections.unmerging import NotSeparable, unmerge
from personnel.models import DifferentPeople, FileMerge, FileUnmerge, Member, WithdrawnFile

PAIRS_A_PAGE = 20
DUPLICATES = "admin:personnel_filemerge_duplicates"


def forces_of(request):
    return rights.FORCES_WRITTEN.get(request.user.role or "", ())


@guarded
def duplicates_page(request):
    """The likely pairs of a unit, in pages."""
    unit = Unit.objects.get(pk=parse_unit(request))
    can_search = duplicates.can_be_searched(unit.pk)
    pairs: Any = duplicates.Pairs(belonging.reach(unit.pk), forces_of(request)) if can_search else []
    page = Paginator(pairs, PAIRS_A_PAGE).get_page(request.GET.get("p"))
    below = () if can_search else Unit.objects.children(unit.pk).order_by("code")
    context = {"unit": unit, "page": page, "can_search": can_search, "below": below, "form": ReasonForm()}
    return render(request, f"{FOLDER}/duplicates.html", context_of(request, _("Likely duplicates"), **context))


def both(first, second) -> tuple[Member, Member]:
    """Two files in sight, or none at all."""
    found = Member.objects.select_related("unit").in_bulk([first, second])
    if first == second or len(found) < 2:
        raise Http404
    return found[first], found[second]


def may_keep_apart(request, members) -> bool:
    return any(member.is_written_by(forces_of(request)) for member in members)


# --- merging ----------------------------------------------------------------------------------------------------------


@guarded
def merge_page(request, pk, other):
    """Both files side by side; the first stays. What is chosen is merged when it is posted."""
    merged = FileMerge.objects.filter(survivor_id=pk, absorbed_id=other, undoing=None).first()
    if merged and not Member.objects.filter(pk=other).exists():  # the button pressed twice
        return redirect(reverse("admin:personnel_filemerge_change", args=[merged.pk]))
    survivor, absorbed = both(pk, other)
    if not may_keep_apart(request, (survivor, absorbed)):
        raise PermissionDenied
    form = ReasonForm(request.POST or None, initial={"seen": version(pk, other)})
    if request.method == "POST" and form.is_valid() and not is_stale(form, pk, other):
        record = merged_now(request, survivor, absorbed, form)
        if record:
            messages.success(request, _("The two files of %(name)s are one now.") % {"name": survivor.name})
            page = reverse("admin:personnel_filemerge_change", args=[record.pk])
            drafts.settle(request, page)
            return redirect(page)
    return side_by_side(request, survivor, absorbed, form)


def side_by_side(request, survivor, absorbed, form):
    comparison = compare(survivor, absorbed, request.user)
    context = {
        "comparison": comparison, "form": form, "survivor": survivor, "absorbed": absorbed,
        "numbers": [shown(member, "id_number") for member in (survivor, absorbed)],
        "chosen": chosen(request, comparison), "leaving": leaving(request, comparison),
    }  # fmt: skip
    return render(request, f"{FOLDER}/merge.html", context_of(request, _("Merge two files"), **context))


def version(*keys: int) -> int:
    """The last change of either file: every entry of the trail has a number of its own."""
    return max(concurrency.version(key) for key in keys)


def is_stale(form, *keys) -> bool:
    seen = form.cleaned_data.get("seen") or 0
    if version(*keys) == seen:
        return False
    form.add_error(None, _("Somebody changed one of these files meanwhile. Please look again, then confirm."))
    form.data = form.data.copy()
    form.data["seen"] = str(version(*keys))
    return True


def chosen(request, comparison: Comparison) -> set[str]:
    """Fields of which the absorbed file's value is to stay."""
    if request.method == "POST":
        return {value.name for value in comparison.values if request.POST.get(f"field-{value.name}") == "absorbed"}
    return {value.name for value in comparison.values if value.absorbed_stays}


def leaving(request, comparison: Comparison) -> set[int]:
    """Services of the absorbed file that are not to move."""
    if request.method != "POST":
        return set()
    moving = set(request.POST.getlist("service"))
    return {each.service.pk for each in comparison.moving if str(each.service.pk) not in moving}


def merged_now(request, survivor, absorbed, form) -> FileMerge | None:
    comparison = compare(survivor, absorbed, request.user)
    try:
        with transaction.atomic():
            return merge(
                survivor.pk, absorbed.pk, request.user, reason=form.cleaned_data["reason"],
                taken=chosen(request, comparison), leaving=leaving(request, comparison),
            )  # fmt: skip
    except NotMergeable as refusal:
        form.add_error(None, str(refusal))
    except DatabaseError as error:
        form.add_error(None, refused(error))
    return None


# --- the record of a merge --------------------------------------------------------------------------------------------


def record_page(request, record, later=()):
    """What was merged, by whom and why, and the way back; `later` is what stands in it."""
    kept = WithdrawnFile.objects.filter(merge=record).first()
    context = {
        "record": record, "later": later, "undoing": FileUnmerge.objects.filter(merge=record).first(),
        "moved": len(record.before.get("personnel_assignment", [])),
        "stayed": len(kept.file["personnel_assignment"]) if kept else 0,
        "survivor": Member.objects.filter(pk=record.survivor_id).first(),
        "may": request.user.has_perm("personnel.change_member"),
    }  # fmt: skip
    answer = context_of(request, str(record), **context) | {"opts": FileMerge._meta}
    return render(request, f"{FOLDER}/merged.html", answer, status=409 if later else 200)


@guarded
def separate(request, pk):
    record = FileMerge.objects.select_related("unit").filter(pk=pk).first()
    if record is None:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        with transaction.atomic():
            later = unmerge(record, request.user)
    except NotSeparable as refusal:
        messages.error(request, str(refusal))
    except DatabaseError as error:
        messages.error(request, refused(error))
    else:
        if later:
            return record_page(request, record, later)
        messages.success(request, _("The merge was taken back; both files are what they were."))
    return redirect(reverse("admin:personnel_filemerge_change", args=[pk]))


# --- two people -------------------------------------------------------------------------------------------------------


@guarded
def keep_apart(request, pk, other):
    """These two are two people."""
    members = both(pk, other)
    if not may_keep_apart(request, members):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if led := draft_pages.saved_before(request, reverse(DUPLICATES)):
        return led
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please say why these are two people."))
        return side_by_side(request, *members, form)
    try:
        with transaction.atomic():
            duplicates.mark_different(members, form.cleaned_data["reason"], request.user)
    except duplicates.NotMarkable as refusal:
        messages.warning(request, str(refusal))
    except DatabaseError as error:
        messages.error(request, refused(error))
    else:
        names = "、".join(member.name for member in members)
        messages.success(request, _("%(names)s are two people; the pair is not shown any more.") % {"names": names})
        drafts.settle(request, reverse(DUPLICATES))
    return redirect(reverse(DUPLICATES))


def apart_page(request, pair):
    context = {"pair": pair, "may": request.user.has_perm("personnel.change_member")}
    answer = context_of(request, str(pair), **context) | {"opts": DifferentPeople._meta}
    return render(request, f"{FOLDER}/apart.html", answer)


@guarded
def take_back(request, pk):
    pair = DifferentPeople.objects.filter(pk=pk).first()
    if pair is None:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    duplicates.take_back(pair, request.user)
    messages.success(request, _("The mark was taken back; the pair is looked at again."))
    return redirect(reverse("admin:personnel_differentpeople_changelist"))
