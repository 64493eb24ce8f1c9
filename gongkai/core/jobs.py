"""What runs without a person: the worker's loop and the timer's jobs."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import OperationalError, close_old_connections, connections

from gongkai.core import facts, outbox
from gongkai.core.clock import now

logger = logging.getLogger("gongkai.jobs")

Job = Callable[[datetime], int]
_JOBS: dict[str, tuple[str, Job]] = {}


def register_job(name: str, label: str, job: Job) -> None:
    """Add a job to the timer: called with the present time, returns how many things it did.

    Jobs are idempotent: the timer may call them as often as it likes.
    """
    _JOBS[name] = (label, job)


def tick(moment: datetime) -> dict[str, int]:
    """Run every timer job once, then the outbox and the sealer; returns counts by label."""
    done = {label: job(moment) for label, job in _JOBS.values()}
    done["副作用"] = outbox.run(now=moment)
    done["封存"] = facts.seal()
    return done


def work(stop: threading.Event, *, pause: float = 0.4, jobs_every: float = 20.0) -> None:
    """The worker: outbox and sealing at once, timer jobs every so often, until told to stop."""
    waited = jobs_every
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
    connections.close_all()
