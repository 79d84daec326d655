"""The pages of real-name levels: recording documents seen, for a list of people or one; taking an entry back."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from organization import rights
from organization.models import Unit
from personnel.admin.people_filters import selection
from personnel.models import Member
from personnel.realname import levels, sightings
from personnel.realname.forms import SightingForm, TakingBackForm

NEEDED = "personnel.add_documentsighting"


def urls(site) -> list:
    """Addresses below the files of people."""
    return [
        path("seen/", site.admin_view(seen), name="personnel_member_seen"),
        path("<int:pk>/seen/back/", site.admin_view(taken_back), name="personnel_member_seen_back"),
    ]


def forces_of(account) -> tuple[str, ...]:
    return rights.FORCES_WRITTEN.get(account.role or "", ())


def seen(request):
    """GET shows the people of a list with ticks, POST what would be recorded; `confirmed` records, `back` goes back."""
    if not request.user.has_perm(NEEDED):
        raise PermissionDenied
    asked = selection(request)
    listed = [pk for (pk,) in asked.people().values_list("member")[: sightings.MOST + 1]]
    is_too_long = len(listed) > sightings.MOST
    forces, today = forces_of(request.user), timezone.localdate()
    found = sightings.plan([] if is_too_long else listed, today, forces)
    form = SightingForm(request.POST or None, offered=[member.pk for member in found.new])
    chosen = []
    if request.method == "POST" and "back" not in request.POST and form.is_valid():
        ticked = set(form.cleaned_data["members"])
        if "confirmed" in request.POST:
            return recorded(request, form, ticked)
        chosen = [member for member in found.new if member.pk in ticked]
    context = admin.site.each_context(request) | {
        "title": _("Record documents seen"), "form": form, "plan": found, "chosen": chosen,
        "ticked": request.POST.getlist("members") if request.method == "POST" else None,
        "is_too_long": is_too_long, "most": sightings.MOST,
        "left_out": len(listed) - len(found.new) - len(found.known),
        "unit": Unit.objects.get(code=asked.unit or request.user.unit_id), "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "personnel/realname/seen.html", context)


def recorded(request, form, members):
    data = form.cleaned_data
    written = sightings.record(members, data["document"], data["seen_on"], request.user, forces_of(request.user))
    if written:
        messages.success(request, _("Recorded for %(n)d people that their document was seen.") % {"n": written})
    if rest := len(members) - written:
        said = _("%(n)d people had been recorded meanwhile; nothing was written twice.")
        messages.warning(request, said % {"n": rest})
    if len(members) == 1:
        return redirect(reverse("admin:personnel_member_change", args=[next(iter(members))]))
    return redirect(f"{reverse('admin:personnel_card_changelist')}?{request.GET.urlencode()}")


def taken_back(request, pk):
    """POST the reason for which what was recorded about a person's documents is wrong."""
    if not request.user.has_perm(NEEDED):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    member = sightings.writable(forces_of(request.user)).select_for_update(of=("self",)).filter(pk=pk).first()
    if member is None:
        raise Http404
    form = TakingBackForm(request.POST)
    if form.is_valid():
        sightings.take_back(member, form.cleaned_data["reason"], timezone.localdate(), request.user)
        messages.success(request, _("The entry was taken back; it stays on record with your reason."))
    else:
        messages.error(request, str(form.errors["reason"][0]))
    return redirect(reverse("admin:personnel_member_change", args=[pk]))


def steps(member: Member, account) -> dict:
    """What templates/personnel/realname/steps.html asks for: the level of a member today, and what proves it."""
    today = timezone.localdate()
    level = levels.members(today).filter(pk=member.pk).values_list("level", flat=True).first()
    entries = list(member.sightings.all())
    names = levels.LEVELS
    may_write = account.has_perm(NEEDED) and sightings.writable(forces_of(account)).filter(pk=member.pk).exists()
    reached = list(levels.LEVELS).index(level) if level else -1
    return {
        "level": level and levels.LEVELS[level],
        "steps": [(name, list(levels.LEVELS).index(slug) <= reached) for slug, name in names.items()],
        "entries": entries,
        "may_record": may_write and level in ("declared", "checksum"),
        "may_take_back": may_write and bool(entries) and not entries[0].taken_back,
        "form": TakingBackForm(),
    }
