import secrets
import unicodedata
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Mod, Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from organization import divisions, rights
from organization.models.unit import Unit


class Role(models.TextChoices):
    CLERK = "clerk", _("village clerk")
    STAFF = "staff", _("town staff")
    HR = "hr", _("sub-bureau personnel office")
    FINANCE = "finance", _("finance")
    TRAINING = "training", _("training")
    GOVERNANCE = "governance", _("comprehensive-governance office")
    SYSADMIN = "sysadmin", _("system administrator")
    SECADMIN = "secadmin", _("security administrator")
    AUDITOR = "auditor", _("auditor")


# Neither 0/o nor 1/i/l: a password that is handed over is read from paper or heard on the phone.
ISSUED_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def normal_username(username: str) -> str:
    """The one spelling of a user name for which accounts are looked up and failures are counted."""
    return unicodedata.normalize("NFKC", username or "").strip().lower()


class AccountQuerySet(models.QuerySet):
    def named(self, username):
        """The account of that user name, whatever its case."""
        return self.alias(lowered=Lower("username")).filter(lowered=normal_username(username))

    def of_villages_below(self, code):
        """The clerks of the villages of a town: the accounts that the town may hand over."""
        low, high = divisions.span(code)
        return self.alias(village=Mod("unit_id", 1000)).filter(
            unit__gte=low, unit__lte=high, village__gt=0, role=Role.CLERK
        )


_AccountManager = BaseUserManager.from_queryset(AccountQuerySet)


class AccountManager(_AccountManager["Account"]):
    def get_by_natural_key(self, username):
        return self.select_related("unit").named(username).get()

    def create_account(self, username, password, **fields):
        """Make an account; without a password nobody can log in until one is issued."""
        account = self.model(username=username, **fields)
        account._state.db = self._db  # where the constraints are asked
        account.set_password(password)
        account.full_clean(exclude=["password"])
        account.save(force_insert=True, using=self._db)
        return account


class Account(AbstractBaseUser):
    """A person's way in: one unit, whose whole range it may see, and one role, which says what it may do there.

    There is no superuser: no column could make one.
    """

    username = models.CharField(
        _("user name"),
        max_length=40,
        validators=[RegexValidator(r"^[\w.-]{2,40}\Z", _("2 to 40 letters, digits, dots, hyphens or underscores."))],
    )
    name = models.CharField(_("full name"), max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="accounts")
    role = models.CharField(
        _("role"),
        max_length=10,
        choices=Role,
        null=True,
        blank=True,
        help_text=_("Given by the security administrator; without one nobody can log in."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    issued_at = models.DateTimeField(
        _("password issued at"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Set while the password is one that somebody else handed over."),
    )
    issued_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    is_superuser = False

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["unit_id", "username"]
        indexes = [models.Index(name="account_by_unit", fields=["unit", "id"])]
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="account_user_name_is_unique",
                violation_error_message=_("This user name is taken."),
            ),
            models.CheckConstraint(
                name="account_role_fits_its_unit",
                condition=rights.role_fits_level("role", "unit"),
                violation_error_message=_(
                    "This role does not fit this unit: clerks belong to villages, town staff to towns, "
                    "the others to the district or its offices."
                ),
            ),
            models.CheckConstraint(name="account_role_is_known", condition=Q(role=None) | Q(role__in=Role.values)),
        ]

    def __str__(self):
        return f"{self.name} ({self.username})"

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name

    @property
    def is_staff(self):
        return self.is_active and self.role is not None

    @property
    def must_change_password(self):
        return self.issued_at is not None

    @property
    def needs_second_factor(self):
        """Personnel office and the three administrators; demonstration accounts are exempt."""
        return self.role in rights.SECOND_FACTOR_ROLES and not self.is_demo

    def has_perm(self, perm, obj=None):
        return self.is_active and perm in rights.permissions(self.role)

    def has_perms(self, perms, obj=None):
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label):
        return self.is_active and any(perm.startswith(f"{app_label}.") for perm in rights.permissions(self.role))

    # --- passwords: one's own, or one that somebody else handed over --------------------------------------------------

    def change_password(self, raw):
        """Set a password that only its owner knows; ends all other sessions."""
        self.set_password(raw)
        self.issued_at = self.issued_used_at = None
        self.save(update_fields=["password", "issued_at", "issued_used_at"])

    def issue_password(self):
        """Set a random password, good for one login within PASSWORD_ISSUE_HOURS, and return it: it is shown once."""
        raw = "-".join("".join(secrets.choice(ISSUED_ALPHABET) for _i in range(5)) for _group in range(3))
        self.set_password(raw)
        self.issued_at, self.issued_used_at = Now(), None
        self.save(update_fields=["password", "issued_at", "issued_used_at"])
        return raw

    def use_issued_password(self):
        """Use up the issued password, in one statement; False when it has been used or is too old."""
        oldest = Now() - timedelta(hours=settings.PASSWORD_ISSUE_HOURS)
        unused = Account.objects.filter(pk=self.pk, issued_used_at=None, issued_at__gt=oldest)
        return bool(unused.update(issued_used_at=Now()))

    # --- what administrators do ---------------------------------------------------------------------------------------

    def move_to(self, unit):
        """Belong to another unit, without a role: nobody alone may carry rights to where they were not given."""
        self.unit, self.role = unit, None
        self.save(update_fields=["unit", "role"])

    def end_sessions(self):
        """Every browser that is logged in as this account goes to the login page with its next request."""
        self.session_epoch = F("session_epoch") + 1
        self.save(update_fields=["session_epoch"])

    def hand_over(self, name):
        """Give the account to another person: a new name and a new password, which is returned."""
        self.name = name
        self.save(update_fields=["name"])
        self.end_sessions()
        return self.issue_password()

    def get_session_auth_hash(self):
        """Sessions end when password, role, unit or activation change, or when somebody ends them all."""
        return self._session_hash()

    def get_session_auth_fallback_hash(self):
        """Also of the closed units that this one succeeds: a reorganisation logs nobody out."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)
        for unit in Unit.objects.succeeded_by(self.unit_id):
            yield self._session_hash(unit=unit)

    def _session_hash(self, secret=None, unit=None):
        state = f"{self.password}|{self.role}|{unit or self.unit_id}|{self.is_active}|{self.session_epoch}"
        return salted_hmac("organization.Account.session", state, secret=secret, algorithm="sha256").hexdigest()
