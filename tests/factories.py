"""People and services that fill in what a test's sentence does not mention. Fictional, with valid check digits."""

from datetime import date

import factory

from organization.models import Account, Employer, Unit
from personnel import identity
from personnel.models import Assignment, Member


def id_number(sequence, birth=date(1980, 3, 15), *, female=False):
    """A valid number of the fictional district; even sequence digits are women's."""
    serial = (sequence * 2) % 1000 + (0 if female else 1)
    first17 = f"440199{birth:%Y%m%d}{serial % 1000:03d}"
    return first17 + identity.check_digit(first17)


class AccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Account
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"account{n}")
    name = "陈试用"
    role = "clerk"
    password = "pbkdf2_sha256$1$test$unusable"


class EmployerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Employer

    name = factory.Sequence(lambda n: f"安达保安公司{n}")
    nature = "security_company"


class MemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Member

    class Params:
        born = date(1980, 3, 15)

    unit = factory.LazyFunction(lambda: Unit.objects.get(code=440199_001_001))
    name = factory.Sequence(lambda n: f"李{chr(0x4E00 + n % 2000)}")
    # The sequence of a number has room for 500 of one sex and day. All are born in the sixties, however many there
    # were: a test that counts on their age must not hang on the tests before it.
    birth_date = factory.LazyAttributeSequence(
        lambda o, n: date(1960 + n // 400 % 10, 1 + n // 4_000 % 12, 1 + (14 + n // 48_000) % 28)
    )
    sex = "male"
    id_number = factory.LazyAttributeSequence(lambda o, n: id_number(n % 400, o.birth_date, female=o.sex == "female"))
    education = "71"


class AssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Assignment

    member = factory.SubFactory(MemberFactory)
    unit = factory.SelfAttribute("member.unit")
    force = "joint_defence"
    sponsor = factory.LazyAttribute(lambda o: "village" if o.force == "joint_defence" else "")
    share = factory.LazyAttribute(lambda o: 0 if o.force == "volunteer" else 100)
    started_on = date(2012, 1, 1)


def serve(member, *, since="2012-01-01", until=None, **fields):
    """A service of a member, at its own unit unless said otherwise."""
    if until:
        fields.setdefault("ending", "resigned")
    return AssignmentFactory(
        member=member, started_on=date.fromisoformat(since), ended_on=until and date.fromisoformat(until), **fields
    )
