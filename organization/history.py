"""The history of one row, as the people who keep it read it: who changed what, when, from what to what."""

from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from organization import trail_labels
from organization.guarded_admin import CappedPaginator
from organization.models import TrailEntry
from organization.protection import AUDITED
from organization.table_kinds import kinds

ENTRIES_A_PAGE = 50
PERSONS_FILE = "personnel_member"  # the table whose rows others hang on: its history is that of the whole file


def history_page(model_admin, request, object_id):
    """The history of an object, as far as the model admin shows it; a hidden one is answered like a missing one."""
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    obj = model_admin.get_object(request, unquote(object_id))
    if obj is None:
        return model_admin._get_obj_does_not_exist_redirect(request, model_admin.opts, object_id)
    if not model_admin.has_view_or_change_permission(request, obj):
        raise PermissionDenied
    paginator = CappedPaginator(entries_of(obj).filter(table__in=readable_tables(request.user)), ENTRIES_A_PAGE)
    page = paginator.get_page(request.GET.get(PAGE_VAR, 1))
    context = model_admin.admin_site.each_context(request) | {
        "title": _("History of %(object)s") % {"object": obj},
        "object": obj,
        "opts": model_admin.opts,
        "module_name": str(capfirst(model_admin.opts.verbose_name_plural)),
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number),
        "page_var": PAGE_VAR,
        "entries": trail_labels.tell(page.object_list, request.user),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "organization/history.html", context)


def readable_tables(reader) -> list[str]:
    """Tables whose rows the reader may see on a page of their own or as part of one; a history shows no others."""
    models = {table: trail_labels.model_of(table) for table, kind in kinds().items() if kind in AUDITED}
    return [
        table
        for table, model in models.items()
        if model and reader.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
    ]


def entries_of(obj):
    """Entries of the trail about a row, newest first; of a person all rows of the file and all services.

    A card, which is derived and leaves no entries of its own, has those of its member.
    """
    table = obj._meta.db_table
    kind = kinds().get(table)
    if table == PERSONS_FILE or kind == "card":
        found = TrailEntry.objects.filter(member=obj.pk if table == PERSONS_FILE else obj.member_id)
    else:
        member = obj.member_id if kind in {"file", "history"} else None
        found = TrailEntry.objects.filter(table=table, row=obj.pk, member=member)
    return found.order_by("-id")
