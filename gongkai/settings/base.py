"""Settings shared by every installation; values here are safe for production."""

import os
from typing import Any

from csp.constants import NONE, SELF

from .environment import ROOT, read

ENV = read(default_secret=os.environ.get("GONGKAI_DEFAULT_SECRET", ""))
ENV.data_dir.mkdir(parents=True, exist_ok=True)

SECRET_KEY = ENV.secret_key
# Keys of encrypted personal data by version; the highest writes, all of them read.
DATA_KEYS = ENV.data_keys
DEBUG = False
ALLOWED_HOSTS = ENV.allowed_hosts
BASE_URL = ENV.base_url
DEMO_DATE = ENV.demo_date
DATA_DIR = ENV.data_dir
ROOT_URLCONF = "gongkai.urls"
WSGI_APPLICATION = "gongkai.wsgi.application"

INSTALLED_APPS = [
    # Order = floor, lowest first; see ARCHITECTURE.md.
    "gongkai.core",
    "gongkai.design",
    "gongkai.organisations",
    "gongkai.screening",
    "gongkai.search",
    "gongkai.filetexts",
    "gongkai.messaging",
    "gongkai.catalogue",
    "gongkai.review",
    "gongkai.publishing",
    "gongkai.legacy",
    "gongkai.profiles",
    "gongkai.decisions",
    "gongkai.deposits",
    "gongkai.speech",
    "gongkai.ledger",
    "gongkai.sitecare",
    "gongkai.subscriptions",
    "gongkai.portal",
    "gongkai.desk",
    "gongkai.demo",
    "wagtail.snippets",
    "wagtail.users",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "axes",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "gongkai.core.middleware.PublicPathMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gongkai.core.middleware.SessionTouchMiddleware",
    "gongkai.core.middleware.RefusalMiddleware",
    "gongkai.portal.middleware.SiteShutMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gongkai.core.context.platform",
                "gongkai.demo.context.demo_bar",
            ],
        },
    },
]

DATABASES = {"default": {**ENV.database, "ATOMIC_REQUESTS": False}}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Deferred transactions fail under concurrent writers; IMMEDIATE queues them instead. 32 MB of
    # pages stay in memory, because indexes of a large archive are written at random places.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA cache_size=-32000;",
    }
# Opening a connection costs as much as a fifth of a page, on SQLite too (it sets its pragmas).
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": ENV.cache}

AUTH_USER_MODEL = "organisations.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "/desk/login/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/desk/login/"
WAGTAILADMIN_LOGIN_URL = LOGIN_URL

# Five wrong passwords for one name from one address lock that pair for half an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# Behind our own proxy the visitor's address is in the header that the proxy sets, nowhere else.
BEHIND_PROXY = ENV.behind_proxy
AXES_CLIENT_IP_CALLABLE = "gongkai.organisations.views.client_address"
AXES_LOCKOUT_TEMPLATE = "organisations/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

# A desk session ends with the browser, or after thirty idle minutes; SessionTouchMiddleware
# counts them to the minute, because saving with every page would write for every page read.
SESSION_COOKIE_AGE = 30 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "gongkai_session"
CSRF_COOKIE_NAME = "gongkai_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "gongkai.core.views.csrf_failure"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
LOCALE_PATHS = [ROOT / "gongkai" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "media"},
    },
    # Blobs are private: no URL of their own, one view serves each after asking its record.
    "blobs": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "blobs"},
    },
    "staticfiles": {"BACKEND": "gongkai.design.static_files.BundlingStorage"},
}
if ENV.s3_bucket:
    STORAGES["blobs"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": ENV.s3_bucket, "default_acl": "private"},
    }
# Every public page needs these five; joined by collectstatic (design.static_files).
STYLE_BUNDLES = {
    "bundles/public.css": [
        "design/css/tokens.css",
        "design/css/base.css",
        "design/css/components.css",
        "design/css/public.css",
        "portal/portal.css",
        "portal/blocks/base.css",
    ],
}
# The search indexes: made from the database, so they need no backup.
SEARCH_DIR = DATA_DIR / "search"
# The query log is written by a thread of its own (search.traces).
SEARCH_LOG_THREAD = True
MEDIA_URL = "/media-unused/"
ACCEL_PREFIX = ENV.accel_prefix
UPLOAD_LIMIT = ENV.upload_limit
DATA_UPLOAD_MAX_MEMORY_SIZE = ENV.upload_limit + 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Looking at other sites' addresses again leaves the machine, so it has to be switched on.
LINK_CHECKS = ENV.link_checks
# Recordings for readers whose device has no Chinese voice; without a command none are made.
SPEECH_COMMAND = ENV.speech_command
SPEECH_TIMEOUT = 90  # seconds; less than the lease of a side effect
SPEECH_SIZE_LIMIT = 96 * 1024 * 1024
# What reads old office files and pictures for the search; looked for on the PATH, "" = not used.
SOFFICE_COMMAND = ENV.soffice_command
TESSERACT_COMMAND = ENV.tesseract_command

# Mail is off until an address of a mail server is given; notices then stay in the inbox.
MAIL_ENABLED = bool(ENV.email)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from
EMAIL_BACKEND = ENV.email.get("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST = ENV.email.get("EMAIL_HOST", "localhost")
EMAIL_PORT = ENV.email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = ENV.email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = ENV.email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(ENV.email.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(ENV.email.get("EMAIL_USE_SSL"))
EMAIL_FILE_PATH = ENV.email.get("EMAIL_FILE_PATH") or str(DATA_DIR / "mail")
EMAIL_TIMEOUT = 20
EMAIL_SUBJECT_PREFIX = ""

WAGTAIL_SITE_NAME = "长沙政务公开"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_I18N_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文")]
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAIL_MODERATION_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    # Wagtail's admin sends inline scripts; it is for signed-in editors and has its own policy.
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"gongkai": {"level": "INFO"}, "axes": {"level": "ERROR"}},
}

# The cache of whole public pages in each process (core.page_cache), in bytes; 0 = off.
PAGE_CACHE_BYTES = ENV.page_cache

# How long a process may remember sites, columns, kinds, units and working days (core.memo).
MEMO_SECONDS = 5

# A public page that touches a session or sets a cookie is a mistake of ours.
PUBLIC_LEAK_RAISES = False
