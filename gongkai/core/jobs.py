"""What runs without a person: the worker's loop and the timer's jobs."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from django.db import OperationalError, close_old_connections, connections

from gongkai.core import facts, outbox
from gongkai.core.clock import now

logger = logging.getLogger("gongkai.jobs")

Job = Callable[[datetime], int]
_JOBS: dict[str, tuple[str, Job]] = {}


class Follower(Protocol):
    """Something that keeps up with the sealed facts, beside the worker's other work."""

    def step(self) -> int:
        """Take in what is new; returns how many facts."""

    def close(self) -> None:
        """Let go of files and locks."""


_FOLLOWERS: dict[str, Follower] = {}


def register_follower(name: str, follower: Follower) -> None:
    """Add a follower: the worker gives it a thread, ``tick`` one step."""
    _FOLLOWERS[name] = follower


def register_job(name: str, label: str, job: Job) -> None:
    """Add a job to the timer: called with the present time, returns how many things it did.

    Jobs are idempotent: the timer may call them as often as it likes.
    """
    _JOBS[name] = (label, job)


_SLOW: dict[str, tuple[str, Job]] = {}
SLOW_SECONDS = 20.0
"""How long one ``tick`` goes on with slow work; the piece it is at is finished."""


def register_slow_job(name: str, label: str, step: Job) -> None:
    """Add work that takes seconds a piece (recognising a page). ``step`` does one piece that waits
    and returns how many it did; 0 when nothing waits.

    The worker runs the pieces beside everything else, so that nothing stands behind them; ``tick``
    runs some at its end. A piece must not hold a transaction while it works, and as several
    processes may be at it, it takes its work by a lease.
    """
    _SLOW[name] = (label, step)


def tick(moment: datetime) -> dict[str, int]:
    """Run every timer job once, then the outbox and the sealer, then some slow work; returns counts
    by label."""
    done = {label: job(moment) for label, job in _JOBS.values()}
    done["副作用"] = outbox.run(now=moment)
    done["封存"] = facts.seal()
    for name, follower in _FOLLOWERS.items():
        done[name] = follow(follower)
        follower.close()
    ends = time.monotonic() + SLOW_SECONDS
    for label, step in _SLOW.values():
        done[label] = 0
        while time.monotonic() < ends and (count := step(moment)):
            done[label] += count
    if any(done[label] for label, _ in _SLOW.values()):
        done["封存"] += facts.seal()
    return done


def follow(follower: Follower) -> int:
    """Have a follower take in everything that is sealed; returns how many facts."""
    total = 0
    while step := follower.step():
        total += step
    return total


def keep_following(name: str, stop: threading.Event, *, pause: float = 0.25) -> None:
    """A follower's thread: seals and follows until told to stop. What is slow in the outbox does
    not keep it waiting."""
    follower = _FOLLOWERS[name]
    while not stop.is_set():
        busy = 0
        try:
            if facts.waiting():
                facts.seal()
            busy = follower.step()
        except Exception:  # an index that cannot be written must not end the worker
            logger.exception("%s could not follow", name)
            follower.close()
            stop.wait(5)
        close_old_connections()
        if not busy:
            stop.wait(pause)
    follower.close()
    connections.close_all()


def work(stop: threading.Event, *, pause: float = 0.4, jobs_every: float = 20.0) -> None:
    """The worker: outbox and sealing at once, timer jobs every so often, until told to stop."""
    waited = jobs_every
    beside = [
        threading.Thread(target=keep_following, args=(name, stop), name=name, daemon=True)
        for name in _FOLLOWERS
    ]
    if _SLOW:
        beside.append(threading.Thread(target=_work_slowly, args=(stop,), name="slow", daemon=True))
    for thread in beside:
        thread.start()
    while not stop.is_set():
        try:
            if waited >= jobs_every:
                waited = 0.0
                for _, job in _JOBS.values():
                    job(now())
            busy = outbox.run(now=now()) or facts.seal()
        except OperationalError:
            # The database is away or locked for long: keep the worker, try again.
            logger.exception("worker could not reach the database")
            busy = 0
        close_old_connections()
        if not busy:
            stop.wait(pause)
            waited += pause
    # A piece of slow work that takes longer is left to its lease.
    for thread in beside:
        thread.join(timeout=10)
    connections.close_all()


SLOW_PAUSE = 3.0
"""Seconds until slow work looks again when nothing waited."""


def _work_slowly(stop: threading.Event) -> None:
    """The slow jobs of a worker, in a thread and with a connection of their own."""
    try:
        while not stop.is_set():
            busy = 0
            for label, step in list(_SLOW.values()):
                if stop.is_set():
                    break
                try:
                    busy += step(now())
                except Exception:  # one broken piece must not end the others
                    logger.exception("slow job %s failed", label)
            close_old_connections()
            if not busy:
                stop.wait(SLOW_PAUSE)
    finally:
        connections.close_all()
