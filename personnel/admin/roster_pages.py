"""The pages on which a roster is sent and looked at; what is done with it then stands in roster_steps.py."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from personnel.admin.roster_forms import UploadForm
from personnel.models import ImportedRow, RosterImport, StagedRoster
from personnel.models.roster import STAGED_FOR
from personnel.roster import jobs as roster_jobs
from personnel.roster import staging, undoing
from personnel.roster.answers import may_be_asked_again
from personnel.roster.committing import has_good
from personnel.roster.preview import Preview
from personnel.roster.shapes import FileRefused

NEEDED = "personnel.import_member"
ROWS_A_PAGE = 50
BATCH = "personnel/roster"


STATES = {
    "waiting": gettext_lazy("not imported yet"),
    "expired": gettext_lazy("expired, not imported"),
    "imported": gettext_lazy("imported"),
    "undone": gettext_lazy("undone"),
    "dropped": gettext_lazy("given up, not imported"),
}


def standing_of(roster):
    """A key of STATES: a roster that was given up has lost its counts along with its lines."""
    return "dropped" if roster.state == "waiting" and not roster.counts else roster.state


def is_worked_on(roster, account):
    """Whether the roster waits for this account to confirm it."""
    return standing_of(roster) == "waiting" and roster.account == account.pk


def guarded(view):
    """A view of one roster that the account may import into; others do not exist."""

    def inner(request, pk, **rest):
        if not request.user.has_perm(NEEDED):
            raise PermissionDenied
        roster = RosterImport.objects.select_related("unit").filter(pk=pk).first()
        if roster is None:
            raise Http404
        return view(request, roster, **rest)

    return inner


def url(roster, step=None, **rest):
    name = f"admin:personnel_rosterimport_{step or 'change'}"
    return reverse(name, args=[roster.pk, *rest.values()])


def clock(moment):
    """A time as the office reads it."""
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def context_of(request, roster, **more):
    shared = {"opts": RosterImport._meta, "roster": roster, "title": roster.file_name if roster else _("Send a roster")}
    return admin.site.each_context(request) | shared | more


# --- sending ----------------------------------------------------------------------------------------------------------


def upload(request):
    form = UploadForm(request.POST or None, request.FILES or None, account=request.user, size=size_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(url(staged(request, form)))
        except FileRefused as refusal:
            form.add_error("file" if form.cleaned_data["file"] else "pasted", str(refusal))
    return render(request, f"{BATCH}/upload.html", context_of(request, None, form=form))


def size_of(request):
    """Bytes of the request: a file over the limit is dropped on its way, and nothing else tells of it."""
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isdecimal() else 0


def staged(request, form):
    """Read what was sent and keep it for a look. Raises FileRefused."""
    terms = staging.terms_of(
        request.user, form.unit, form.cleaned_data["force"], is_whole=form.cleaned_data["is_whole"]
    )
    source = form.source(terms)
    roster = roster_jobs.take_in(source, terms, request.user)
    for earlier in RosterImport.objects.known(source.sha256, terms.unit)[:1]:
        told = {"at": clock(earlier.committed_at), "by": earlier.account_name}
        messages.warning(request, _("This very file was imported already, at %(at)s by %(by)s.") % told)
    return roster


# --- looking ----------------------------------------------------------------------------------------------------------


def page(request, roster):
    """The preview of a roster that waits, the record of one that was imported."""
    is_waiting = is_worked_on(roster, request.user)
    if is_waiting and (job := roster_jobs.running(roster)):
        return render(request, f"{BATCH}/progress.html", context_of(request, roster, job=job))
    fate = request.GET.get("fate") if request.GET.get("fate") in ImportedRow.Fate.values else ""
    rows = roster.staged if is_waiting else roster.rows
    rows = rows.filter(fate=fate) if fate else rows
    shown = Paginator(rows.order_by("sheet", "number"), ROWS_A_PAGE).get_page(request.GET.get("p"))
    unanswered = StagedRoster.objects.filter(roster=roster).defer("rest").first() if is_waiting else None
    asked = unanswered.questions if unanswered else []
    context = {
        "rows": shown, "fate": fate, "is_waiting": is_waiting,
        "preview": Preview(roster, shown.object_list, is_waiting=is_waiting, asked=asked),
        "fates": [(value, label, roster.counts.get(value, 0)) for value, label in ImportedRow.Fate.choices],
        "kept_until": roster.sent_at + STAGED_FOR,
    }  # fmt: skip
    if is_waiting:
        context |= {"open": unanswered, "asked": len(asked), "step": next_step(roster, asked), "said": said(roster)}
        context["has_good"] = has_good(roster.counts)
        context["may_ask_again"] = may_be_asked_again(roster)
    else:
        state = standing_of(roster)
        context |= {"state": state, "standing": STATES[state], "rest": roster.staged.count()}
        context["may_undo"] = undoing.is_offered(roster, request.user)
    return render(
        request, f"{BATCH}/{'preview' if is_waiting else 'record'}.html", context_of(request, roster, **context)
    )


def said(roster):
    """What kept a large roster out, or broke the judging of it, while nobody was looking."""
    job = roster_jobs.last(roster)
    return job.said if job else ""


def next_step(roster, asked):
    """What is to be done first: "judge", where that was broken off, "answer", "correct", then "import"."""
    if not roster_jobs.is_judged(roster):
        return "judge"
    if asked:
        return "answer"
    return "correct" if roster.counts["reject"] or roster.counts["ask"] else "import"
