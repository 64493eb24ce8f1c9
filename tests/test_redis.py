"""CACHE_URL may name a Redis server: the cache of a production installation with several machines."""

import os

import environ
import pytest
from django.core.cache.backends.base import BaseCache
from django.utils.module_loading import import_string

URL = os.environ.get("GONGKAI_TEST_REDIS", "")


@pytest.mark.skipif(not URL, reason="no Redis server (GONGKAI_TEST_REDIS)")
def test_a_cache_url_with_redis_keeps_shares_and_forgets() -> None:
    config = environ.Env.cache_url_config(URL)
    backend = import_string(config["BACKEND"])
    first: BaseCache = backend(config["LOCATION"], {})
    second: BaseCache = backend(config["LOCATION"], {})
    first.set("gongkai-test", {"标题": "工作要点"}, timeout=30)
    assert second.get("gongkai-test") == {"标题": "工作要点"}
    first.delete("gongkai-test")
    assert second.get("gongkai-test") is None
