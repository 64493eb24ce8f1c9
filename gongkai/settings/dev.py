"""Development and the demonstration city: no services, no secrets, everything local."""

import os

os.environ.setdefault("GONGKAI_DEFAULT_SECRET", "development-only-never-use-this-key-in-production")

from .base import *

DEBUG = ENV.demo_date is None
ALLOWED_HOSTS = [*ENV.allowed_hosts, "*"]
if DEBUG:
    STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }

# A public page that touches a session or sets a cookie is a mistake of ours.
PUBLIC_LEAK_RAISES = DEBUG
