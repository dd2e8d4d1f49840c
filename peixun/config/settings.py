"""Every setting comes from the environment; docs/settings.md lists them."""

import base64
import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from peixun.kernel import logs

PACKAGE = Path(__file__).resolve().parent.parent


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


DATA = Path(os.environ.get("PEIXUN_DATA", "var")).resolve()
DEMO = _flag("PEIXUN_DEMO")
# Every account of the demo city has it; it is shown on the sign-in page, in the demo only.
DEMO_PASSWORD = "peixun-2018"  # noqa: S105
DEBUG = _flag("PEIXUN_DEBUG")

# Keys. Without any of their own only a demo, a debugging run or a test may start: see `check_keys`.
DEFAULT_KEY = "peixun-default-key-that-no-production-server-accepts"
SECRET_KEY = os.environ.get("PEIXUN_SECRET_KEY", DEFAULT_KEY)


def _derived_key(purpose: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}:{DEFAULT_KEY}".encode()).digest()).decode()


# Newest first: the first one encrypts, all of them decrypt.
DATA_KEYS = [k for k in os.environ.get("PEIXUN_DATA_KEYS", _derived_key("data")).split(",") if k]
LOOKUP_KEY = os.environ.get("PEIXUN_LOOKUP_KEY", _derived_key("lookup"))
# Keys of before: tokens and codes made under them stay good as long as they stand here (`peixun keys`).
OLD_LOOKUP_KEYS = [k for k in os.environ.get("PEIXUN_OLD_LOOKUP_KEYS", "").split(",") if k]
# Needed by `peixun backup` and `peixun restore` alone; the server starts without it.
BACKUP_KEY = os.environ.get("PEIXUN_BACKUP_KEY", _derived_key("backup"))
BACKUP_KEY_IS_DEFAULT = "PEIXUN_BACKUP_KEY" not in os.environ
KEYS_ARE_DEFAULT = (
    SECRET_KEY == DEFAULT_KEY or "PEIXUN_DATA_KEYS" not in os.environ or "PEIXUN_LOOKUP_KEY" not in os.environ
)

if DEBUG and not DEMO and "PEIXUN_SECRET_KEY" in os.environ:
    raise ImproperlyConfigured("PEIXUN_DEBUG shows internals to visitors: never set it with a production key")

ALLOWED_HOSTS = [h for h in os.environ.get("PEIXUN_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if h]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("PEIXUN_TRUSTED_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "ninja",
    "peixun.kernel",
    "peixun.people",
    "peixun.notices",
    "peixun.catalog",
    "peixun.ledger",
    "peixun.coverage",
    "peixun.reports",
    "peixun.exchange",
    "peixun.changes",
    "peixun.rulebook",
    "peixun.claims",
    "peixun.home",
    "peixun.demo",
]

MIDDLEWARE = [
    "peixun.kernel.middleware.RequestLogMiddleware",
    "peixun.kernel.middleware.BrowserRulesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every page needs an account but those that say otherwise with @login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "peixun.people.middleware.ScopeMiddleware",
    "peixun.home.middleware.SecondStepMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "peixun.config.urls"
WSGI_APPLICATION = "peixun.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "peixun.home.context.shell",
            ],
        },
    },
]

# --- database ---------------------------------------------------------------------------------------
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        os.environ.get("PEIXUN_DATABASE_URL", f"sqlite:///{DATA / 'peixun.sqlite3'}"),
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue at BEGIN instead of failing in the middle (docs/adr/0003-two-databases.md).
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
            "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# In the database alone: a session that was ended is over in every web process at once.
SESSION_ENGINE = "django.contrib.sessions.backends.db"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# --- accounts ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "peixun.people.passwords.NotOnesOwnNumber"},
]
LOGIN_URL = "home:sign-in"
# Signing in through another system by OpenID Connect; without an issuer there is none.
OIDC_ISSUER = os.environ.get("PEIXUN_OIDC_ISSUER", "")
if OIDC_ISSUER and not OIDC_ISSUER.startswith("https://") and not DEMO:
    raise ImproperlyConfigured("PEIXUN_OIDC_ISSUER is an https:// address: its word lets people in")
OIDC_CLIENT_ID = os.environ.get("PEIXUN_OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = os.environ.get("PEIXUN_OIDC_CLIENT_SECRET", "")
OIDC_SCOPE = os.environ.get("PEIXUN_OIDC_SCOPE", "openid profile")
# The claim that names the account here, where the issuer is trusted to say so; empty: each account links itself.
OIDC_LOGIN_CLAIM = os.environ.get("PEIXUN_OIDC_LOGIN_CLAIM", "")
# Whether accounts that see more than a township must prove themselves in a second step; anybody may.
SECOND_FACTOR_REQUIRED = _flag("PEIXUN_SECOND_FACTOR") if "PEIXUN_SECOND_FACTOR" in os.environ else not DEMO
LOGIN_REDIRECT_URL = "home:start"
LOGOUT_REDIRECT_URL = "home:sign-in"

# A whole village sits behind one address: the account is throttled, never the address alone.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "home/locked_out.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# What failed attempts keep of a form: none of these.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "who", "code", "new_password1", "new_password2"]

# --- safety -----------------------------------------------------------------------------------------
HTTPS = _flag("PEIXUN_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    # Browsers take cookies of these names from this very host alone, over HTTPS; over plain HTTP they refuse them.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
# A session ends after a working day, and before that when nobody has used it for so long, a midday break included.
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = 3 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
BEHIND_PROXY = _flag("PEIXUN_BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        # The button that leads to another system is a form, whose redirect browsers hold against this too.
        "form-action": [SELF, *([OIDC_ISSUER] if OIDC_ISSUER else [])],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# Requests of the HTTP API that one token may make of one web process in a minute.
API_RATE = int(os.environ.get("PEIXUN_API_RATE", "6000"))
UPLOAD_LIMIT = 64 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "peixun.kernel.uploads.LimitUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- words and dates --------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["peixun.kernel.formats"]

# The business date of the demo and of tests; unset, it is today's date in Asia/Shanghai.
TODAY = os.environ.get("PEIXUN_TODAY", "")

# --- static files -----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("PEIXUN_STATIC_ROOT", DATA / "static"))
MEDIA_ROOT = DATA / "files"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"/dist/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$"

# Text for a person at a terminal, JSON for whatever collects the lines of a service.
LOG_FORMAT = os.environ.get("PEIXUN_LOG_FORMAT") or ("text" if DEBUG or sys.stderr.isatty() else "json")
if LOG_FORMAT not in {"json", "text"}:
    raise ImproperlyConfigured("PEIXUN_LOG_FORMAT is json or text")
LOGGING = logs.configuration(LOG_FORMAT, os.environ.get("PEIXUN_LOG_LEVEL", "INFO"))

# Whoever shows it may read /metrics; without one only this machine may, and nobody through a proxy.
METRICS_TOKEN = os.environ.get("PEIXUN_METRICS_TOKEN", "")
