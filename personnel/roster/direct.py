"""A roster imported in one go, as scripts do it: nobody has looked at a preview."""

from collections.abc import Callable

from django.db import DatabaseError, transaction

from organization import events
from organization.models import Account
from organization.refusal import Refusal
from organization.refused_by_database import sentence
from personnel.models import RosterImport
from personnel.roster import committing, staging
from personnel.roster.committing import NotCommitted, Wish
from personnel.roster.examination import Examined
from personnel.roster.source import Source
from personnel.roster.terms import Terms

Then = Callable[[Examined, RosterImport], None]


def bring_in(
    source: Source, terms: Terms, account: Account, *, partial: bool, then: Then | None = None
) -> tuple[Examined, RosterImport]:
    """Write it whole or not at all, in a transaction of its own within the caller's.

    `then` looks at what was written before it stands, and may raise NotCommitted.

    Raises NotCommitted, or a Refusal "not_saved" in the words of the database; both are on record then.
    """
    try:
        with transaction.atomic():
            roster = staging.record(source, terms, account)
            examined = committing.commit(source, terms, roster, Wish(partial=partial))
            if then:
                then(examined, roster)
            return examined, roster
    except NotCommitted as refusal:
        _put_on_record(source, terms, refusal)
        raise
    except DatabaseError as error:
        reason = sentence(error)
        if reason is None:
            raise
        _put_on_record(source, terms, reason)
        raise Refusal("not_saved", reason) from error


def _put_on_record(source: Source, terms: Terms, reason: object) -> None:
    events.record("import_failed", unit=terms.unit, reason=str(reason), sha256=source.sha256)
