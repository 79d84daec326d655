"""{% saved_work %} inside a form: what is typed there is kept for its account until it is saved."""

import uuid

from django import template
from django.conf import settings

from organization import drafts

register = template.Library()


@register.inclusion_tag("drafts/form.html", takes_context=True)
def saved_work(context, page=""):
    """The key of the page, that of the page before where a form comes back with errors, and what the script needs.

    `page` is where the form is asked for again, unless that is the address of this page.
    """
    request = context["request"]
    key = None if context.get("is_new_page") else drafts.key_of(request)
    return {
        "key": key or uuid.uuid4(),
        "is_unsaved": drafts.KEY in request.POST,
        "who": request.user.pk,
        "page": page or request.get_full_path(),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "is_kept": request.user.is_authenticated and not context.get("is_popup"),
    }


@register.inclusion_tag("drafts/key.html", takes_context=True)
def page_key(context):
    """{% page_key %} where nothing is typed: which page it is, for a second press; in a preview the page previewed.

    What was typed there is kept by drafts.keep_sent.
    """
    return {"key": drafts.key_of(context["request"]) or uuid.uuid4()}
