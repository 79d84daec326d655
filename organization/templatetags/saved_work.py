"""{% saved_work %} inside a form: what is typed there is kept for its account until it is saved."""

import uuid

from django import template
from django.conf import settings

from organization import drafts

register = template.Library()


@register.inclusion_tag("drafts/form.html", takes_context=True)
def saved_work(context):
    """The key of the page, that of the page before where a form comes back with errors, and what the script needs."""
    request = context["request"]
    key = None if context.get("is_new_page") else drafts.key_of(request)
    return {
        "key": key or uuid.uuid4(),
        "is_unsaved": request.method == "POST",
        "who": request.user.pk,
        "page": request.get_full_path(),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "is_kept": request.user.is_authenticated and not context.get("is_popup"),
    }
