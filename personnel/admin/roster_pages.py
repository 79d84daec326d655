"""The pages of one roster: it is sent, looked at, answered, corrected, imported and undone. What changes is posted."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import events
from organization.refused_by_database import sentence
from personnel.admin.roster_forms import CellsForm, UploadForm
from personnel.models import ImportedRow, RosterImport, StagedRoster
from personnel.models.roster import STAGED_FOR
from personnel.roster import jobs as roster_jobs
from personnel.roster import marking, staging, undoing
from personnel.roster.preview import Preview, groups
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


def posted(view):
    """A view that changes something: posted, with the roster's own row locked, so that a double click waits."""

    def inner(request, roster, **rest):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        held = locked(roster)
        return view(request, held, **rest) if held else only_read(request, roster)

    return inner


def locked(roster):
    """The roster's own row, held until the commit; None where it stayed with a unit whose place ours took."""
    return RosterImport.objects.select_related("unit").select_for_update(of=("self",)).filter(pk=roster.pk).first()


def only_read(request, roster):
    told = _("This roster belongs to %(unit)s, which was closed; it can be looked at, and nothing was changed.")
    messages.error(request, told % {"unit": roster.unit.name})
    return redirect(url(roster))


def url(roster, step=None, **rest):
    name = f"admin:personnel_rosterimport_{step or 'change'}"
    return reverse(name, args=[roster.pk, *rest.values()])


def back_to(request, roster, line):
    """The page of the roster that the line was seen on, at that line."""
    return redirect(f"{url(roster)}?{request.GET.urlencode()}#r{line.sheet}-{line.number}")


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
    unanswered = StagedRoster.objects.filter(roster=roster).first() if is_waiting else None
    asked = unanswered.questions if unanswered else []
    context = {
        "rows": shown, "fate": fate, "is_waiting": is_waiting,
        "preview": Preview(roster, shown.object_list, is_waiting=is_waiting, asked=asked),
        "fates": [(value, label, roster.counts.get(value, 0)) for value, label in ImportedRow.Fate.choices],
        "kept_until": roster.sent_at + STAGED_FOR,
    }  # fmt: skip
    if is_waiting:
        context |= {"open": unanswered, "asked": len(asked), "step": next_step(roster, asked), "said": said(roster)}
    else:
        state = standing_of(roster)
        context |= {"state": state, "standing": STATES[state], "rest": roster.staged.count()}
    return render(
        request, f"{BATCH}/{'preview' if is_waiting else 'record'}.html", context_of(request, roster, **context)
    )


def said(roster):
    """What kept a large roster out, or broke the judging of it, while nobody was looking."""
    job = roster_jobs.last(roster)
    return job.said if job else ""


def next_step(roster, asked):
    """What is to be done first: "answer", then "correct", then "import"."""
    if asked:
        return "answer"
    return "correct" if roster.counts["reject"] or roster.counts["ask"] else "import"


# --- answering and correcting -----------------------------------------------------------------------------------------


def waiting(request, roster):
    """Whether the roster may still be worked on by this account; says why not."""
    if is_worked_on(roster, request.user) and StagedRoster.objects.filter(roster=roster).exists():
        return True
    state = STATES[standing_of(roster)]
    messages.error(request, _("This roster cannot be changed any more: %(state)s.") % {"state": state})
    return False


@posted
def answer(request, roster):
    """Take over what was chosen, or forget all that was chosen so far."""
    if not waiting(request, roster):
        return redirect(url(roster))
    if "again" in request.POST:
        roster.answers = {}
        messages.success(request, _("Your answers were taken back; the questions are asked again."))
    elif given := given_answers(request, roster):
        roster.answers = roster.answers | given
        messages.success(request, _("Your answers were taken over."))
    else:
        messages.warning(request, _("Nothing was chosen; please choose an answer first."))
        return redirect(url(roster))
    roster_jobs.judge_or_ask(roster, request.user)
    return redirect(url(roster))


def given_answers(request, roster):
    """{question id: choice}: what was chosen for one goes before what was chosen for all of its kind."""
    found: dict[str, str] = {}
    for group in groups(roster.open.questions):
        allowed = {choice["value"] for choice in group.told["choices"]}
        of_all = request.POST.get(f"all-{group.id}")
        chosen = {one.id: request.POST.get(f"q-{one.id}") or of_all for one in group.questions}
        found |= {key: value for key, value in chosen.items() if value in allowed}
    return found


def row_page(request, roster, row):
    """One line in a form: each cell can be corrected; judged again when it is saved."""
    if request.method == "POST":
        held = locked(roster)
        if held is None:
            return only_read(request, roster)
        roster = held
        if not waiting(request, roster):
            return redirect(url(roster))
    line = roster.staged.filter(pk=row).first()
    if line is None or not is_worked_on(roster, request.user):
        raise Http404
    form = CellsForm(request.POST or None, roster=roster, line=line)
    if request.method == "POST" and form.is_valid():
        form.save()
        if roster_jobs.judge_or_ask(roster, request.user):
            tell(request, line)
        return back_to(request, roster, line)
    here = _("Row %(row)d") % {"row": line.number}
    return render(request, f"{BATCH}/row.html", context_of(request, roster, form=form, line=line, here=here))


def tell(request, line):
    """How a corrected line is judged now."""
    line.refresh_from_db(fields=["fate"])
    told = {"row": line.number, "fate": ImportedRow.Fate(line.fate).label}
    if line.fate in ("reject", "ask"):
        messages.warning(request, _("Row %(row)d was corrected; it still cannot be imported: %(fate)s.") % told)
    else:
        messages.success(request, _("Row %(row)d was corrected: %(fate)s.") % told)


@posted
def skip(request, roster, row):
    """Leave a line out, or take it back in."""
    if not waiting(request, roster):
        return redirect(url(roster))
    line = roster.staged.filter(pk=row).first()
    if line is None:
        raise Http404
    line.is_skipped = not line.is_skipped
    line.save(update_fields=["is_skipped"])
    roster_jobs.judge_or_ask(roster, request.user)
    said = _("Row %(row)d is left out.") if line.is_skipped else _("Row %(row)d is taken in again.")
    messages.success(request, said % {"row": line.number})
    return back_to(request, roster, line)


@posted
def drop(request, roster):
    """Give the roster up: its lines go at once."""
    if waiting(request, roster):
        roster.staged.all().delete()
        StagedRoster.objects.filter(roster=roster).delete()
        roster.counts, roster.notices = {}, []
        roster.save(update_fields=["counts", "notices"])
        messages.success(request, _("The roster was put away; nothing was imported."))
    return redirect(reverse("admin:personnel_rosterimport_changelist"))


# --- importing and undoing --------------------------------------------------------------------------------------------


@posted
def import_roster(request, roster):
    if roster.committed_at:
        told = {"at": clock(roster.committed_at), "by": roster.account_name}
        messages.warning(request, _("This roster was imported already, at %(at)s by %(by)s.") % told)
        return redirect(url(roster))
    if not waiting(request, roster):
        return redirect(url(roster))
    outcome = roster_jobs.import_or_ask(roster, request.user, partial="partial" in request.POST)
    if outcome is None:
        return redirect(url(roster))
    if outcome:
        messages.error(request, outcome)
        return redirect(url(roster))
    messages.success(
        request, _("Imported: %(create)d new, %(change)d changed, %(unchanged)d unchanged.") % roster.counts
    )
    if rest := roster.staged.count():
        messages.warning(request, _("%(rest)d rows were not imported; see below how to go on.") % {"rest": rest})
    return redirect(url(roster))


@posted
def undo(request, roster):
    if "confirmed" not in request.POST:
        return render(request, f"{BATCH}/undo.html", context_of(request, roster))
    try:
        with transaction.atomic():
            undone = undoing.undo(roster, request.user)
    except undoing.NotUndoable as refusal:
        messages.error(request, str(refusal))
        return redirect(url(roster))
    except DatabaseError as error:
        reason = sentence(error)
        if reason is None:
            raise
        messages.error(request, _("Nothing was undone. %(reason)s") % {"reason": reason})
        return redirect(url(roster))
    if undone.refused:
        return render(request, f"{BATCH}/undo.html", context_of(request, roster, refused=undone.refused), status=409)
    messages.success(request, _("The import was undone: %(rows)d rows were taken back.") % {"rows": undone.rows})
    return redirect(url(roster))


# --- workbooks --------------------------------------------------------------------------------------------------------


@posted
def bad_rows(request, roster):
    return workbook(request, roster, marking.bad_rows, _("rows to correct"))


@posted
def marked(request, roster):
    return workbook(request, roster, marking.whole, _("marked"))


def workbook(request, roster, make, what):
    """The staged lines as a file; they are there for their sender, and for a day."""
    rows = roster.staged.count()
    if not rows:
        messages.error(request, _("The rows of this roster are not kept any longer."))
        return redirect(url(roster))
    data = make(roster, request.user)
    events.record("export", unit=roster.unit_id, roster=roster.pk, rows=rows, what=what)
    stem = roster.file_name.rpartition(".")[0] or roster.file_name
    answer = HttpResponse(data, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{stem}-{what}.xlsx")
    return answer
