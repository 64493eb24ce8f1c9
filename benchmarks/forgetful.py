"""The settings of the demonstration with nothing remembered between requests, for comparison."""

from gongkai.settings.dev import *  # noqa: F403

MEMO_SECONDS = 0
