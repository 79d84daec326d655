from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now


class Session(AbstractBaseSession):
    """A browser that is logged in; the gate alone reads and writes these."""

    account = models.ForeignKey(
        "organization.Account", models.CASCADE, null=True, editable=False, related_name="sessions", db_constraint=False
    )
    started_at = models.DateTimeField(default=Now, editable=False)

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls):
        from organization.accounts.sessions import SessionStore

        return SessionStore
