"""Writing the demo district into an empty database: one transaction on the owner's connection, all or nothing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from functools import partial

from django.contrib.auth.hashers import make_password
from django.db import connections, models, transaction
from django.utils.translation import gettext_lazy as _

from organization.models import Account, Employer, Installation, Post, Team, Unit
from organization.office import OWNER, found
from organization.refusal import Refusal
from personnel.bulk import keys, uncollected
from personnel.demo.discipline import WRITTEN as OF_DISCIPLINE
from personnel.demo.discipline import load_discipline
from personnel.demo.district import District, district
from personnel.demo.entries import WRITTEN as OF_ENTRIES
from personnel.demo.entries import load_entries
from personnel.demo.kit import WRITTEN as OF_KIT
from personnel.demo.kit import load_kit
from personnel.demo.logins import Login, logins
from personnel.demo.mergers import WRITTEN as OF_MERGERS
from personnel.demo.mergers import load_mergers
from personnel.demo.neighbours import HOME, Ground
from personnel.demo.places import DISTRICT, DISTRICT_NAME, Place
from personnel.demo.size import Size
from personnel.demo.staging import Inserts, analyze
from personnel.models import (
    Appointment,
    Assignment,
    BankAccount,
    Card,
    Contract,
    EmergencyContact,
    HealthRecord,
    Member,
    Quota,
)

ORIGIN = "manage.py demo"
LOCK = 440199
WRITTEN = (
    Unit, Account, Team, Post, Employer, Member, Card, Assignment, Appointment,
    BankAccount, EmergencyContact, HealthRecord, Contract, Quota, *OF_MERGERS, *OF_KIT, *OF_DISCIPLINE,
    *OF_ENTRIES,
)  # fmt: skip


class DemoRefused(Refusal):
    """The database is no place for a demo. Codes: already_loaded, not_demo."""


@uncollected()
def load(day: date, seed: int, password: str, scale: float = 1.0) -> District:
    """Generate the district of that day and seed, and write it, its history and its accounts; return what was written.

    `scale` makes fewer people of the same units; the document's numbers hold at 1. Raises DemoRefused when the
    database belongs to an office already.
    """
    with writing() as cursor:
        refuse_if_founded()
        made = district(day, seed, Size().scaled(scale))
        _organization(cursor, made, password)
        _people(cursor, made)
        load_mergers(day, seed)
        load_kit(cursor, day, seed)
        load_discipline(cursor, day, seed)
        load_entries(cursor, day, seed)
        analyze(cursor, [model._meta.db_table for model in WRITTEN])
    return made


def refuse_if_founded() -> None:
    """Raise DemoRefused when the database has its office."""
    office = Installation.objects.using(OWNER).first()
    if office and office.is_demo:
        raise DemoRefused("already_loaded", _("The demo district is loaded already."))
    if office:
        message = _("This database belongs to %(office)s; the demo district needs an empty one.")
        raise DemoRefused("not_demo", message, office=office.name)


@contextmanager
def writing():
    """A transaction whose trail entries say where they come from; a second load waits for the first."""
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s), set_config('app.origin', %s, true)", [LOCK, ORIGIN])
        yield cursor


def _organization(cursor, made: District, password: str) -> None:
    found(DISTRICT, DISTRICT_NAME, [(unit.code, unit.name) for unit in made.units], is_demo=True)
    Unit.objects.using(OWNER).bulk_update(described(made.units, HOME), ["aliases", "population"])
    hashed = make_password(password)
    with Inserts(cursor) as new:
        new.insert(Account, [account_of(login, hashed) for login in logins()])


def described(units: list[Place], ground: Ground) -> list[Unit]:
    """The district and its units, the district first."""
    population = sum(unit.population or 0 for unit in units if unit.is_town)
    below = [
        Unit(code=unit.code, name=unit.name, aliases=list(unit.aliases), population=unit.population) for unit in units
    ]
    return [Unit(code=ground.code, name=ground.name, aliases=[ground.stem], population=population), *below]


def account_of(login: Login, hashed: str) -> Account:
    return Account(password=hashed, is_demo=True, **vars(login))


def _people(cursor, made: District) -> None:
    new = partial(keys, cursor)
    given = Keys(
        new(Member, len(made.people)), new(Employer, len(made.employers)),
        new(Team, len(made.teams)), new(Post, len(made.posts)),
    )  # fmt: skip
    with Inserts(cursor) as write:
        for model, rows in tables(made, given):
            write.insert(model, rows)


@dataclass(frozen=True)
class Keys:
    """The keys of a district's rows, by their places in its lists."""

    people: Sequence[int]
    employers: Sequence[int]
    teams: Sequence[int]
    posts: Sequence[int]


def tables(made: District, given: Keys) -> Iterator[tuple[type[models.Model], Iterator[models.Model]]]:
    """The rows of each table, members before their services, so that the triggers find whose cards to write."""
    people = given.people
    yield Employer, _keyed(Employer, given.employers, made.employers)
    yield Member, _members(made, people)
    yield Assignment, _services(made, people, given.employers)
    yield Team, _keyed(Team, given.teams, made.teams)
    yield Post, _posts(made, given.posts, given.teams)
    yield Appointment, _appointments(made, given.posts, people)
    yield BankAccount, _files(BankAccount, made, people, made.accounts)
    yield EmergencyContact, _files(EmergencyContact, made, people, made.contacts)
    yield HealthRecord, _files(HealthRecord, made, people, made.health)
    yield Contract, _contracts(made, people, given.employers)
    yield Quota, _quotas(made)


def _members(made: District, people: Sequence[int]):
    for key, keeper, person in zip(people, made.keepers, made.people, strict=True):
        yield Member(id=key, unit_id=keeper, **vars(person))


def _services(made: District, people: Sequence[int], employers: Sequence[int]):
    of_employer: Callable = lambda place: None if place is None else employers[place]  # noqa: E731
    for service in made.services:
        yield _row(Assignment, service, member_id=people[service.person], employer_id=of_employer(service.employer))


def _posts(made: District, posts: Sequence[int], teams: Sequence[int]):
    for key, post in zip(posts, made.posts, strict=True):
        yield _row(Post, post, id=key, team_id=teams[post.team], unit_id=made.teams[post.team].unit_id)


def _appointments(made: District, posts: Sequence[int], people: Sequence[int]):
    for held in made.appointments:
        unit = made.teams[made.posts[held.post].team].unit_id
        member = None if held.person is None else people[held.person]
        yield _row(Appointment, held, post_id=posts[held.post], unit_id=unit, member_id=member)


def _files(model, made: District, people: Sequence[int], records):
    for record in records:
        yield _row(model, record, member_id=people[record.person], unit_id=made.keepers[record.person])


def _contracts(made: District, people: Sequence[int], employers: Sequence[int]):
    for each in made.contracts:
        yield Contract(
            member_id=people[each.person], unit_id=made.keepers[each.person], employer_id=employers[each.employer],
            kind=each.kind, starts_on=each.starts_on, ends_on=each.ends_on, signed_on=each.signed_on,
            recruiter_id=each.recruiter_id, using_unit_id=each.using_unit_id,
        )  # fmt: skip


def _quotas(made: District):
    """Of auxiliary police a few more than serve on the day: 1,800 for the document's 1,732."""
    district, step = made.units[0].code // 10**6 * 10**6, 100
    running = [s for s in made.services if s.force == "auxiliary" and s.started_on <= made.day]
    serving = sum(service.ended_on is None or service.ended_on > made.day for service in running)
    for year in (made.day.year - 1, made.day.year):
        yield Quota(
            unit_id=district, force="auxiliary", year=year, number=-(-(serving + 1) // step) * step,
            document=f"关于核定{year}年警务辅助人员用人额度的批复", approved_by="区人民政府",
        )  # fmt: skip


def _keyed(model, keys_of: Sequence[int], records):
    for key, record in zip(keys_of, records, strict=True):
        yield _row(model, record, id=key)


def _row(model, record, **given):
    """An instance from a record's fields; places in lists are replaced by what is given."""
    places = {"person", "employer", "team", "guards"} | ({"post"} if model is Appointment else set())
    return model(**{f.name: getattr(record, f.name) for f in fields(record) if f.name not in places}, **given)
