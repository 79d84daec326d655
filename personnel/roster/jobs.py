"""Large rosters, judged and written beside the site; their page shows how far they are, and may be left and found."""

import logging
from collections.abc import Sequence

from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from organization import events, jobs
from organization.models import Account, Job
from organization.refused_by_database import sentence
from personnel.models import RosterImport
from personnel.roster import committing, marking, prepared, staged_lines, staging
from personnel.roster.committing import NotCommitted, Wish
from personnel.roster.examination import Examined, examine
from personnel.roster.source import Place, Source, Tell
from personnel.roster.terms import Terms

log = logging.getLogger("qunfang.rosters")
ROWS_NAMED = 20
ROWS_AT_ONCE = 20_000  # what a request does by itself
JUDGE, IMPORT = "roster.judge", "roster.import"


def register() -> None:
    jobs.register(JUDGE, judge)
    jobs.register(IMPORT, import_staged_roster)


def last(roster: RosterImport) -> Job | None:
    """The latest job about a roster."""
    return jobs.latest([JUDGE, IMPORT], roster.pk)


def running(roster: RosterImport) -> Job | None:
    """The job that is at work on a roster, if there is one."""
    job = last(roster)
    return job if job and not job.ended_at else None


def is_large(roster: RosterImport) -> bool:
    """Whether a request would be too long for it."""
    return roster.counts.get("rows", 0) > ROWS_AT_ONCE


def is_judged(roster: RosterImport) -> bool:
    """Whether its lines were judged; until then their number is all that is known of them."""
    return "create" in roster.counts


def take_in(source: Source, terms: Terms, account: Account) -> RosterImport:
    """Keep what was sent for a look: judged at once, or, when it is large, beside the site."""
    roster = staging.record(source, terms, account)
    if sum(len(table.lines) for table in source.layout.tables) > ROWS_AT_ONCE:
        staging.stage_unjudged(source, roster, terms)
        jobs.ask(JUDGE, roster.pk)
    else:
        examined = examine(source, terms)
        staging.stage(source, roster, examined)
    return roster


def judge_or_ask(roster: RosterImport, account: Account) -> bool:
    """Judge the lines again after an answer or a correction; False when that will be done beside the site."""
    if is_large(roster):
        roster.save(update_fields=["answers"])
        jobs.ask(JUDGE, roster.pk)
        return False
    staging.judge_again(roster, account)
    return True


def import_or_ask(roster: RosterImport, account: Account, *, partial: bool) -> str | None:
    """Import a roster that waits: "" when done, a sentence when nothing was written, None when it will be done."""
    if is_large(roster):
        jobs.ask(IMPORT, roster.pk, partial=partial)
        return None
    return import_staged(roster, account, partial=partial)


def judge(account: Account, subject: int, options: dict, tell: jobs.Tell) -> str:
    """Judge the staged lines of a roster, and note what comes of it."""
    roster = RosterImport.objects.select_for_update(of=("self",)).get(pk=subject)
    if not staging.is_kept(roster):
        return _("The rows of this roster are not kept any longer.")
    total = roster.counts.get("rows", 0)
    tell(_("being read"), 0, total)
    staging.judge_again(roster, account, tell=_judging(tell, total, _("being noted")))
    return ""


def import_staged_roster(account: Account, subject: int, options: dict, tell: jobs.Tell) -> str:
    """Write the staged lines of a roster, whole or not at all; what keeps it out is noted on its page."""
    roster = RosterImport.objects.select_for_update(of=("self",)).get(pk=subject)
    total = roster.counts.get("rows", 0)
    tell(_("being judged"), 0, total)
    saving = _judging(tell, total, _("being saved"))
    return import_staged(roster, account, partial=options.get("partial", False), tell=saving)


def _judging(tell: jobs.Tell, total: int, afterwards: str) -> Tell:
    """Says how many lines are judged, and once all are, what is done afterwards."""
    return lambda done: tell(afterwards if done == total else _("being judged"), done, total)


def import_staged(roster: RosterImport, account: Account, *, partial: bool, tell: Tell | None = None) -> str:
    """Commit a roster that waits, in the caller's transaction, in which its row is locked.

    Returns "" when it is in the register, else the sentence that says why nothing was written; the record and an event
    say so as well.
    """
    if not roster.committed_at and not staging.is_kept(roster):
        return _failed(roster, _("The rows of this roster are not kept any longer."))
    terms = staging.terms_for(roster, account)
    if committing.commit_prepared(roster, terms, partial=partial, tell=tell):
        if roster.counts["reject"] and not prepared.stand_alone(roster):
            marking.keep_filled(roster, staged_lines.source_of(roster, staged_lines.rows_of(roster)), terms)
        staging.clear(roster)
        return ""
    rows = staged_lines.rows_of(roster)
    wish = Wish(partial, staged_lines.effects(roster, rows), staged_lines.marks(roster, rows))
    source = staged_lines.source_of(roster, rows)
    del rows  # the sealed lines, which are no longer needed
    try:
        with transaction.atomic():  # whatever the database refuses, the transaction goes on and notes it
            examined = committing.commit(source, terms, roster, wish, tell)
    except NotCommitted as refusal:
        staging.note_refusal(roster, refusal)
        return _failed(roster, f"{refusal} {places(refusal.rows or _open(refusal.examined))}".strip())
    except DatabaseError as error:
        if connection.connection is None or connection.connection.closed:
            raise
        return _failed(roster, str(sentence(error) or _fault(roster, error)))
    marking.keep_filled(roster, examined.source, examined.terms)
    staging.clear(roster)
    return ""


def _open(examined: Examined | None) -> list[Place]:
    """The rows that cannot be imported or have a question."""
    steps = examined.plan.steps if examined else ()
    return [(step.row.sheet, step.row.number) for step in steps if step.fate in ("reject", "ask")]


def _failed(roster: RosterImport, reason: str) -> str:
    RosterImport.objects.filter(pk=roster.pk).update(failed_at=Now(), failure=reason[:300])
    events.record("import_failed", unit=roster.unit_id, reason=reason, roster=roster.pk)
    return _("Nothing was imported. %(reason)s") % {"reason": reason}


def _fault(roster: RosterImport, error: DatabaseError) -> str:
    """What is no refusal is noted in the log; without the database's words, which repeat what was to be written."""
    log.error("import %s failed: %s %s", roster.pk, type(error).__name__, getattr(error.__cause__, "pgcode", ""))
    said = _("The database could not write it; the administrator finds the cause in the log under import %(number)d.")
    return said % {"number": roster.pk}


def places(rows: Sequence[Place]) -> str:
    """Rows as Excel counts them, the first twenty: 花名册 2、3、4."""
    named: dict[str, list[str]] = {}
    for sheet, number in rows[:ROWS_NAMED]:
        named.setdefault(sheet, []).append(str(number))
    more = " ……" if len(rows) > ROWS_NAMED else ""
    return " ".join(f"{sheet} {'、'.join(numbers)}" for sheet, numbers in named.items()) + more
