"""The test suite: fast hashing, files in a temporary folder, database from DATABASE_URL."""

import hashlib
import os
import tempfile
from pathlib import Path

os.environ.setdefault("GONGKAI_DEFAULT_SECRET", "test-key-that-protects-nothing-at-all-0123456789")
_scratch = Path(tempfile.mkdtemp(prefix="gongkai-test-"))
os.environ.setdefault("GONGKAI_DATA_DIR", str(_scratch))

from .base import *

ALLOWED_HOSTS = ["*"]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
SPEECH_COMMAND = []
AXES_ENABLED = False
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
MAIL_ENABLED = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: the live server and concurrency tests open several connections.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}

# A test sees at once what it changed, and its own database only.
MEMO_SECONDS = 0
PAGE_CACHE_BYTES = 0
# Lines of the query log wait in memory until a test writes them (search.traces.WRITER.flush).
SEARCH_LOG_THREAD = False
DATABASES["default"]["CONN_MAX_AGE"] = 0

# A public page that touches a session or sets a cookie is a mistake of ours.
PUBLIC_LEAK_RAISES = True

# Without keys of its own, a development database is encrypted under one made from the secret key.
DATA_KEYS = DATA_KEYS or {1: hashlib.sha256(f"data:{SECRET_KEY}".encode()).digest()}
