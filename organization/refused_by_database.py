"""What the database refused, in a sentence for the person who asked for it."""

from functools import cache

from django.apps import apps
from django.db import Error
from django.utils.translation import gettext_lazy as _

from organization.refusal import StrOrPromise

OUTSIDE = _("This lies outside your unit, or is not yours to change.")
MISSING = _(
    "Something that this refers to is not there, or is not open to your unit; or something else still refers to it."
)
AGAIN = _("Somebody else was writing the same rows at this moment. Nothing was saved; please save again.")
UNIQUE = _("An entry like this exists already.")
FORBIDDEN = _("These values contradict each other or a rule.")

_SENTENCES = {
    "42501": OUTSIDE,
    "23503": MISSING,
    "23001": MISSING,
    "23502": MISSING,
    "23505": UNIQUE,
    "23514": FORBIDDEN,
    "23P01": FORBIDDEN,
    "23000": FORBIDDEN,
    "40001": AGAIN,
    "40P01": AGAIN,
    "55P03": AGAIN,
}


@cache
def _sentences_of_constraints():
    return {
        constraint.name: constraint.violation_error_message
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message != constraint.default_violation_error_message
    }


def sentence(error: Error) -> StrOrPromise | None:
    """A translatable sentence, or None where the error is no refusal but a fault (which must not be hidden)."""
    cause = error.__cause__
    code = getattr(cause, "pgcode", None)
    if code not in _SENTENCES:
        return None
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return _sentences_of_constraints().get(constraint, _SENTENCES[code])
