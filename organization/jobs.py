"""Long work beside the site: asked for in a request, done by `manage.py work`, watched from any page.

A job belongs to the gate, so that the worker finds it without anybody's scope; it is then done in the scope of the
account that asked, in one transaction. How far it is, is told over a connection of its own, since nobody sees into a
transaction. That transaction holds a lock on the job: when a worker dies, both are gone, and the job is done again;
but a job that has ended its worker three times is given up, so that it does not end the fourth.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from organization.models import Account, Job
from organization.scope import as_account, current, gate
from organization.scope.scope import GATE, entered

Tell = Callable[[str, int, int], None]  # phase, done, total
Handler = Callable[[Account, int, dict, Tell], str]  # what came of it, in a sentence; "" is good
HANDLERS: dict[str, Handler] = {}
LOCKS = 7261  # the first half of the advisory locks of jobs
MOST_ATTEMPTS = 3
log = logging.getLogger("qunfang.jobs")


def register(kind: str, handler: Handler) -> None:
    HANDLERS[kind] = handler


def ask(kind: str, subject: int, **options) -> None:
    """Have it done for the account of the current scope, once this transaction is committed."""
    account = current().actor
    if account is None:
        raise ValueError("a job is somebody's")
    with gate():
        Job.objects.create(kind=kind, subject=subject, account_id=account, options=options)


def latest(kinds: Iterable[str], subject: int) -> Job | None:
    """The last job of these kinds about a row, for its page."""
    with gate():
        return Job.objects.about(list(kinds), subject).first()


def work_off() -> int:
    """Do every job that waits and nobody else does; returns how many."""
    with entered(GATE):
        waiting = list(Job.objects.waiting().select_related("account__unit").order_by("id"))
    return sum(map(_do, waiting))


def _do(job: Job) -> bool:
    """Run the handler and end the job in one transaction; False when somebody else has it, or had it."""
    try:
        with _beside(job) as told, as_account(job.account, origin=f"job {job.kind}"):
            if not _is_ours(job):
                return False
            _end(job, _outcome(job, told))
    except (OperationalError, InterfaceError):  # the server went away, and the job with it: it still waits
        raise
    except Exception:  # whatever it was, nothing was written, and the page must say so
        log.exception("job %s failed", job.kind)
        said = _("Something went wrong; nothing was saved. Please try again, or tell the administrator the time.")
        with entered(GATE):
            _end(job, said)
    return True


def _outcome(job: Job, told: "Told") -> str:
    if job.attempts >= MOST_ATTEMPTS:
        log.error("job %s %d ended its worker %d times", job.kind, job.pk, MOST_ATTEMPTS)
        return _("The computer broke off this work three times; nothing was saved. Please tell the administrator.")
    told.begin()
    return HANDLERS[job.kind](job.account, job.subject, job.options, told.tell)


def _is_ours(job: Job) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCKS, job.pk % 2**31])
        if not cursor.fetchone()[0]:
            return False
    with gate():
        return Job.objects.waiting().filter(pk=job.pk).exists()


def _end(job: Job, said: str) -> None:
    with gate():
        Job.objects.filter(pk=job.pk).update(ended_at=Now(), said=said[:300])


class Told:
    """What is told of a job while it is done, each time in a transaction of its own over a connection of its own."""

    def __init__(self, job: Job) -> None:
        self.job, self.connection = job, connection.copy()

    def begin(self) -> None:
        """It is begun, maybe once more: nothing is done yet."""
        with self._at_once() as cursor:
            cursor.execute(
                "UPDATE organization_job SET attempts = attempts + 1, phase = '', done = 0 WHERE id = %s", [self.job.pk]
            )

    def tell(self, phase: str, done: int, total: int) -> None:
        with self._at_once() as cursor:
            cursor.execute(
                "UPDATE organization_job SET phase = %s, done = %s, total = %s WHERE id = %s",
                [phase, done, total, self.job.pk],
            )

    @contextmanager
    def _at_once(self):
        with self.connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT set_config('role', %s, true)", [f"{connection.settings_dict['NAME']}_gate"])
            yield cursor
            cursor.execute("COMMIT")


@contextmanager
def _beside(job: Job):
    told = Told(job)
    try:
        yield told
    finally:
        told.connection.close()


def forget_old() -> None:
    """Ended jobs are of no use after a month."""
    with entered(GATE), connection.cursor() as cursor:
        cursor.execute("DELETE FROM organization_job WHERE ended_at < now() - interval '30 days'")
