"""Contracts of members with their employers, and what is to be done about them on a day."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Case, Count, Exists, ExpressionWrapper, F, Func, IntegerField, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from organization.models import Employer, Unit
from personnel.models.assignment import LAST_DAY, Assignment, corner, member_day
from personnel.models.file import FileModel
from personnel.models.following import follows_member_itself
from personnel.models.member import Member
from personnel.spans import months_before

# Two contracts of a member with one employer may not run on one day: boxes as wide as their days, as of services, at
# the height of the employer. Half a day short of the end, since boxes that touch overlap.
BOX_IN_FORCE = Func(
    corner(member_day("starts_on", "(%(expressions)s - DATE '0001-01-01')"), F("employer")),
    corner(
        member_day(
            Coalesce("ended_on", "ends_on"), f"COALESCE(%(expressions)s - DATE '0001-01-01', {LAST_DAY}) - 0.5::float8"
        ),
        F("employer"),
    ),
    function="box",
    output_field=models.Field(),
)
OVER = Coalesce("ended_on", "ends_on", output_field=models.DateField())  # the first day no longer in force, or NULL
SIGNING_MONTHS = 1  # Labour Contract Law, art. 10 and 82: in writing within a month from the first day of work
TERMS_BEFORE_OPEN_END = 2  # art. 14: after two fixed terms in a row an open-ended contract may be claimed
DISPATCH_YEARS = 2  # art. 58: a dispatch contract runs for two years at least
MISTAKE = "mistake"


class ContractQuerySet(models.QuerySet):
    """Verbs take the day; only what was entered by mistake is passed over by all of them."""

    def meant(self):
        return self.exclude(ending=MISTAKE)

    def running(self, day: date):
        """Signed or not, begun and not over on that day."""
        return self.unfinished(day).filter(starts_on__lte=day)

    def in_force(self, day: date):
        """Written contracts that run on that day, signed by then."""
        return self.running(day).filter(signed_on__lte=day)

    def unsigned(self, day: date):
        """Running, and not signed a month after the beginning."""
        return self.running(day).filter(
            Q(signed_on=None) | Q(signed_on__gt=day), starts_on__lte=months_before(day, SIGNING_MONTHS)
        )

    def unfinished(self, day: date):
        """Running or to begin."""
        return self.meant().alias(over=OVER).filter(Q(over=None) | Q(over__gt=day))

    def to_sign(self, day: date):
        """Not signed yet, and not over."""
        return self.unfinished(day).filter(signed_on=None)

    def over(self, day: date):
        return self.meant().alias(over=OVER).filter(over__lte=day)

    def coming(self, day: date):
        return self.meant().filter(starts_on__gt=day)

    def ending(self, day: date, after: int, until: int):
        """In force, with the last day between so many days from that day (`after` excluded), and nothing following."""
        first, last = day + timedelta(days=after + 1), day + timedelta(days=until + 1)
        return self.in_force(day).filter(over__gt=first, over__lte=last).unfollowed()

    def lapsed(self, day: date):
        """Over and not followed by another, though the person goes on serving."""
        return self.over(day).unfollowed().serving(day)

    def unfollowed(self):
        """Of which no contract of the member begins when it is over, or later."""
        later = Contract.objects.meant().filter(member=OuterRef("member"), starts_on__gte=OuterRef("over"))
        return self.alias(over=OVER).filter(~Exists(later.exclude(pk=OuterRef("pk"))))

    def serving(self, day: date, forces: Sequence[str] = ()):
        """Of people who serve on that day in a force that is counted, or in one of these."""
        return self.filter(Exists(services(day, forces)))

    def of_leavers(self, day: date):
        """In force, though the person serves nowhere any more."""
        return self.in_force(day).filter(~Exists(services(day)))

    def of_another_employer(self, day: date):
        """In force with somebody else than the employer that the service names."""
        named = services(day).filter(employer__isnull=False)
        same = named.filter(employer=OuterRef("employer"))
        return self.in_force(day).filter(Exists(named), ~Exists(same))

    def numbered(self):
        """With `term`: which fixed term with this employer it is, and NULL for what is none."""
        before = Contract.objects.meant().filter(
            member=OuterRef("member"), employer=OuterRef("employer"), starts_on__lt=OuterRef("starts_on"),
            kind__in=Contract.FIXED_TERMS,
        )  # fmt: skip
        counted = before.order_by().values("employer").annotate(n=Count("pk")).values("n")
        number = ExpressionWrapper(Coalesce(Subquery(counted), 0) + 1, IntegerField())
        return self.annotate(term=Case(When(kind__in=Contract.FIXED_TERMS, then=number), default=None))

    def third_ahead(self, day: date, until: int):
        """Ending within so many days, and the next fixed term would be the third in a row or more."""
        return self.ending(day, -1, until).numbered().filter(term__gte=TERMS_BEFORE_OPEN_END)

    def with_employer(self):
        """With `employer_name`; NULL where the employer lies out of the reader's sight, and the row is there still."""
        name = Employer.objects.filter(pk=OuterRef("employer")).values("name")
        return self.annotate(employer_name=Subquery(name))


def services(day: date, forces: Sequence[str] = ()):
    """Services of the outer row's member on that day, of the forces that are counted."""
    found = Assignment.objects.on(day).professional().filter(member=OuterRef("member"))
    return found.filter(force__in=[*forces]) if forces else found


class Contract(FileModel):
    """What a member and an employer agreed upon, from one day until another; recruiter and using unit stand apart."""

    class Kind(models.TextChoices):
        FIXED = "fixed", _("fixed term")
        OPEN_ENDED = "open_ended", _("open-ended")
        DISPATCH = "dispatch", _("labour dispatch")
        LEASED_POST = "leased_post", _("leased post")
        AGREEMENT = "agreement", _("service agreement")

    class Ending(models.TextChoices):
        AGREED = "agreed", _("by agreement")
        RESIGNED = "resigned", _("given up by the member")
        DISMISSED = "dismissed", _("given up by the employer")
        EMPLOYER = "employer", _("employer changed")
        RETIRED = "retired", _("retired")
        DECEASED = "deceased", _("deceased")
        OTHER = "other", _("other reason")
        MISTAKE = MISTAKE, _("entered by mistake")

    FIXED_TERMS = (Kind.FIXED, Kind.DISPATCH, Kind.LEASED_POST)

    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name=_("member"), related_name="contracts", db_constraint=False
    )
    kind = models.CharField(_("kind of contract"), max_length=11, choices=Kind, default=Kind.FIXED)
    number = models.CharField(_("contract number"), max_length=40, blank=True)
    employer = models.ForeignKey(
        Employer, models.PROTECT, verbose_name=_("employer"), related_name="contracts", db_index=False
    )
    recruiter = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("recruiter"), null=True, blank=True, related_name="+", db_index=False
    )
    using_unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("using unit"), null=True, blank=True, related_name="+", db_index=False
    )
    signed_on = models.DateField(
        _("signed on"), null=True, blank=True, help_text=_("Blank as long as it is not signed.")
    )
    starts_on = models.DateField(_("contract from"))
    ends_on = models.DateField(
        _("agreed until"), null=True, blank=True, help_text=_("First day after the agreed term; blank: open-ended.")
    )
    ended_on = models.DateField(
        _("ended early on"), null=True, blank=True, help_text=_("First day no longer in force.")
    )
    ending = models.CharField(_("why it ended early"), max_length=9, choices=Ending, blank=True)
    ending_note = models.CharField(_("reason"), max_length=120, blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["unit_id", "member_id", "starts_on"]
        indexes = [models.Index(name="contract_by_unit", fields=["unit", "ends_on"])]
        constraints = [
            follows_member_itself("contract_follows_member"),
            models.CheckConstraint(
                name="contract_kind_is_known",
                condition=Q(kind__in=["fixed", "open_ended", "dispatch", "leased_post", "agreement"]),
            ),
            models.CheckConstraint(
                name="contract_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("The contract ends before it starts."),
            ),
            models.CheckConstraint(
                name="contract_open_ended_has_no_end",
                condition=~Q(kind="open_ended") | Q(ends_on=None),
                violation_error_message=_("An open-ended contract has no last day."),
            ),
            models.CheckConstraint(
                name="contract_of_a_term_has_an_end",
                condition=~Q(kind__in=["fixed", "dispatch", "leased_post"]) | Q(ends_on__isnull=False),
                violation_error_message=_("A contract of this kind needs its last day."),
            ),
            models.CheckConstraint(
                name="contract_ends_early_for_a_reason",
                condition=Q(ended_on=None, ending="")
                | Q(ending__in=[
                    "agreed", "resigned", "dismissed", "employer", "retired", "deceased", "other", "mistake"
                ], ended_on__isnull=False),
                violation_error_message=_("Give both the day on which the contract ended and why, or neither."),
            ),
            models.CheckConstraint(
                name="contract_ends_early_within_its_term",
                condition=Q(ended_on=None)
                | (Q(ending="mistake") & Q(ended_on=F("starts_on")))
                | (
                    ~Q(ending="mistake")
                    & Q(ended_on__gt=F("starts_on"))
                    & (Q(ends_on=None) | Q(ended_on__lte=F("ends_on")))
                ),
                violation_error_message=_(
                    "A contract ends early within its term. One entered by mistake ends on the day it begins."
                ),
            ),
            ExclusionConstraint(
                name="contract_one_at_a_time_with_an_employer",
                expressions=[(BOX_IN_FORCE, RangeOperators.OVERLAPS)],
                condition=~Q(ending="mistake"),
                violation_error_message=_("There is a contract with this employer on these days already."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.get_kind_display()} {self.starts_on}"

    @property
    def over_on(self) -> date | None:
        """The first day no longer in force."""
        return self.ended_on or self.ends_on

    @property
    def last_day(self) -> date | None:
        """The last day of the agreed term."""
        return self.ends_on and self.ends_on - timedelta(days=1)

    def runs_beside(self, other: "Contract") -> bool:
        """Whether both run on one day with one employer, which a member cannot."""
        if self.employer_id != other.employer_id or MISTAKE in (self.ending, other.ending):
            return False
        return (self.over_on or date.max) > other.starts_on and (other.over_on or date.max) > self.starts_on

    def runs_on(self, day: date) -> bool:
        return self.ending != MISTAKE and self.starts_on <= day and (self.over_on is None or self.over_on > day)
