"""What stands between a logged-in account and the pages: a new password, a second factor. Moves the session's end."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from organization.accounts import kept_forms
from organization.scope import current


class SessionRulesMiddleware:
    """Stands inside the account's scope. Refuses a demonstration database under production settings."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.is_refused = None if settings.PRODUCTION else False
        self.session_path = reverse("session")
        always = {self.session_path, reverse("set_language"), reverse("admin:jsi18n")}
        self.open_while = {
            "admin:password_change": always | {reverse("admin:password_change")},
            "second_factor": always | {reverse("second_factor"), reverse("second_factor_setup")},
        }

    def __call__(self, request):
        if self.is_refused is None and current().role != "none":  # the health page has no scope and asks nothing
            self.is_refused = is_demo()
        if self.is_refused:
            return HttpResponse(
                _("This database is a demonstration. Production settings refuse to serve it."), status=503
            )
        account = getattr(request, "account", None)
        if account is None:
            response = self.get_response(request)
            if kept_forms.is_lost(request, response):
                return kept_forms.login_page(request)
            return kept_forms.back_to_its_page(request, response)
        if request.path != self.session_path:
            request.session.touch()
        step = next_step(account)
        if step and request.path not in self.open_while[step]:
            return redirect(
                f"{reverse(step)}?{urlencode({'next': request.get_full_path()})}" if wants_page(request) else step
            )
        return self.get_response(request)


def next_step(account) -> str | None:
    """The name of the page that the account must pass before any other, or None. `account` is a request's."""
    if account.must_change_password:
        return "admin:password_change"
    if account.needs_second_factor and not account.is_verified():
        return "second_factor"
    return None


def wants_page(request) -> bool:
    """A page that can be gone back to; a form that was sent is not sent again."""
    return request.method == "GET" and request.path != reverse("admin:index")


def is_demo() -> bool:
    """Is the database marked as a demonstration? Asked under whatever scope: the office's name and mark are public."""
    from organization.models import Installation

    return Installation.objects.filter(is_demo=True).exists()
