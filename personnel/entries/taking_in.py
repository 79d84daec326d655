"""The file and the service of somebody who was approved, written by the forms in which clerks enter people."""

from datetime import date
from typing import cast

from django.forms import BaseForm, modelform_factory
from django.utils.translation import gettext_lazy as _

from organization.refusal import Refusal
from personnel.corrections import numbers
from personnel.entries.proposing import former_member
from personnel.forms import AssignmentForm, NewMemberForm
from personnel.models import Assignment, Entry, Member

REFUSED = _("Nobody was taken in. %(said)s")


class TakingInRefused(Refusal):
    """The file or the service could not be written; the sentence is that of the form. Codes: form, corrected."""


class NewFile(NewMemberForm):
    """Doubles and namesakes were asked about when the person was proposed; of a number registered since, the database
    has the last word."""

    def _look_for_doubles(self, cleaned):
        pass


class FirstService(AssignmentForm):
    """A service that was approved ahead begins on the day that was planned."""

    may_begin_later = True


FILE = ["document", "id_number", "name", "sex", "birth_date", "unit", "phone", "education"]
SERVICE = ["unit", "force", "sponsor", "post", "started_on", "beginning", "share"]
FileForm = modelform_factory(Member, form=NewFile, fields=FILE)
ServiceForm = cast("type[FirstService]", modelform_factory(Assignment, form=FirstService, fields=SERVICE))


def take_in(entry: Entry, first_day: date, today: date) -> Member:
    """Open the person's file, or open it again, and begin the service. Raises TakingInRefused, ProposingRefused.

    In the caller's transaction, in which the entry is locked; what the database refuses is raised as it comes.
    """
    number = cast("str", entry.id_number)
    member = former_member(number, entry.name, entry.unit_id, entry.force, today)
    if member is None and (before := numbers.namesake_before(number, entry.name)):  # corrected since the proposal
        raise TakingInRefused("corrected", REFUSED, said=numbers.notice(before))
    if member:
        # As rosters and moves lock files: nobody else ends or begins a service of it meanwhile.
        member = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    person = member or _file(entry)
    beginning = Assignment.Beginning.RETURNED if member else Assignment.Beginning.RECRUITED
    form = ServiceForm(
        {
            "unit": entry.unit_id, "force": entry.force, "sponsor": entry.sponsor, "post": entry.post,
            "started_on": first_day, "beginning": beginning, "share": Assignment.FULL_TIME,
        },
        person=person, instance=Assignment(member=person),
    )  # fmt: skip
    _refuse_wrong(form)
    form.save()
    return person


def _file(entry: Entry) -> Member:
    given = {name: getattr(entry, name) for name in FILE if name != "unit"}
    form = FileForm(given | {"unit": entry.unit_id})
    _refuse_wrong(form)
    return form.save()


def _refuse_wrong(form: BaseForm) -> None:
    if not form.is_valid():
        said = "；".join(str(error) for errors in form.errors.values() for error in errors)
        raise TakingInRefused("form", REFUSED, said=said)
