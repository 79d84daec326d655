"""All settings, read from a typed environment. Production refuses what would be unsafe."""

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import localpg
from config.logging import configure_logging

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)


def own_secret_key(path: Path) -> str:
    """The installation's own key, made once, readable by its owner only, whole from the moment it is there."""
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        with suppress(FileExistsError):  # another process was first
            path.hardlink_to(fresh)
        fresh.unlink()
    if path.stat().st_mode & 0o077:
        raise ImproperlyConfigured(f"{path} may be opened by other users; set its mode to 0600.")
    return path.read_text().strip()


SECRET_KEY = env.str("SECRET_KEY", default="") or own_secret_key(VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

INSTALLED_APPS = [
    "config.apps.SiteConfig",
    "config.apps.CommandsConfig",
    "dashboards",
    "personnel",
    "organization",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "import_export",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
]

MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.ContentSecurityMiddleware",
    "config.middleware.NulMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "organization.scope.middleware.TransactionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "config.middleware.StepAddressMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "organization.scope.middleware.ScopeMiddleware",
    "organization.accounts.middleware.SessionRulesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- database: the site's own login, and the owner who migrates -----------------------------------
EMBEDDED = not env.str("DATABASE_URL", default="")
CLUSTER = localpg.cluster(VAR_DIR) if EMBEDDED else None
_site: dict[str, Any]
_owner: dict[str, Any]
if CLUSTER:
    _site, _owner = (CLUSTER.django(role, "qunfang") for role in ("qunfang", "qunfang_owner"))
else:
    _site = env.db_url("DATABASE_URL")
    _owner = env.db_url("DATABASE_ADMIN_URL", default=env.str("DATABASE_URL"))
_site |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
_site["OPTIONS"] = {"connect_timeout": 5, **_site.get("OPTIONS", {})}
_owner["TEST"] = {"NAME": f"test_{_site['NAME']}"}
DATABASES = {"default": _site, "owner": _owner}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- who may come in ------------------------------------------------------------------------------
AUTH_USER_MODEL = "organization.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "organization.accounts.backend.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "organization.accounts.passwords.NumberLikeValidator"},
    {"NAME": "organization.accounts.passwords.OwnNameValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
IDLE_MINUTES = env.int("IDLE_MINUTES", default=30)
SESSION_HOURS = env.int("SESSION_HOURS", default=12)
PASSWORD_ISSUE_HOURS = 72
SESSION_ENGINE = "organization.accounts.sessions"
SESSION_COOKIE_AGE = IDLE_MINUTES * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
OTP_TOTP_ISSUER = "群防群治"
OTP_TOTP_SYNC = False  # one step before and after, never more

AXES_HANDLER = "organization.accounts.throttle.Throttle"
AXES_USERNAME_CALLABLE = "organization.accounts.throttle.username_of"
AXES_FAILURE_LIMIT = 5
ACCOUNT_FAILURES_AN_HOUR = 20  # whatever their address
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # a lock ends 15 minutes after the failure that caused it
AXES_DISABLE_ACCESS_LOG = True  # the log of security events has it
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken"]
AXES_HTTP_RESPONSE_CODE = 200
AXES_LOCKOUT_CALLABLE = "organization.accounts.throttle.locked_out"
AXES_CLIENT_IP_CALLABLE = "config.middleware.client_address"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # unique regardless of case, by a constraint

# --- personal data --------------------------------------------------------------------------------
SEALING_KEYS = Path(env.str("SEALING_KEYS", default=str(VAR_DIR / "keys.json")))
SEALING_SUITE = env.str("SEALING_SUITE", default="aes-256-gcm")
TRAIL_KEEP_DAYS = env.int("TRAIL_KEEP_DAYS", default=3 * 365)

# --- language, time, static files -----------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
FORMAT_MODULE_PATH = ["config.formats"]
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- rosters: read in memory, so that no temporary file can survive -------------------------------
ROSTER_MAX_BYTES = env.int("ROSTER_MAX_MEGABYTES", default=40) * 2**20
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = ROSTER_MAX_BYTES + 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20  # pasted cells
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"

# --- transport ------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    if DEBUG:
        raise ImproperlyConfigured("PRODUCTION and DEBUG cannot both be on.")
    if "*" in ALLOWED_HOSTS or not env.list("ALLOWED_HOSTS", default=[]):
        raise ImproperlyConfigured(
            "PRODUCTION needs ALLOWED_HOSTS: the names under which the site is reached, not '*'."
        )
    if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("django-insecure"):
        raise ImproperlyConfigured("PRODUCTION needs a SECRET_KEY of at least 50 random characters.")

configure_logging(VAR_DIR, production=PRODUCTION)
LOGGING_CONFIG = None
