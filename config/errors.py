"""Error pages: what happened, what to do next, and the request id. They ask the database nothing."""

from django.shortcuts import render

from organization.scope.middleware import nothing_saved


def _page(request, status, template=None):
    context = {"request_id": getattr(request, "id", ""), "nothing_saved": nothing_saved(request)}
    return render(request, template or f"{status}.html", context, status=status)


def bad_request(request, exception=None):
    return _page(request, 400)


def forbidden(request, exception=None):
    return _page(request, 403)


def not_found(request, exception=None):
    return _page(request, 404)


def only_a_button(request):
    return _page(request, 405)


def failed(request):
    return _page(request, 500)


def csrf_failure(request, reason=""):
    return _page(request, 403, "403_csrf.html")
