"""A signal that asks a run to end does not stop it for ever, at whatever moment it arrives."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from reversal.steps.stop_signal import ask_from_a_thread

LONGEST_S = 5.0


@pytest.fixture(autouse=True)
def _same_handler_afterwards() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_a_handler_may_wait_for_a_lock_that_the_main_thread_has() -> None:
    lock, asked = threading.Lock(), threading.Semaphore(0)

    def handler(_number: int, _frame: object) -> None:
        if lock.acquire(timeout=LONGEST_S):  # without a limit, the main thread would wait for itself for ever
            lock.release()
            asked.release()

    signal.signal(signal.SIGTERM, handler)
    ask_from_a_thread()
    with lock:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        assert not asked.acquire(blocking=False)
    assert asked.acquire(timeout=LONGEST_S)
    assert asked.acquire(timeout=LONGEST_S)


def test_a_signal_without_a_handler_keeps_its_meaning() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ask_from_a_thread()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
