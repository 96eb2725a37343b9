"""Settings: one file, driven by the environment (docs/operations.md lists the variables)."""

import datetime as dt
import secrets
from functools import partial
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import environment, log_key, vapid
from config.database import database
from config.environment import BASE_DIR, DEBUG, REDIS_URL, VAR_DIR, env
from reports.notifications import channels

# Where DEBUG is on, keys are made and kept.
NEW_SECRET = partial(secrets.token_urlsafe, 50)
SECRET_KEY: str = env("SECRET_KEY", default="" if DEBUG else env.NOTSET)
if DEBUG and not SECRET_KEY:
    SECRET_KEY = vapid.stored_key(VAR_DIR / "secret_key", NEW_SECRET)
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "testserver"] if DEBUG else []
)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# The demo lives on one day of 2023. Only a developer's machine may move the clock.
PORTAL_TODAY: dt.date | None = None
if env("PORTAL_TODAY", default=""):
    if not DEBUG:
        raise ImproperlyConfigured("PORTAL_TODAY moves the clock: refused while DEBUG is off.")
    PORTAL_TODAY = dt.date.fromisoformat(env("PORTAL_TODAY"))

INSTALLED_APPS = [
    "accounts",  # before Django's own, whose command that sets a password it replaces
    "config.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "csp",
    "django_filters",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_prometheus",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "rest_framework",
    "core",
    "backups",
    "campaign",
    "volunteers",
    "reports",
    "privacy",
    *channels.installed(),
    *(["demo"] if DEBUG else []),
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    # Before what guards pages: its headers would be a kilobyte of a phone's first score of files.
    "config.storage.StaticFilesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "core.compression.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.LanguageMiddleware",
    "core.middleware.RefuseNulMiddleware",
    "core.middleware.TextGateMiddleware",
    "core.middleware.RefuseRepeatedMiddleware",
    "django.middleware.common.CommonMiddleware",
    "core.middleware.FriendlyNotFoundMiddleware",
    "core.middleware.DatabaseBusyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "campaign.middleware.SignInRulesMiddleware",
    "core.middleware.DraftTakenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "privacy.middleware.RecordReadsMiddleware",
    "reports.rollup.archived.ArchivedMiddleware",
    "reports.entry.middleware.PhoneStateMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
    "config.replica.ReplicaMiddleware",
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
                "django.template.context_processors.i18n",
                "campaign.context_processors.portal",
                "volunteers.context_processors.work",
                "reports.context_processors.reviewing",
                "privacy.context_processors.desk",
            ],
            "libraries": {"poster": "reports.digests.poster.tags"},
        },
    },
]

# PostgreSQL is the only database. A connection is kept by its thread and checked before
# use, so that a restart of the database costs nobody a request.
# `make run` and the tests name the embedded servers (devserver); production names its own.
# A statement ends before the task that asked does; the web has less patience (config/wsgi.py), and
# a migration on much data is given more by whoever starts it (0 is for ever).
DATABASES = {
    "default": database(
        env("DATABASE_URL", default="postgres://postgres:@/portal" if DEBUG else env.NOTSET),
        statement_timeout=env("STATEMENT_TIMEOUT", default="280s"),
        is_pooled=env.bool("DATABASE_POOLED", default=False),
    )
}
# Pages of figures may be read there, by whoever has written and seen nothing that is newer.
if env("REPLICA_URL", default=""):
    DATABASES["replica"] = database(
        env("REPLICA_URL"),
        statement_timeout=env("STATEMENT_TIMEOUT", default="280s"),
        is_pooled=env.bool("DATABASE_POOLED", default=False),
    )
# Who may make and fill a database, for backups; the portal itself where it is not another.
DATABASE_OWNER_URL: str = env("DATABASE_OWNER_URL", default="")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
PORTAL_NAME = "Tiên Phong 06"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.NameOrPhoneBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "campaign.password_names.KnownNamesValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "sign-in"
INVITATION_LIFE = dt.timedelta(days=7)
# For how long a bearer token may be made; the first is what the command gives.
TOKEN_DAYS = (90, 30, 365)

SILENCED_SYSTEM_CHECKS = [
    "fields.W161",  # due_at by default: a time of day, and not the moment at which we looked
    "staticfiles.W004",  # ASSETS_DIR is made by `manage.py build_assets`
]

# What a sign-in is worth, by role (the strictest counts): for how long it may stand unused, how
# long it lasts in all, and whether it wants a second factor. A secretary's phone is in her pocket
# for the whole campaign; a desk of the province or the police is left at noon.
SIGN_IN_RULES: dict[str, tuple[dt.timedelta, dt.timedelta, bool]] = {
    "superuser": (dt.timedelta(hours=1), dt.timedelta(hours=10), True),
    "province_staff": (dt.timedelta(hours=2), dt.timedelta(hours=12), True),
    "police_liaison": (dt.timedelta(hours=1), dt.timedelta(hours=10), True),
    "district_lead": (dt.timedelta(days=7), dt.timedelta(days=30), False),
    "partner": (dt.timedelta(days=7), dt.timedelta(days=30), False),
    "secretary": (dt.timedelta(days=30), dt.timedelta(days=180), False),
    "team_leader": (dt.timedelta(days=30), dt.timedelta(days=180), False),
    "": (dt.timedelta(days=1), dt.timedelta(days=7), False),  # who holds no appointment today
}
# Off in the demo, where everybody knows the passwords; every page says so.
SECOND_FACTOR = not DEBUG
# How fresh a proof has to be for exports, invitations, appointments and what moves sums.
STEP_UP_AFTER = dt.timedelta(minutes=15)
OTP_TOTP_ISSUER = PORTAL_NAME

SESSION_ENGINE = "accounts.sessions"
# The longest of the above; each sign-in is held to its own by the server.
SESSION_COOKIE_AGE = int(max(in_all for _u, in_all, _f in SIGN_IN_RULES.values()).total_seconds())
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("Tiếng Anh"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = environment.TIME_ZONE
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
ASSETS_DIR = VAR_DIR / "assets"
STATICFILES_DIRS = [BASE_DIR / "static", ASSETS_DIR]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.storage.StaticFiles"},
}
# As in production, with DEBUG on too: hashed, compressed, kept by the phone.
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = False
# Nobody else needs our files, and the header that would offer them to all comes with every one.
WHITENOISE_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
# A day of a chat group comes back as one form: 300 lines of some 15 fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000
FILE_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "core.upload_gate.FewPartsHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

HTTPS: bool = env.bool("HTTPS", default=not DEBUG)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone")
}

# Counts tries at the public doors (core.throttle); it may be lost at any time.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "portal",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_TIME_LIMIT = 300

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "core.api.Pagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "core.openapi.PortalSchema",
    "EXCEPTION_HANDLER": "core.errors.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": PORTAL_NAME,
    "DESCRIPTION": "Số liệu chiến dịch tình nguyện: nộp báo cáo, đọc tổng hợp, tra địa bàn.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # What is sent is described apart from what is answered: only the first has no blanks.
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "SessionState": "volunteers.sessions.models.State",
        "HelpState": "volunteers.help_requests.models.HelpState",
        "Asking": "campaign.models.campaigns.Asking",
        "OfficialKind": "reports.official.models.FigureKind",
        "ExportKind": "reports.exports.models.ExportKind.values",
        "MapOfUnits": "reports.official.models.MapOfUnits",
    },
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

# Reminders (reports/notifications/channels). Each channel is off where its setting is missing.
_HERE = f"http://127.0.0.1:{env('PORT', default='8000')}" if DEBUG else ""
PORTAL_URL: str = (env("PORTAL_URL", default="") or _HERE).rstrip("/")
VAPID_PRIVATE_KEY: str = env("VAPID_PRIVATE_KEY", default="")
# Who answers for what we push: an address that push services may write to.
VAPID_SUBJECT: str = env("VAPID_SUBJECT", default="") or (
    "mailto:demo@localhost" if DEBUG else PORTAL_URL
)
if DEBUG and not VAPID_PRIVATE_KEY:
    VAPID_PRIVATE_KEY = vapid.stored_key(VAR_DIR / "vapid_key")
# The server calls these and nobody else, whatever a browser says its endpoint is.
PUSH_SERVICES: tuple[str, ...] = (
    "https://fcm.googleapis.com",
    "https://updates.push.services.mozilla.com",
    "https://*.push.services.mozilla.com",
    "https://*.notify.windows.com",
    "https://*.push.apple.com",
)
EMAIL_IS_ON = bool(env("EMAIL_URL", default=""))
if EMAIL_IS_ON:
    vars().update(env.email_url("EMAIL_URL"))
EMAIL_TIMEOUT = 8
DEFAULT_FROM_EMAIL: str = env("EMAIL_FROM", default="") or "Tiên Phong 06 <khong-tra-loi@localhost>"
ZALO_BOT_URL: str = env("ZALO_BOT_URL", default="https://bot-api.zaloplatforms.com")
ZALO_BOT_TOKEN: str = env("ZALO_BOT_TOKEN", default="")
# As people name the bot in a group, without the "@".
ZALO_BOT_NAME: str = env("ZALO_BOT_NAME", default="")
# With it the service brings messages to us; without it we ask for them.
ZALO_WEBHOOK_SECRET: str = env("ZALO_WEBHOOK_SECRET", default="")
# A gateway for SMS that speaks HTTP; SMS_NUMBER is where people write to.
SMS_GATEWAY_URL: str = env("SMS_GATEWAY_URL", default="")
SMS_GATEWAY_TOKEN: str = env("SMS_GATEWAY_TOKEN", default="")
SMS_WEBHOOK_SECRET: str = env("SMS_WEBHOOK_SECRET", default="")
SMS_NUMBER: str = env("SMS_NUMBER", default="")

# Signs the head of the log, which bears the portal's name (docs/operations.md: keep it for ever).
LOG_KEY: str = env("LOG_KEY", default="" if DEBUG else env.NOTSET)
if DEBUG and not LOG_KEY:
    LOG_KEY = vapid.stored_key(VAR_DIR / "log_key", log_key.new_key)
LOG_ORIGIN: str = f"{PORTAL_URL.partition('://')[2] or 'localhost'}/api/v1/log"

# Backups (docs/backup.md). Without a key there are none.
BACKUP_KEY: str = env("BACKUP_KEY", default="")
if DEBUG and not BACKUP_KEY:
    BACKUP_KEY = vapid.stored_key(VAR_DIR / "backup_key", NEW_SECRET)
BACKUP_DIR = Path(env("BACKUP_DIR", default=str(VAR_DIR / "backups")))
BACKUP_KEEP: int = env.int("BACKUP_KEEP", default=14)
# A command that copies a file to another machine; the file's path is its last word.
BACKUP_HOOK: str = env("BACKUP_HOOK", default="")
# Without these a restored portal knows neither its own signatures nor its phones. LOG_KEY is not
# among them: who opens a backup must not be able to sign the log.
SAVED_KEYS = ("SECRET_KEY", "VAPID_PRIVATE_KEY")
# The folder of pg_dump and pg_restore where they are not found by themselves.
POSTGRES_PROGRAMS: str = env("POSTGRES_PROGRAMS", default="")

METRICS_TOKEN: str = env("METRICS_TOKEN", default="")
PROMETHEUS_EXPORT_MIGRATIONS = False

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "core.masking.masking_line"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    # Drawing a PDF, it tells of every letter.
    "loggers": {"django.server": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}},
}
