"""What of the people moves when a unit closes: files go along, services go on at the successor from the closing day.

Past services keep the unit where they happened. A service that runs is ended on the closing day as transferred out and
goes on from that day at the successor, with everything else as it was: force, post, share, employer, contract, end.
"""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.refusal import fill
from organization.reorganisation import Closing, Mover, register
from personnel.models import Appointment, Assignment, Entry, Member, TransferRequest


def _here(closing: Closing):
    """Services in the closing unit, and those elsewhere whose people work in it."""
    return Assignment.objects.filter(Q(unit=closing.unit) | Q(using_unit=closing.unit))


def running(closing: Closing):
    """Services in the unit that run across the day."""
    return _here(closing).filter(Q(ended_on=None) | Q(ended_on__gt=closing.day), started_on__lt=closing.day)


def go_on(closing: Closing, services=None) -> int:
    """End running services and begin them anew at the successor: three statements, however many people; how many.

    All that run in the unit, or those given of them.
    """
    chosen = running(closing) if services is None else services
    services = list(chosen.select_for_update(of=("self",)).order_by("unit_id", "id"))
    ended = Assignment.objects.filter(pk__in=[service.pk for service in services])
    ended.update(ended_on=closing.day, ending=Assignment.Ending.TRANSFERRED, ending_note=str(closing.successor)[:120])
    Assignment.objects.bulk_create([_continued(service, closing) for service in services], batch_size=5000)
    return len(services)


def _continued(service, closing):
    service.pk = None
    service._state.adding = True
    service.started_on, service.beginning = closing.day, Assignment.Beginning.TRANSFERRED
    if service.unit_id == closing.unit.pk:
        service.unit_id = closing.successor.pk
    if service.using_unit_id == closing.unit.pk:
        service.using_unit_id = closing.successor.pk
    return service


def _younger(closing):
    later = _here(closing).filter(Q(ended_on=None) | Q(ended_on__gt=closing.day), started_on__gte=closing.day)
    if count := later.count():
        message = _("%(count)d services there begin on or after that day; choose a later day, or end them first.")
        yield "services_younger", fill(message, {"count": count})


def _appointments(closing):
    return Appointment.objects.filter(Q(ended_on=None) | Q(ended_on__gt=closing.day), unit=closing.unit)


def _younger_appointments(closing):
    if _appointments(closing).filter(started_on__gte=closing.day).exists():
        yield "appointments_younger", _("Somebody was appointed there on or after that day; choose a later day.")


def _end_appointments(closing):
    """They end with their posts; where the team goes on, so do they, at the posts that take the place of theirs."""
    ended = list(_appointments(closing).select_for_update(of=("self",)).order_by("id"))
    Appointment.objects.filter(pk__in=[one.pk for one in ended]).update(ended_on=closing.day)
    Appointment.objects.bulk_create(
        Appointment(
            post_id=closing.heirs_of_posts[one.post_id], unit=closing.successor, member_id=one.member_id,
            official=one.official, office=one.office, started_on=closing.day, ended_on=one.ended_on,
        )
        for one in ended
        if one.post_id in closing.heirs_of_posts
    )  # fmt: skip


def _files(closing):
    return Member.objects.filter(unit=closing.unit)


def _requests(closing):
    return TransferRequest.objects.open().filter(unit=closing.unit)


def _proposed(closing):
    return Entry.objects.open().filter(unit=closing.unit)


def _proposed_twice(closing):
    there = Entry.objects.open().filter(unit=closing.successor, id_digest=OuterRef("id_digest"))
    if names := list(_proposed(closing).filter(Exists(there)).values_list("name", flat=True)):
        message = _("Both units propose %(names)s; one of the two proposals has to be withdrawn or declined first.")
        yield "proposed_twice", fill(message, {"names": "、".join(names)})


FILES = Mover(
    _("files of people"),
    lambda closing: _files(closing).count(),
    lambda closing: _files(closing).update(unit=closing.successor),
    slug="files",
)
SERVICES = Mover(_("running services"), lambda closing: running(closing).count(), go_on, _younger, slug="services")
APPOINTMENTS = Mover(
    _("appointments, which end"),
    lambda closing: _appointments(closing).count(),
    _end_appointments,
    _younger_appointments,
    label_going_on=_("appointments, which go on"),
    slug="appointments",
)
REQUESTS = Mover(
    _("transfer requests, which lapse"),
    lambda closing: _requests(closing).count(),
    lambda closing: _requests(closing).update(answer=TransferRequest.Answer.LAPSED, answered_on=timezone.localdate()),
)
PROPOSED = Mover(
    _("entries that wait for a decision"),
    lambda closing: _proposed(closing).count(),
    lambda closing: _proposed(closing).update(unit=closing.successor),
    _proposed_twice,
)


def register_movers():
    for mover in (FILES, SERVICES, APPOINTMENTS, REQUESTS, PROPOSED):
        register(mover)
