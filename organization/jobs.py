"""Long work beside the site: asked for in a request, done by `manage.py work`, watched from any page.

A job belongs to the gate, so that the worker finds it without anybody's scope; it is then done in the scope of the
account that asked, in one transaction. How far it is, is told over a connection of its own, since nobody sees into a
transaction. A worker holds a lock of its session on the job it does: when it dies, the lock goes with it and the job is
done again.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import contextmanager

from django.db import connection
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from organization.models import Account, Job
from organization.scope import as_account, current, gate
from organization.scope.scope import GATE, entered

Tell = Callable[[str, int, int], None]  # phase, done, total
Handler = Callable[[Account, int, dict, Tell], str]  # what came of it, in a sentence; "" is good
HANDLERS: dict[str, Handler] = {}
LOCKS = 7261  # the first half of the advisory locks of jobs
log = logging.getLogger("qunfang.jobs")


def register(kind: str, handler: Handler) -> None:
    HANDLERS[kind] = handler


def ask(kind: str, subject: int, **options) -> None:
    """Have it done for the account of the current scope, once this transaction is committed."""
    account = current().actor
    with gate():
        Job.objects.create(kind=kind, subject=subject, account_id=account, options=options)


def latest(kinds: Iterable[str], subject: int) -> Job | None:
    """The last job of these kinds about a row, for its page."""
    with gate():
        return Job.objects.about(list(kinds), subject).first()


def work_off() -> int:
    """Do every job that waits and nobody else does; returns how many."""
    count = 0
    while (job := _claim()) is not None:
        try:
            _do(job)
        finally:
            _release(job)
        count += 1
    return count


def _claim() -> Job | None:
    with entered(GATE):
        for job in Job.objects.waiting().select_related("account__unit").order_by("id"):
            if _lock("pg_try_advisory_lock", job):
                if not Job.objects.filter(pk=job.pk, ended_at=None).update(started_at=Now()):
                    _lock("pg_advisory_unlock", job)  # somebody ended it before we had the lock
                    continue
                return job
    return None


def _lock(function: str, job: Job) -> bool:
    with connection.cursor() as cursor:
        if function == "pg_try_advisory_lock":
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, job.pk % 2**31])
        else:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, job.pk % 2**31])
        return cursor.fetchone()[0]


def _release(job: Job) -> None:
    if connection.connection is not None and not connection.connection.closed:
        _lock("pg_advisory_unlock", job)


def _do(job: Job) -> None:
    """Run the handler, whole or not at all, and note what came of it."""
    try:
        with _teller(job) as tell, as_account(job.account, origin=f"job {job.kind}"):
            said = HANDLERS[job.kind](job.account, job.subject, job.options, tell)
    except Exception:  # whatever it was, the job has ended and the page must say so
        log.exception("job %s failed", job.kind)
        said = _("Something went wrong; nothing was saved. Please try again, or tell the administrator the time.")
    with entered(GATE):
        Job.objects.filter(pk=job.pk).update(ended_at=Now(), said=said[:300])


@contextmanager
def _teller(job: Job):
    """Tells how far a job is, each time in a transaction of its own."""
    beside = connection.copy()

    def tell(phase: str, done: int, total: int) -> None:
        with beside.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT set_config('role', %s, true)", [f"{connection.settings_dict['NAME']}_gate"])
            cursor.execute(
                "UPDATE organization_job SET phase = %s, done = %s, total = %s WHERE id = %s",
                [phase, done, total, job.pk],
            )
            cursor.execute("COMMIT")

    try:
        yield tell
    finally:
        beside.close()


def forget_old() -> None:
    """Ended jobs are of no use after a month."""
    with entered(GATE), connection.cursor() as cursor:
        cursor.execute("DELETE FROM organization_job WHERE ended_at < now() - interval '30 days'")

