"""What search does without a person: the timer's jobs, and the comparison beside them."""

from gongkai.core import clock, jobs
from gongkai.search import nightly, tallies


class NightlyComparison:
    """Compares indexes and database in a thread of its own, because on a large archive it takes
    minutes and must not keep the outbox waiting."""

    def __init__(self) -> None:
        self._asked = 0.0

    def step(self) -> int:
        """Compare when it is time; always 0, because no facts are followed."""
        moment = clock.now()
        if moment.timestamp() - self._asked >= 30 or moment.timestamp() < self._asked:
            self._asked = moment.timestamp()
            nightly.compare_nightly(moment)
        return 0

    def close(self) -> None:
        """Nothing is held open."""
        self._asked = 0.0


def register() -> None:
    """Put all of it into the timer and the worker."""
    jobs.register_job("search.tally", "汇总搜索记录", tallies.fold_due)
    jobs.register_job("search.forget", "删除到期的搜索记录", tallies.forget_due)
    jobs.register_job("search.nightly", "抽查标题能否搜到", nightly.check_nightly)
    jobs.register_follower("search.compare", NightlyComparison())
