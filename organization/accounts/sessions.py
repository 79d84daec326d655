"""The session store: the database's, touched by the gate only, knowing whose each session is."""

import time
from datetime import UTC, datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from organization.scope import gate


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls):
        from organization.models import Session

        return Session

    def create_model_instance(self, data):
        started = data.setdefault("started", int(time.time()))
        instance = super().create_model_instance(data)
        instance.started_at = datetime.fromtimestamp(started, tz=UTC)
        instance.account_id = data.get(SESSION_KEY)
        return instance

    def _get_session_from_db(self):
        with gate():
            return super()._get_session_from_db()

    def exists(self, session_key):
        with gate():
            return super().exists(session_key)

    def save(self, must_create=False):
        with gate():
            super().save(must_create)

    def delete(self, session_key=None):
        with gate():
            super().delete(session_key)

    @classmethod
    def clear_expired(cls):
        with gate():
            super().clear_expired()
