"""Development and the demonstration city: no services, no secrets, everything local."""

import hashlib
import os

os.environ.setdefault("GONGKAI_DEFAULT_SECRET", "development-only-never-use-this-key-in-production")

from .base import *

DEBUG = ENV.demo_date is None
if not ENV.email:
    # Nothing leaves the machine: each mail becomes a file that can be read.
    MAIL_ENABLED = True
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
ALLOWED_HOSTS = [*ENV.allowed_hosts, "*"]
if DEBUG:
    PAGE_CACHE_BYTES = MEMO_SECONDS = 0
    STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }

# A public page that touches a session or sets a cookie is a mistake of ours.
PUBLIC_LEAK_RAISES = DEBUG

# Without keys of its own, a development database is encrypted under one made from the secret key.
DATA_KEYS = DATA_KEYS or {1: hashlib.sha256(f"data:{SECRET_KEY}".encode()).digest()}
