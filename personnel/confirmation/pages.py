"""The pages of the confirmation: progress over units, the list to be signed, and a list as it was signed."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from organization import belonging, divisions, draft_pages, drafts
from organization.asking import unit_asked
from organization.models import Unit
from personnel.confirmation import differences, lists, progress, signing
from personnel.models import ConfirmationCycle, Force, RosterSnapshot

VIEW, SIGN = "personnel.view_rostersnapshot", "personnel.sign_rostersnapshot"
BATCH = "personnel/confirmation"
MAX_TEXT = 200


def context_of(request, title, **more):
    return admin.site.each_context(request) | {"opts": RosterSnapshot._meta, "title": title} | more


def forces_of(account) -> tuple[str, ...]:
    """The forces whose lists the account looks after; all of them where it only looks on."""
    return lists.SIGNERS.get(account.role or "", lists.FORCES)


def may_sign(account, force) -> bool:
    return account.has_perm(SIGN) and force in lists.SIGNERS.get(account.role or "", ())


def url_of_list(unit: int, force: str) -> str:
    return reverse("admin:personnel_rostersnapshot_list", args=[unit, force])


# --- progress ---------------------------------------------------------------------------------------------------------


def progress_page(request):
    """By town where towns lie below, else unit by unit: who signed, who has not, who is overdue."""
    account, today = request.user, timezone.localdate()
    if not account.has_perm(VIEW):
        raise PermissionDenied
    unit = unit_asked(request.GET["unit"], account) if request.GET.get("unit") else account.unit
    if unit is None:
        raise Http404
    asked = request.GET.get("force")
    force = asked if asked in lists.FORCES else forces_of(account)[0]
    found = progress.standings(today, belonging.reach(unit.code), force)
    is_wide = divisions.level(unit.code) in ("province", "city", "district")
    counted = {state: sum(one.state == state for one in found) for state in progress.STATES}
    context = {
        "unit": unit, "force": force, "cycle": ConfirmationCycle.objects.on(today).first(), "today": today,
        "forces": [(slug, Force(slug).label) for slug in lists.FORCES],
        "counts": [(progress.STATES[state], state, counted[state]) for state in progress.STATES],
        "total": len(found), "towns": by_town(found) if is_wide else None, "standings": None if is_wide else found,
        "may_look_up": unit.pk != account.unit_id,
    }  # fmt: skip
    return render(request, f"{BATCH}/progress.html", context_of(request, _("Confirmation of lists"), **context))


def by_town(found) -> list[dict]:
    """{unit, owing, signed, open, overdue} of each town, in order of code."""
    towns: dict[int, dict] = {}
    for one in found:
        code = one.unit.pk - one.unit.pk % 1000
        row = towns.setdefault(code, {"owing": 0, **dict.fromkeys(progress.STATES, 0)})
        row["owing"] += 1
        row[one.state] += 1
    names = Unit.objects.in_bulk(towns)
    return [{"unit": names[code], **row} for code, row in sorted(towns.items())]


# --- the list ---------------------------------------------------------------------------------------------------------


def list_page(request, code, force):
    """GET shows the list: to be ticked and signed, or as it was signed with what changed since; POST signs it."""
    unit = unit_asked(str(code), request.user)
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    if unit is None or force not in lists.FORCES:
        raise Http404
    today = timezone.localdate()
    cycle = ConfirmationCycle.objects.on(today).first()
    last = RosterSnapshot.objects.filter(unit=unit.pk, force=force).select_related("cycle").first()
    listed = lists.lines(unit.pk, force, today)
    said = ""
    if request.method == "POST":
        if cycle is None or not may_sign(request.user, force):
            raise PermissionDenied
        if led := draft_pages.saved_before(request, url_of_list(unit.pk, force)):
            return led
        try:
            return signed(request, signing_of(request, unit, force, cycle), today)
        except signing.SigningRefused as refusal:
            said = str(refusal)
            if refusal.code == "signed":
                messages.warning(request, said)
                return redirect(url_of_list(unit.pk, force))
    is_signed = bool(last and cycle and last.cycle_id == cycle.pk)
    is_signing = (
        may_sign(request.user, force) and cycle and listed and len(listed) <= lists.MOST
        and (not is_signed or "again" in request.GET)
    )  # fmt: skip
    context = {
        "unit": unit, "force": force, "force_name": Force(force).label, "cycle": cycle, "last": last, "said": said,
        "is_signed": is_signed, "is_signing": is_signing, "may_sign": may_sign(request.user, force),
        "is_too_long": len(listed) > lists.MOST, "rows": rows(request, listed) if is_signing else [],
        "seen": lists.fingerprint(listed), "version": (last.version + 1) if last and is_signed else 1,
        "reason": request.POST.get("reason", ""), "count": len(listed),
        "changes": differences.since(list(last.entries.all()), listed) if last else None,
    }  # fmt: skip
    title = _("List of %(unit)s, %(force)s") % {"unit": unit.name, "force": Force(force).label}
    return render(request, f"{BATCH}/list.html", context_of(request, title, **context))


def rows(request, listed):
    """(line, is ticked, remark): as first offered, or as it was sent and refused."""
    if request.method != "POST":
        return [(line, True, "") for line in listed]
    given = answers(request)
    return [
        (line, (said := given.get(line.service_id, signing.Answer(serves=False))).serves, said.remark)
        for line in listed
    ]


def answers(request) -> dict[int, signing.Answer]:
    """What is said of each service that the form names."""
    ticked = {text for text in request.POST.getlist("serves") if text.isascii() and text.isdecimal()}
    remarks = {
        name.removeprefix("remark-"): text.replace("\0", "").strip()[:MAX_TEXT]
        for name, text in request.POST.items()
        if name.startswith("remark-")
    }
    named = {text for text in {*ticked, *remarks} if text.isascii() and text.isdecimal() and len(text) < 19}
    return {int(text): signing.Answer(text in ticked, remarks.get(text, "")) for text in named}


def signing_of(request, unit, force, cycle) -> signing.Signing:
    version = request.POST.get("version", "")
    return signing.Signing(
        unit, force, cycle,
        version=int(version) if version.isascii() and version.isdecimal() and len(version) < 4 else 0,
        seen=request.POST.get("seen", ""), answers=answers(request),
        reason=request.POST.get("reason", "").replace("\0", "").strip()[:MAX_TEXT],
    )  # fmt: skip


def signed(request, asked, today):
    snapshot = signing.sign(asked, request.user, today)
    told = {"serving": snapshot.serving, "absent": snapshot.absent}
    messages.success(request, _("Signed: %(serving)d serve here, %(absent)d do not.") % told)
    page = reverse("admin:personnel_rostersnapshot_change", args=[snapshot.pk])
    drafts.settle(request, page)
    return redirect(page)


# --- a signed list ----------------------------------------------------------------------------------------------------


def snapshot_page(request, snapshot):
    """The list as it was signed, made to be printed on A4."""
    entries = list(snapshot.entries.all())
    context = {
        "snapshot": snapshot, "entries": entries, "is_genuine": signing.is_genuine(snapshot, entries),
        "erased": signing.erased(entries),
        "others": RosterSnapshot.objects.filter(unit=snapshot.unit_id, force=snapshot.force).exclude(pk=snapshot.pk),
    }  # fmt: skip
    title = _("Confirmed list of %(unit)s") % {"unit": snapshot.unit_name}
    return render(request, f"{BATCH}/signed.html", context_of(request, title, **context))
