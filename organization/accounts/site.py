"""The admin site's door: its login, logout and password pages."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from organization import events
from organization.scope import current, entered


def acting(account):
    """Context manager: what happens at the door is that account's doing, though the gate writes it."""
    return entered(replace(current(), actor=account.pk, username=account.username))


class Login(LoginView):
    """Runs at the gate, also when somebody is logged in already; a new login is a new session."""

    template_name = "admin/login.html"

    def get(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def form_valid(self, form):
        from organization.accounts import kept_forms

        account = form.get_user()
        before = account.last_login
        self.request.session.flush()  # nothing of whoever sat here before, and a new session id
        response = super().form_valid(form)
        self.request.session["previous_login"] = before.isoformat() if before else ""
        with acting(account):
            events.record("login")
        kept_forms.take_back(self.request, account)
        return response


class Logout(LogoutView):
    next_page = "admin:login"

    def post(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            with acting(request.user):
                events.record("logout")
        return super().post(request, *args, **kwargs)


class PasswordChange(PasswordChangeView):
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("admin:index")

    def form_valid(self, form):
        account = form.save()
        update_session_auth_hash(self.request, account)
        events.record("password", reason="changed by its owner")
        messages.success(self.request, _("Your password has been changed. All other sessions of yours have ended."))
        return super(PasswordChangeView, self).form_valid(form)


class DoorMixin:
    """For an AdminSite: accounts come in and go out by the rules of this package."""

    @method_decorator(never_cache)
    def login(self, request, extra_context=None):
        from organization.accounts.forms import LoginForm

        context = {
            **self.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
        }
        context |= {"username": request.user.get_username(), **(extra_context or {})}
        if REDIRECT_FIELD_NAME not in request.GET and REDIRECT_FIELD_NAME not in request.POST:
            context[REDIRECT_FIELD_NAME] = reverse("admin:index", current_app=self.name)
        request.current_app = self.name
        return Login.as_view(authentication_form=LoginForm, extra_context=context)(request)

    def logout(self, request, extra_context=None):
        return Logout.as_view()(request)

    def password_change(self, request, extra_context=None):
        from organization.accounts.forms import PasswordForm

        context = {
            **self.each_context(request),
            "is_forced": request.user.must_change_password,
            **(extra_context or {}),
        }
        request.current_app = self.name
        return PasswordChange.as_view(form_class=PasswordForm, extra_context=context)(request)
