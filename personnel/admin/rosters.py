"""Rosters in the browser: send a file or paste cells, answer, correct, look, import, undo."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import events
from organization.guarded_admin import GuardedAdmin
from organization.refused_by_database import sentence
from personnel.admin.roster_forms import CellsForm, UploadForm
from personnel.models import EligibilityRule, ImportedRow, RosterImport, StagedRoster
from personnel.roster import committing, examination, marking, staging, undoing
from personnel.roster.committing import NotCommitted, Wish
from personnel.roster.preview import Preview, groups
from personnel.roster.shapes import FileRefused

NEEDED = "personnel.import_member"
ROWS_A_PAGE = 50
BATCH = "personnel/roster"


@admin.register(RosterImport)
class RosterImportAdmin(GuardedAdmin):
    list_display = ["file_name", "unit", "account_name", "sent_at", "standing", "created", "changed", "rejected"]
    list_select_related = ["unit"]
    list_display_links = ["file_name"]
    ordering = ["-id"]
    change_list_template = f"{BATCH}/list.html"

    def has_add_permission(self, request):
        return request.user.has_perm(NEEDED)

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        """A roster's pages; what changes something is posted."""
        steps = {
            "answer": answer, "row/<int:row>": row_page, "skip/<int:row>": skip, "import": import_roster, "undo": undo,
            "drop": drop, "bad-rows": bad_rows, "marked": marked,
        }  # fmt: skip
        own = [
            path(
                f"<int:pk>/{step}/",
                self.admin_site.admin_view(guarded(view)),
                name=f"personnel_rosterimport_{step.partition('/')[0].replace('-', '_')}",
            )
            for step, view in steps.items()
        ]
        return own + super().get_urls()

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return upload(request)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None or not request.user.has_perm(NEEDED):
            return super().changeform_view(request, object_id, form_url, extra_context)
        roster = self.get_object(request, object_id)
        if roster is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return page(request, roster)

    @admin.display(description=gettext_lazy("standing"))
    def standing(self, roster):
        return STATES[roster.state]

    @admin.display(description=gettext_lazy("new"))
    def created(self, roster):
        return roster.counts.get("create", 0)

    @admin.display(description=gettext_lazy("changed"))
    def changed(self, roster):
        return roster.counts.get("change", 0)

    @admin.display(description=gettext_lazy("rejected"))
    def rejected(self, roster):
        return roster.counts.get("reject", 0)


STATES = {
    "waiting": gettext_lazy("not imported yet"),
    "expired": gettext_lazy("expired, not imported"),
    "imported": gettext_lazy("imported"),
    "undone": gettext_lazy("undone"),
}


@admin.register(EligibilityRule)
class EligibilityRuleAdmin(GuardedAdmin):
    list_display = ["force", "valid_from", "valid_until", "min_age", "max_age", "min_education", "source"]
    list_filter = ["force"]
    ordering = ["force", "-valid_from"]


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
        roster = RosterImport.objects.select_related("unit").select_for_update(of=("self",)).get(pk=roster.pk)
        return view(request, roster, **rest)

    return inner


def url(roster, step=None, **rest):
    name = f"admin:personnel_rosterimport_{step or 'change'}"
    return reverse(name, args=[roster.pk, *rest.values()])


def context_of(request, roster, **more):
    shared = {"opts": RosterImport._meta, "roster": roster, "title": roster.file_name if roster else _("Send a roster")}
    return admin.site.each_context(request) | shared | more


# --- sending ----------------------------------------------------------------------------------------------------------


def upload(request):
    form = UploadForm(request.POST or None, request.FILES or None, account=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(url(staged(request, form)))
        except FileRefused as refusal:
            form.add_error("file" if form.cleaned_data["file"] else "pasted", str(refusal))
    known = None
    return render(request, f"{BATCH}/upload.html", context_of(request, None, form=form, known=known))


def staged(request, form):
    """Read what was sent and keep it for a look. Raises FileRefused."""
    terms = staging.terms_of(
        request.user, form.unit, form.cleaned_data["force"], is_whole=form.cleaned_data["is_whole"]
    )
    source = form.source()
    roster = staging.record(source, terms, request.user)
    for earlier in RosterImport.objects.known(source.sha256, terms.unit)[:1]:
        told = {"at": earlier.committed_at, "by": earlier.account_name}
        messages.warning(request, _("This very file was imported already, at %(at)s by %(by)s.") % told)
    examined = examination.examine(source, terms)
    committing.describe(roster, examined)
    staging.stage(source, roster, examined)
    return roster


# --- looking ----------------------------------------------------------------------------------------------------------


def page(request, roster):
    """The preview of a roster that waits, the record of one that was imported."""
    is_waiting = roster.state == "waiting" and roster.account == request.user.pk
    fate = request.GET.get("fate") if request.GET.get("fate") in ImportedRow.Fate.values else ""
    rows = roster.staged if is_waiting else roster.rows
    rows = rows.filter(fate=fate) if fate else rows
    shown = Paginator(rows.order_by("sheet", "number"), ROWS_A_PAGE).get_page(request.GET.get("p"))
    unanswered = StagedRoster.objects.filter(roster=roster).first() if is_waiting else None
    asked = unanswered.questions if unanswered else None
    preview = Preview(roster, shown.object_list, is_waiting=is_waiting, asked=asked)
    fates = [(value, label, roster.counts.get(value, 0)) for value, label in ImportedRow.Fate.choices]
    context = {
        "rows": shown, "preview": preview, "fate": fate, "fates": fates, "is_waiting": is_waiting,
        "standing": STATES[roster.state],
        "open": unanswered,
        "has_rest": not is_waiting and roster.state == "imported" and roster.staged.exists(),
    }  # fmt: skip
    return render(
        request, f"{BATCH}/{'preview' if is_waiting else 'record'}.html", context_of(request, roster, **context)
    )


# --- answering and correcting -----------------------------------------------------------------------------------------


def waiting(request, roster):
    """Whether the roster may still be worked on by this account; says why not."""
    if roster.state == "waiting" and roster.account == request.user.pk:
        return True
    messages.error(request, _("This roster cannot be changed any more: %(state)s.") % {"state": STATES[roster.state]})
    return False


@posted
def answer(request, roster):
    if waiting(request, roster):
        roster.answers = roster.answers | given_answers(request, roster)
        staging.judge_again(roster, request.user)
        messages.success(request, _("Your answers were taken over."))
    return redirect(url(roster))


def given_answers(request, roster):
    """{question id: choice}: what was chosen for all of a kind, and what was chosen for one, which goes before."""
    found = {}
    for group in groups(roster.open.questions):
        if group.is_many and (choice := request.POST.get(f"all-{group.code}-{group.column}")):
            found |= dict.fromkeys((one["id"] for one in group.questions), choice)
    return found | {name[2:]: value for name, value in request.POST.items() if name.startswith("q-") and value}


def row_page(request, roster, row):
    """One line in a form: each cell can be corrected; judged again when it is saved."""
    line = roster.staged.filter(pk=row).first()
    if line is None or roster.state != "waiting":
        raise Http404
    form = CellsForm(request.POST or None, roster=roster, line=line)
    if request.method == "POST" and form.is_valid():
        form.save()
        staging.judge_again(roster, request.user)
        messages.success(request, _("Row %(row)d was corrected.") % {"row": line.number})
        return redirect(f"{url(roster)}?{request.GET.urlencode()}")
    return render(request, f"{BATCH}/row.html", context_of(request, roster, form=form, line=line))


@posted
def skip(request, roster, row):
    """Leave a line out, or take it back in."""
    line = roster.staged.filter(pk=row).first()
    if line is None:
        raise Http404
    if waiting(request, roster):
        line.is_skipped = not line.is_skipped
        line.save(update_fields=["is_skipped"])
        staging.judge_again(roster, request.user)
    return redirect(f"{url(roster)}?{request.GET.urlencode()}")


@posted
def drop(request, roster):
    """Give the roster up: its lines go at once."""
    if waiting(request, roster):
        roster.staged.all().delete()
        messages.success(request, _("The roster was put away; nothing was imported."))
    return redirect(reverse("admin:personnel_rosterimport_changelist"))


# --- importing and undoing --------------------------------------------------------------------------------------------


@posted
def import_roster(request, roster):
    if roster.committed_at:
        told = {"at": roster.committed_at, "by": roster.account_name}
        messages.warning(request, _("This roster was imported already, at %(at)s by %(by)s.") % told)
        return redirect(url(roster))
    if not waiting(request, roster):
        return redirect(url(roster))
    rows = staging.rows_of(roster)
    source = staging.source_of(roster, rows)
    wish = Wish("partial" in request.POST, staging.effects(roster, rows), staging.marks(roster, rows))
    try:
        committing.commit(source, staging.terms_for(roster, request.user), roster, wish)
    except NotCommitted as refusal:
        staging.note_refusal(roster, refusal)
        events.record("import_failed", unit=roster.unit_id, reason=str(refusal), roster=roster.pk)
        messages.error(request, _("Nothing was imported. %(reason)s") % {"reason": refusal})
        return redirect(url(roster))
    except DatabaseError as error:
        reason = sentence(error)
        if reason is None:
            raise
        events.record("import_failed", unit=roster.unit_id, reason=str(reason), roster=roster.pk)
        messages.error(request, _("Nothing was imported. %(reason)s") % {"reason": reason})
        return redirect(url(roster))
    staging.clear(roster)
    messages.success(
        request, _("Imported: %(create)d new, %(change)d changed, %(unchanged)d unchanged.") % roster.counts
    )
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
    return workbook(request, roster, marking.bad_rows(roster), _("rows to correct"))


@posted
def marked(request, roster):
    return workbook(request, roster, marking.whole(roster), _("marked"))


def workbook(request, roster, data, what):
    events.record("export", unit=roster.unit_id, roster=roster.pk, rows=roster.staged.count(), what=what)
    stem = roster.file_name.rpartition(".")[0] or roster.file_name
    answer = HttpResponse(data, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{stem}-{what}.xlsx")
    return answer
