"""Pages beside a file: the copy for its person, and the notice on paper."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from organization.guarded_admin import COUNT_CAP
from personnel.admin.people_filters import parse_day, selection
from personnel.exports.pages import as_file
from personnel.models import Member, NoticeText
from personnel.privacy import copies, notices

MOST_ON_PAPER = 200


def copy_page(request, pk):
    """GET asks what for; POST answers with the workbook, or with a page to be printed."""
    if not request.user.has_perm(copies.RIGHT):
        raise PermissionDenied
    member = Member.objects.select_related("unit").filter(pk=pk).first()
    if member is None:
        raise Http404
    context = admin.site.each_context(request) | {"member": member, "title": _("Copy of the file")}
    if request.method == "POST":
        on_paper = "paper" in request.POST
        try:
            found = copies.copy(member, request.user, request.POST.get("reason", ""), on_paper=on_paper)
        except copies.CopyRefused as refusal:
            context["error"] = str(refusal)
        else:
            if not on_paper:
                name = f"个人信息副本-{timezone.localtime():%Y%m%d-%H%M}.xlsx"
                return as_file(copies.workbook(found, request.user), name)
            context |= {"parts": found, "day": timezone.localdate()}
            return render(request, "personnel/privacy/copy_paper.html", context)
    return render(request, "personnel/privacy/copy.html", context)


def notice_page(request):
    """GET how many of a list were not given the notice yet; POST puts on record that they were."""
    if not request.user.has_perm(notices.GIVES):
        raise PermissionDenied
    asked, today = selection(request), timezone.localdate()
    notice = notices.in_force(today)
    if notice and request.method == "POST":
        day = parse_day(request.POST.get("given_on"))
        if day is None or not notice.valid_from <= day <= today:
            messages.error(request, _("Please give the day: not before this text is valid, and not in the future."))
        else:
            count = notices.give(asked, notice, day, request.user)
            messages.success(request, _("Recorded for %(count)d people.") % {"count": count})
            return redirect(f"{request.path}?{request.GET.urlencode()}")
    context = admin.site.each_context(request) | {
        "title": _("Privacy notice"), "notice": notice, "query": request.GET.urlencode(), "today": today,
        "count": notices.files(asked)[:COUNT_CAP].count(),
        "without": notices.without(asked, notice)[:COUNT_CAP].count() if notice else 0,
        "is_one": asked.members[:1] if len(asked.members) == 1 else (),
        "most": MOST_ON_PAPER,
    }  # fmt: skip
    return render(request, "personnel/privacy/notice.html", context)


def notice_paper(request):
    """The notice for each person of a list, a sheet each, with the person's name."""
    if not request.user.has_perm(notices.GIVES):
        raise PermissionDenied
    notice = notices.in_force(timezone.localdate())
    if notice is None:
        return redirect(f"{reverse('admin:personnel_card_notice')}?{request.GET.urlencode()}")
    found = notices.files(selection(request)).select_related("unit").order_by("unit_id", "id")
    people = list(found[: MOST_ON_PAPER + 1])
    if len(people) > MOST_ON_PAPER:
        messages.error(request, _("At most %(most)d people at once; please narrow the list.") % {"most": MOST_ON_PAPER})
        return redirect(f"{reverse('admin:personnel_card_notice')}?{request.GET.urlencode()}")
    context = admin.site.each_context(request) | {
        "title": notice.title, "notice": notice, "people": people, "paragraphs": paragraphs(notice),
    }  # fmt: skip
    return render(request, "personnel/privacy/notice_paper.html", context)


def paragraphs(notice: NoticeText) -> list[str]:
    return [part.strip() for part in notice.body.replace("\r\n", "\n").split("\n\n") if part.strip()]
