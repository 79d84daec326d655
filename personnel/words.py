"""The words for the conditions of a list: where filters offer them, and where the record of an export tells them."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from organization.refusal import StrOrPromise
from personnel.exports.layouts import LAYOUTS
from personnel.models import Assignment, Force
from personnel.models.member import Sex
from personnel.people import AGE_BANDS, EDUCATION_BANDS, FORMER_BANDS, PROFESSIONAL, STATUSES
from personnel.realname.levels import CONDITIONS as LEVELS

CONDITIONS: dict[str, Mapping[str, StrOrPromise]] = {
    "status": STATUSES,
    "force": {PROFESSIONAL: _("the four professional forces"), **dict(Force.choices)},
    "category": dict(Assignment.Category.choices),
    "sponsor": dict(Assignment.Sponsor.choices),
    "sex": dict(Sex.choices),
    "age": AGE_BANDS,
    "education": EDUCATION_BANDS,
    "former": FORMER_BANDS,
    "level": LEVELS,
}


def of_selections() -> dict[str, Mapping[str, StrOrPromise]]:
    """The conditions, and the forms in which a list is exported."""
    return CONDITIONS | {"layout": {layout.key: layout.label for layout in LAYOUTS.values()}}
