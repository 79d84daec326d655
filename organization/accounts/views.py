"""Pages beside the admin's: how long the session still lasts, the way back into it, and the second factor."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from organization.accounts import qr, second_factor
from organization.accounts.forms import CodeForm
from organization.accounts.middleware import next_step


def page(request, template, **context):
    """A page in the admin's frame, without the navigation that the account may not use yet."""
    frame = {**admin.site.each_context(request), "is_nav_sidebar_enabled": False}
    return render(request, template, {**frame, **context})


def back(request) -> str:
    """Where `next` says to go on, if that is a page of this site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_ours else reverse("admin:index")


@never_cache
@require_http_methods(["GET", "POST"])
def session(request):
    """{"left": seconds, "who": account or null, "cookie": of the CSRF token}; asking does not extend, posting does.

    Nothing is left, either, while a new password or the second factor is still to come: a form sent now would be lost.
    """
    who = request.user.pk if request.user.is_authenticated else None
    if request.method == "POST" and who:
        request.session.touch()
    left = request.session.seconds_left if who and not next_step(request.user) else 0
    return JsonResponse({"left": left, "who": who, "cookie": settings.CSRF_COOKIE_NAME})


@never_cache
@login_required
def session_back(request):
    """Where the login in a second window ends: back to the page that is still open in the first."""
    return page(request, "accounts/session_back.html", title=_("You are logged in again"))


@never_cache
@sensitive_post_parameters()
@login_required
def verify(request):
    """Asks for a code; whoever has set up no app yet is led to do so."""
    if request.user.is_verified() or not request.user.needs_second_factor:
        return HttpResponseRedirect(back(request))
    if not second_factor.is_set_up(request.user):
        return redirect("second_factor_setup")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = second_factor.verify(request.user, form.cleaned_data["code"])
        if answer.device:
            second_factor.pass_session(request, answer.device)
            return HttpResponseRedirect(back(request))
        form.refuse(answer)
    return page(request, "accounts/second_factor.html", title=_("Second factor"), form=form, next=back(request))


@never_cache
@sensitive_post_parameters()
@login_required
def set_up(request):
    """Shows the secret of a new app and asks for its first code; then the recovery codes, once."""
    account = request.user
    if not account.needs_second_factor:
        return redirect("admin:index")
    if second_factor.is_set_up(account) and not account.is_verified():
        return redirect("second_factor")
    if request.method == "POST" and "begin" in request.POST:
        second_factor.begin(account)
        return redirect("second_factor_setup")
    device = second_factor.pending(account)
    form = CodeForm(request.POST or None) if device else None
    if request.method == "POST" and form and form.is_valid():
        answer, codes = second_factor.confirm(account, form.cleaned_data["code"])
        if answer.device:
            second_factor.pass_session(request, answer.device)
            return page(request, "accounts/recovery_codes.html", title=_("Recovery codes"), codes=codes)
        form.refuse(answer)
    context = {"form": form, "secret": qr.spelled(device), "qr": qr.drawing(device)} if device else {}
    title = _("Set up the second factor")
    return page(request, "accounts/second_factor_setup.html", title=title, is_set_up=account.is_verified(), **context)
