"""What else is known of a person, on the page of the file: each section for whoever may see it."""

from typing import Any

from django.utils import timezone

from organization.models import Account
from personnel.admin import check_pages
from personnel.assessment import results
from personnel.contracts.of_member import of_member
from personnel.discipline import standings
from personnel.discipline import terms as discipline
from personnel.kit.of_member import kit_of_member
from personnel.kit.terms import VIEW as VIEW_KIT
from personnel.models import Member
from personnel.realname import pages as realname


def of(member: Member, account: Account, *, may_correct: bool) -> dict[str, Any]:
    """What the template shows of it; `may_correct` says whether the account writes the file."""
    found: dict[str, Any] = {
        "realname": realname.steps(member, account),
        "vetting": check_pages.of_member(member, account),
    }
    if account.has_perm("personnel.view_assessment"):
        found["assessed"] = results.of_member(member)
    if account.has_perm("personnel.view_contract"):
        found["contracts"] = of_member(member)
        found["may_add_contract"] = may_correct and account.has_perm("personnel.add_contract")
    if account.has_perm(VIEW_KIT):
        found["kit"] = kit_of_member(member, account, timezone.localdate())
    if account.has_perm(discipline.VIEW):
        found["discipline"] = standings.of_member(member)
        found["may_record_case"] = member.erased_on is None and account.has_perm(discipline.RECORD)
    return found
