"""Slow work beside the worker: pieces until told to stop, whatever one of them breaks."""

import threading
from datetime import datetime

import pytest

from gongkai.core import jobs


def test_slow_work_survives_a_broken_piece_and_stops_when_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    seen: list[str] = []

    def step(moment: datetime) -> int:
        seen.append(threading.current_thread().name)
        if len(seen) == 1:
            raise RuntimeError("broken piece")
        if len(seen) == 4:
            stop.set()
        return 1

    monkeypatch.setattr(jobs, "_SLOW", {"x": ("慢活", step)})
    monkeypatch.setattr(jobs, "SLOW_PAUSE", 0.01)
    beside = threading.Thread(target=jobs._work_slowly, args=(stop,), name="beside")
    beside.start()
    beside.join(timeout=5)
    assert not beside.is_alive()
    assert seen == ["beside"] * 4
    assert "slow job 慢活 failed" in caplog.text
