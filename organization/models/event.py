from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SecurityEvent(models.Model):
    """Something to be answered for that changes no row: a login, a failure, a lock, a reveal, an export, a refusal."""

    class Kind(models.TextChoices):
        LOGIN = "login", _("logged in")
        LOGIN_FAILED = "login_failed", _("login failed")
        LOCKED = "locked", _("account locked")
        LOGOUT = "logout", _("logged out")
        PASSWORD = "password", _("password changed")
        SECOND_FACTOR = "second_factor", _("second factor")
        SESSIONS_ENDED = "sessions_ended", _("sessions ended")
        REVEAL = "reveal", _("number revealed")
        LOOKUP = "lookup", _("number looked up")
        EXPORT = "export", _("export")
        IMPORT = "import", _("roster imported")
        IMPORT_FAILED = "import_failed", _("roster import failed")
        IMPORT_UNDONE = "import_undone", _("roster import undone")
        REFUSED = "refused", _("refused")
        PRUNED = "pruned", _("old entries removed")

    at = models.DateTimeField(_("time"), db_default=Now())
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    actor = models.BigIntegerField(_("account"), null=True, blank=True)
    username = models.CharField(_("user name"), max_length=150, blank=True)
    unit = models.BigIntegerField(_("unit"), null=True, blank=True)
    member = models.BigIntegerField(_("member"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    origin = models.CharField(_("page or command"), max_length=200, blank=True)
    request = models.CharField(_("request"), max_length=36, blank=True)

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        ordering = ["-id"]
        indexes = [
            models.Index(name="event_by_time", fields=["at"]),
            models.Index(name="event_by_actor", fields=["actor", "kind", "at"]),
        ]

    def __str__(self):
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {self.get_kind_display()}"
