"""What search does without a person: the timer's jobs, and the comparison beside them."""

from gongkai.core import jobs
from gongkai.search import nightly, tallies


def register() -> None:
    """Put all of it into the timer and the worker. Comparing takes minutes on a large archive, so
    it does not keep the outbox waiting."""
    jobs.register_job("search.tally", "汇总搜索记录", tallies.fold_due)
    jobs.register_job("search.forget", "删除到期的搜索记录", tallies.forget_due)
    jobs.register_job("search.nightly", "抽查标题能否搜到", nightly.check_nightly)
    jobs.register_slow_job("search.compare", "核对检索索引", nightly.compare_nightly)
