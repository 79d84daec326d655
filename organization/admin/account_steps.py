"""What administrators and towns do to an account beside its form: each a page that asks, and a POST that does it."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organization import events
from organization.accounts import second_factor, throttle
from organization.accounts.sessions import end_sessions_of
from organization.models import Account


class PlainForm(forms.Form):
    """Nothing to fill in: the question is answered by the button."""

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, **kwargs)


class RoleForm(forms.ModelForm):
    class Meta:
        model = Account
        fields = ["role"]


class HandOverForm(forms.ModelForm):
    class Meta:
        model = Account
        fields = ["name"]
        help_texts = {"name": _("The person who uses the account from now on.")}

    def clean_name(self):
        name = self.cleaned_data["name"]
        if name == Account.objects.get(pk=self.instance.pk).name:
            raise forms.ValidationError(_("This is the person who has the account now. Please enter the new name."))
        return name


def assign_role(account, form):
    account.save(update_fields=["role"])


def issue_password(account, form):
    events.record("password", reason="issued", account=account.username)
    throttle.unlock(account)
    return account.issue_password()


def hand_over(account, form):
    events.record("password", reason="handed over", account=account.username)
    end_sessions_of(account)
    throttle.unlock(account)
    return account.hand_over(form.cleaned_data["name"])


def unlock(account, form):
    throttle.unlock(account)
    events.record("locked", reason="unlocked", account=account.username)


def end_sessions(account, form):
    account.end_sessions()
    ended = end_sessions_of(account)
    events.record("sessions_ended", account=account.username, sessions=ended)


def reset_second_factor(account, form):
    second_factor.reset(account)
    end_sessions(account, form)


@dataclass(frozen=True)
class Step:
    """One thing to do. `act(account, form)` does it and returns the password that it issued, if it issued one."""

    rights: tuple[str, ...]
    label: str | Promise
    question: str | Promise
    done: str | Promise
    act: Callable
    form: type = PlainForm

    def is_open_to(self, user, account) -> bool:
        """Nobody does it to themselves; the range is the database's matter."""
        return user.pk != account.pk and any(user.has_perm(f"organization.{right}_account") for right in self.rights)


STEPS = {
    "role": Step(
        ("secure",),
        _("Assign a role"),
        _("The role says what the account may do in its unit. A change ends its sessions."),
        _("The role was assigned."),
        assign_role,
        RoleForm,
    ),
    "handover": Step(
        ("handover",),
        _("Hand over to another person"),
        _("The account gets a new holder and a new password; whoever had it is logged out. The trail has both names."),
        _("The account was handed over."),
        hand_over,
        HandOverForm,
    ),
    "password": Step(
        ("secure", "handover"),
        _("Issue a password"),
        _("The old password, a lock and all sessions end. The new password is shown once and is changed at login."),
        _("A password was issued."),
        issue_password,
    ),
    "unlock": Step(
        ("secure",),
        _("Unlock"),
        _("The failed logins of this account are forgotten, so that it may be tried again at once."),
        _("The account was unlocked."),
        unlock,
    ),
    "sessions": Step(
        ("secure",),
        _("End all sessions"),
        _("Every browser that is logged in with this account goes to the login page."),
        _("All sessions of the account have ended."),
        end_sessions,
    ),
    "second-factor": Step(
        ("secure",),
        _("Reset the second factor"),
        _("App, recovery codes and sessions of this account end. Its holder sets the app up anew at the next login."),
        _("The second factor was reset."),
        reset_second_factor,
    ),
}
