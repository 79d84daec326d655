"""Accounts: one administrator keeps them, another arms them; towns hand over those of their villages."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from organization.accounts import sessions, throttle
from organization.admin.account_steps import STEPS
from organization.admin.place_filter import PlaceFilter
from organization.guarded_admin import GuardedAdmin
from organization.models import Account
from organization.refused_by_database import sentence


class AccountList(ChangeList):
    """The stock list; locks and sessions are asked for the page at once."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        locked, logged_in = throttle.locked_among(self.result_list), sessions.open_of(self.result_list)
        for account in self.result_list:
            account.is_locked, account.logged_in = account.pk in locked, logged_in.get(account.pk, 0)


@admin.register(Account)
class AccountAdmin(GuardedAdmin):
    change_form_template = "accounts/account_form.html"
    list_display = ["username", "name", "unit", "role", "is_active", "last_login", "lock", "logged_in"]
    list_select_related = ["unit"]
    list_filter = [PlaceFilter, "role", "is_active"]
    search_fields = ["username", "name"]
    ordering = ["unit_id", "username"]
    autocomplete_fields = ["unit"]
    NEW = ["unit", "username", "name"]
    STANDING = ["last_login", "password_standing", "lock_standing", "session_standing"]
    KNOWN = ["unit", "username", "name", "role", "is_active", *STANDING]
    SELF_KEPT = ["unit", "is_active"]

    def get_queryset(self, request):
        accounts = super().get_queryset(request)
        if request.user.has_perm("organization.handover_account"):
            return accounts.of_villages_below(request.user.unit_id)
        return accounts

    def get_changelist(self, request, **kwargs):
        return AccountList

    def get_fields(self, request, obj=None):
        return self.KNOWN if obj else self.NEW

    def get_readonly_fields(self, request, obj=None):
        given = ["username", "role", *self.STANDING] if obj else []
        return [*given, *self.SELF_KEPT] if obj and obj.pk == request.user.pk else given

    @admin.display(description=_("password"))
    def password_standing(self, account):
        if not account.has_usable_password():
            return _("none yet: the security administrator issues one")
        if account.issued_at is None:
            return _("chosen by its owner")
        return _("issued, used, not changed yet") if account.issued_used_at else _("issued, not used yet")

    @admin.display(description=_("login lock"))
    def lock_standing(self, account):
        return _("locked after failed logins") if throttle.locked_among([account]) else _("not locked")

    @admin.display(description=_("login lock"))
    def lock(self, account):
        return _("locked") if account.is_locked else ""

    @admin.display(description=_("open sessions"))
    def session_standing(self, account):
        return sessions.open_of([account]).get(account.pk, 0)

    @admin.display(description=_("open sessions"))
    def logged_in(self, account):
        return account.logged_in or ""

    def save_model(self, request, obj, form, change):
        """Writes only what was changed: logins write other columns of the same row."""
        if not change:
            obj.set_unusable_password()
            obj.save(force_insert=True)
            return
        changed = set(form.changed_data)
        if "unit" in changed:
            had_role = obj.role
            obj.move_to(obj.unit)
            if had_role:
                messages.warning(
                    request, _("The role ended with the unit; the security administrator assigns a new one.")
                )
        if rest := changed - {"unit"}:
            obj.save(update_fields=rest)

    # --- the steps beside the form -------------------------------------------------------------------------------

    def get_urls(self):
        view = self.admin_site.admin_view(self.step_view)
        name = "organization_account_step"
        return [*(path(f"<int:pk>/{slug}/", view, {"slug": slug}, name=name) for slug in STEPS), *super().get_urls()]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj:
            context["steps"] = [
                (slug, step.label) for slug, step in STEPS.items() if step.is_open_to(request.user, obj)
            ]
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def step_view(self, request, pk, slug):
        """GET asks, POST does it; an issued password is shown in the answer and nowhere else."""
        account, step = self.get_object(request, str(pk)), STEPS[slug]
        if account is None:
            raise Http404
        if not step.is_open_to(request.user, account):
            raise PermissionDenied
        form = step.form(request.POST if request.method == "POST" else None, instance=account)
        context = {"title": step.label, "opts": self.opts, "account": account, "step": step, "form": form}
        context |= self.admin_site.each_context(request)
        if request.method != "POST" or not form.is_valid():
            return TemplateResponse(request, "accounts/step.html", context)
        try:
            with transaction.atomic():
                password = step.act(account, form)
        except DatabaseError as error:
            if (said := sentence(error)) is None:
                raise
            form.add_error(None, said)
            return TemplateResponse(request, "accounts/step.html", context)
        if password:
            return TemplateResponse(request, "accounts/issued.html", context | {"password": password})
        messages.success(request, str(step.done))
        return HttpResponseRedirect(reverse("admin:organization_account_change", args=[account.pk]))
