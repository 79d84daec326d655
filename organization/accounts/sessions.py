"""The session store: touched by the gate only, knows whose each session is, and ends it by the database's clock.

A session ends when nobody used it for IDLE_MINUTES, and SESSION_HOURS after it began in any case. Its `expire_date` is
the nearer of the two; using the site moves it on, at most once a minute, so that reading pages costs no write.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import IntegrityError, transaction
from django.db.models import Count, F
from django.db.models.functions import Least, Now

from organization.scope import gate

TOUCH_INTERVAL = timedelta(minutes=1)


def idle_limit() -> timedelta:
    return timedelta(minutes=settings.IDLE_MINUTES)


def absolute_limit() -> timedelta:
    return timedelta(hours=settings.SESSION_HOURS)


class SessionStore(DatabaseStore):
    """Sessions of the database; `row` is the stored session as it was read, `row.seen_at` the database's time then."""

    row = None

    @classmethod
    def get_model_class(cls):
        from organization.models import Session

        return Session

    @property
    def seconds_left(self) -> int:
        """Until the session ends, if nothing is done; 0 where none is stored."""
        self._session  # noqa: B018 (reads the row)
        return max(0, int((self.row.expire_date - self.row.seen_at).total_seconds())) if self.row else 0

    def touch(self, at_least: timedelta = TOUCH_INTERVAL) -> None:
        """Move the idle end on, unless that would gain less than a minute."""
        self._session  # noqa: B018
        if self.row is None:
            return
        end = min(self.row.seen_at + idle_limit(), self.row.started_at + absolute_limit())
        if end - self.row.expire_date >= at_least:
            later = Least(Now() + idle_limit(), F("started_at") + absolute_limit())
            with gate():
                self.model.objects.filter(pk=self.row.pk).update(expire_date=later)
            self.row.expire_date = end

    def _get_session_from_db(self):
        with gate():
            self.row = alive(self.model).annotate(seen_at=Now()).filter(pk=self.session_key).first()
        if self.row is None:
            self._session_key = None
        return self.row

    def exists(self, session_key):
        with gate():
            return super().exists(session_key)

    def save(self, must_create=False):
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)
        fields = {"session_data": self.encode(data), "account_id": data.get(SESSION_KEY)}
        with gate():
            if must_create:
                self._insert(fields)
            elif not self.model.objects.filter(pk=self.session_key).update(**fields):
                raise UpdateError

    def _insert(self, fields):
        end = Now() + min(idle_limit(), absolute_limit())
        try:
            with transaction.atomic():
                self.model.objects.create(pk=self.session_key, expire_date=end, **fields)
        except IntegrityError:
            raise CreateError from None

    def delete(self, session_key=None):
        with gate():
            super().delete(session_key)

    @classmethod
    def clear_expired(cls):
        with gate():
            cls.get_model_class().objects.filter(expire_date__lt=Now()).delete()


def alive(model):
    """The sessions that have not ended by themselves."""
    return model.objects.filter(expire_date__gt=Now(), started_at__gt=Now() - absolute_limit())


def open_of(accounts) -> dict[int, int]:
    """How many browsers are logged in with each of these accounts; those without any are left out."""
    from organization.models import Session

    with gate():
        found = alive(Session).filter(account__in=[account.pk for account in accounts]).order_by()
        return dict(found.values_list("account_id").annotate(Count("pk")))


def end_sessions_of(account) -> int:
    """Remove the stored sessions of an account; how many there were. The account's session epoch ends them anyway."""
    from organization.models import Session

    with gate():
        return Session.objects.filter(account=account).delete()[0]
