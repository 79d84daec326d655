"""Two statements of the owner, or steps of accounts, at one instant, each on a connection of its own.

The database has to be one that keeps what is committed.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from time import monotonic, sleep

import psycopg2
import pytest
from django.db import IntegrityError, connections, transaction

from organization.refusal import Refusal
from organization.scope import as_account


def at_once(*tasks):
    """What each step answered, in order: a number or text, else "done"; the code of a refusal, or of the database's.

    A task is an account and its step.
    """
    start = Barrier(len(tasks))

    def run(task):
        account, step = task
        try:
            start.wait()
            with as_account(account), transaction.atomic():
                answer = step(account)
        except Refusal as refusal:
            return refusal.code
        except IntegrityError as error:
            return error.__cause__.pgcode
        else:
            return answer if isinstance(answer, (int, str)) else "done"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def connect():
    """A new connection of the owner."""
    given = connections["owner"].get_connection_params()
    return psycopg2.connect(**{key: given[key] for key in given if key not in ("cursor_factory", "context")})


def in_turn(first, second, values, then):
    """The first statement, then the second, which has to wait until the first is committed.

    What became of the second (its SQLSTATE or ""), and what the query `then` finds afterwards.
    """
    with closing(connect()) as earlier, closing(connect()) as later, closing(connect()) as looking:
        looking.autocommit = True
        earlier.cursor().execute(first, values)
        with ThreadPoolExecutor(1) as pool:
            told = pool.submit(_outcome, later, second, values)
            _wait_for_lock(looking, later.get_backend_pid())
            earlier.commit()
            refused = told.result(10)
        cursor = looking.cursor()
        cursor.execute(then, values)
        return refused, cursor.fetchone()


def _outcome(connection, statement, values):
    try:
        with connection:
            connection.cursor().execute(statement, values)
    except psycopg2.IntegrityError as error:
        return error.pgcode
    return ""


def _wait_for_lock(looking, pid):
    until, cursor = monotonic() + 10, looking.cursor()
    while monotonic() < until:
        cursor.execute("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", [pid])
        if cursor.fetchone()[0]:
            return
        sleep(0.01)
    pytest.fail("the second statement did not wait for the first")
