"""The admin class all pages build on: refusals become messages, nothing is deleted, history comes from the trail."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db import DatabaseError, models, transaction
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from organization import draft_pages, drafts, meanwhile
from organization.refusal import StrOrPromise
from organization.refused_by_database import sentence

COUNT_CAP = 50_001
OPAQUE = (ArrayField, models.BinaryField, models.GenericIPAddressField)  # text of an address is no value of these
WHOLE = frozenset({"", "exact", "isnull"})  # comparisons that do not tell a value bit by bit


class CappedPaginator(Paginator):
    """Counts up to 50,001 rows: exact for a district, and no more than a page needs to know above it."""

    cap = COUNT_CAP

    @cached_property
    def count(self):
        rows = self.object_list.order_by().values("pk")[: self.cap]
        return rows.count()

    @property
    def is_capped(self):
        return self.count >= self.cap

    @property
    def most(self):
        """How many there are more than, where it is capped."""
        return f"{self.cap - 1:,}"


class Refused(Exception):
    """Raised while saving: what was written is undone, the form says the sentence. `record` runs after the undoing."""

    def __init__(self, sentence, record=None):
        super().__init__(sentence)
        self.sentence, self.record = sentence, record


class RefusableForm(forms.ModelForm):
    """A form that says what the database refused, and keeps what was typed."""

    refusal = None

    def clean(self):
        cleaned = super().clean()
        if self.refusal:
            self.add_error(None, self.refusal)
        return cleaned


class GuardedAdmin(admin.ModelAdmin):
    form = RefusableForm
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 200
    actions = None
    tells_changes = True  # a form that others may have open says what they saved since it was opened
    nothing_here: StrOrPromise = ""  # what a list that has no rows says: how it gets some, or that all is well

    # --- nothing is deleted in daily use; Django's own log is not written, the trail is -----------

    def has_delete_permission(self, request, obj=None):
        return False

    def log_addition(self, request, obj, message):
        """The trail has it."""

    def log_change(self, request, obj, message):
        """The trail has it."""

    def history_view(self, request, object_id, extra_context=None):
        from organization.history import history_page

        return history_page(self, request, object_id)

    # --- a list is filtered by what it shows ------------------------------------------------------

    def lookup_allowed(self, lookup, value, request=None):
        """Stock pages compare any column of the row in any way, and count rows of other tables.

        So a password's hash could be read out by its beginnings, and people be counted by those who may not see them.
        """
        if self._of_a_filter(lookup.removesuffix("__exact")) in self.get_list_filter(request):
            return True
        name, _sep, comparison = lookup.partition(LOOKUP_SEP)
        try:
            field = self.opts.get_field(name)
        except FieldDoesNotExist:  # a filter's own parameter, or nothing
            return super().lookup_allowed(lookup, value, request)
        return field.concrete and comparison in WHOLE and (comparison == "isnull" or not isinstance(field, OPAQUE))

    def _of_a_filter(self, path):
        """The field whose filter makes addresses with this path: one that refers to rows names their key as well."""
        name, _sep, target = path.partition(LOOKUP_SEP)
        try:
            field = self.opts.get_field(name)
        except FieldDoesNotExist:
            return path
        return name if field.is_relation and target == field.target_field.name else path

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Nothing is deleted here: what is not found is somewhere else, or never was."""
        said = _("There is no %(name)s “%(key)s” in your register. What was there before may have moved elsewhere.")
        messages.warning(request, said % {"name": opts.verbose_name, "key": object_id[:20]})
        return HttpResponseRedirect(reverse("admin:index"))

    # --- what the database refuses is said in the form --------------------------------------------

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST" and (led := draft_pages.saved_before(request, request.path)):
            return led
        if request.method == "POST" and self.tells_changes and object_id:
            row = self.get_object(request, unquote(object_id))
            request.refusal = meanwhile.changes(request, row) if row else None
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refused:
            if refused.record:
                refused.record()
            request.refusal = refused.sentence
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DatabaseError as error:
            request.refusal = sentence(error)
            if request.refusal is None or request.method != "POST":
                raise
            return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, *args, **kwargs):
        row = kwargs.get("obj")
        if self.tells_changes and row and self.has_change_permission(request, row):
            context["version"] = meanwhile.version(row)
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request, obj, post_url_continue=None):
        return self.settled(request, super().response_add(request, obj, post_url_continue))

    def response_change(self, request, obj):
        return self.settled(request, super().response_change(request, obj))

    @staticmethod
    def settled(request, response):
        """What was typed is saved; nothing of it is kept beside the row any more."""
        drafts.settle(request, response.headers.get("Location", ""))
        return response

    def changelist_view(self, request, extra_context=None):
        told = {"title": capfirst(self.opts.verbose_name_plural), "nothing_here": self.nothing_here}
        return super().changelist_view(request, told | (extra_context or {}))

    def response_action(self, request, queryset):
        try:
            with transaction.atomic():
                return super().response_action(request, queryset)
        except DatabaseError as error:
            said = sentence(error)
            if said is None:
                raise
            messages.error(request, said)
            return HttpResponseRedirect(request.get_full_path())
