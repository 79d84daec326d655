"""The forms at the door: logging in, a new password, a code."""

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from organization import events
from organization.accounts import throttle


class LoginForm(AdminAuthenticationForm):
    """One answer to a wrong password, an unknown, inactive or locked account."""

    error_messages = {
        "invalid_login": _(
            "User name or password are wrong, or the account is locked after too many failures. "
            "A lock ends after 15 minutes."
        ),
        "issued_ended": _(
            "This password was handed over and has been used, or is older than 72 hours. "
            "Ask whoever gave it to you for a new one."
        ),
    }

    def clean(self):
        if username := self.cleaned_data.get("username"):
            throttle.begin_attempt(self.request, username)
        return super().clean()

    def confirm_login_allowed(self, user):
        super().confirm_login_allowed(user)
        if user.must_change_password and not user.use_issued_password():
            events.record("login_failed", username=user.username, reason="issued password used or too old")
            raise ValidationError(self.error_messages["issued_ended"], code="issued_ended")


class PasswordForm(AdminPasswordChangeForm):
    """The old password and twice the new one, which must be another."""

    def clean(self):
        cleaned = super().clean()
        new = cleaned.get("new_password1")
        if new and self.user.check_password(new):
            self.add_error("new_password1", _("This is the old password. Please choose another."))
        return cleaned

    def save(self, commit=True):
        self.user.change_password(self.cleaned_data["new_password1"])
        return self.user


class CodeForm(forms.Form):
    """Six digits of the app, or a recovery code."""

    code = forms.CharField(
        label=_("One-time code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none", "size": 14}
        ),
    )

    def refuse(self, answer):
        """Say that the code was not accepted, and how long to wait."""
        if answer.wait:
            text = _("Too many wrong codes. Please wait %(wait)d seconds and use the code that the app shows then.")
            self.add_error("code", ValidationError(text, params={"wait": answer.wait}))
        else:
            self.add_error("code", _("This code is not right, or was used already. Please wait for the next one."))
