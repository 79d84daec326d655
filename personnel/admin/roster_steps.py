"""The steps of a roster that was sent: answered, corrected, imported, undone. What changes is posted."""

from django.contrib import messages
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from organization import events
from organization.refused_by_database import sentence
from personnel.admin.roster_forms import CellsForm
from personnel.admin.roster_pages import BATCH, STATES, clock, context_of, is_worked_on, standing_of, url
from personnel.models import ImportedRow, RosterImport, StagedRoster
from personnel.roster import jobs as roster_jobs
from personnel.roster import marking, staging, undoing
from personnel.roster.answers import AGAIN
from personnel.roster.question_groups import groups


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


def back_to(request, roster, line):
    """The page of the roster that the line was seen on, at that line."""
    return redirect(f"{url(roster)}?{request.GET.urlencode()}#r{line.sheet}-{line.number}")


# --- answering and correcting -----------------------------------------------------------------------------------------


def waiting(request, roster, *, even_at_work=False):
    """Whether the roster may still be worked on by this account; says why not."""
    if is_worked_on(roster, request.user) and StagedRoster.objects.filter(roster=roster).exists():
        if not even_at_work and roster_jobs.running(roster):
            messages.warning(request, _("This roster is at work just now; please wait until it is done."))
            return False
        return True
    state = STATES[standing_of(roster)]
    messages.error(request, _("This roster cannot be changed any more: %(state)s.") % {"state": state})
    return False


@posted
def answer(request, roster):
    """Take over what was chosen, or forget all that was chosen so far."""
    if not waiting(request, roster):
        return redirect(url(roster))
    if "judge" in request.POST:
        messages.success(request, _("The roster is judged once more."))
    elif "again" in request.POST:
        roster.answers = {AGAIN: AGAIN}
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


def row_page(request, roster, sheet, number):
    """One line in a form: each cell can be corrected; judged again when it is saved."""
    if request.method == "POST":
        held = locked(roster)
        if held is None:
            return only_read(request, roster)
        roster = held
        if not waiting(request, roster):
            return redirect(url(roster))
    line = roster.staged.filter(sheet=sheet, number=number).first()
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
def skip(request, roster, sheet, number):
    """Leave a line out, or take it back in."""
    if not waiting(request, roster):
        return redirect(url(roster))
    line = roster.staged.filter(sheet=sheet, number=number).first()
    if line is None:
        raise Http404
    is_left_out = staging.leave_out(line)
    roster_jobs.judge_or_ask(roster, request.user)
    said = _("Row %(row)d is left out.") if is_left_out else _("Row %(row)d is taken in again.")
    messages.success(request, said % {"row": line.number})
    return back_to(request, roster, line)


@posted
def drop(request, roster):
    """Give the roster up: its lines go at once."""
    if waiting(request, roster, even_at_work=True):
        staging.put_away(roster)
        messages.success(request, _("The roster was put away; nothing was imported."))
    return redirect(reverse("admin:personnel_rosterimport_changelist"))


# --- importing and undoing --------------------------------------------------------------------------------------------


@posted
def import_roster(request, roster):
    if roster.committed_at:
        told = {"at": clock(roster.committed_at), "by": roster.account_name}
        messages.warning(request, _("This roster was imported already, at %(at)s by %(by)s.") % told)
        return redirect(url(roster))
    if not waiting(request, roster) or not roster_jobs.is_judged(roster):
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
    if asked := roster.rows.filter(request_id__isnull=False).count():
        message = _("Requests sent to the units that keep the files: %(asked)d. Their answers come under “Requests”.")
        messages.info(request, message % {"asked": asked})
    if rest := roster.staged.count():
        messages.warning(request, _("%(rest)d rows were not imported; see below how to go on.") % {"rest": rest})
    return redirect(url(roster))


@posted
def undo(request, roster):
    try:
        if "confirmed" not in request.POST:
            undoing.check(roster, request.user)
            return render(request, f"{BATCH}/undo.html", context_of(request, roster))
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
        later = {"refused": undone.refused, "imports": undoing.imports_among(undone.refused)}
        return render(request, f"{BATCH}/undo.html", context_of(request, roster, **later), status=409)
    messages.success(request, _("The import was undone: %(rows)d rows were taken back.") % {"rows": undone.rows})
    if undone.requests:
        messages.info(request, _("Requests withdrawn: %(requests)d.") % {"requests": undone.requests})
    return redirect(url(roster))


# --- workbooks --------------------------------------------------------------------------------------------------------


@posted
def bad_rows(request, roster):
    return workbook(request, roster, marking.bad_rows, _("rows to correct"))


@posted
def marked(request, roster):
    if roster.committed_at:
        messages.error(request, _("This roster was imported; the rows that stayed behind come as a workbook."))
        return redirect(url(roster))
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
