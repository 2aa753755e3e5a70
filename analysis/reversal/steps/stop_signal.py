"""The signal with which a system ends a service ends a run after its present jobs, at whatever moment it arrives."""

from __future__ import annotations

import signal
import threading
from queue import SimpleQueue


def ask_from_a_thread() -> None:
    """Let the handler of SIGTERM that is installed do its work in a thread.

    The handler of Snakemake waits for locks. Python runs a handler in the main thread, between two of its steps, and if
    the main thread has such a lock at that moment, the run waits for itself for ever. From a thread, the handler waits
    until the main thread has released the lock.
    """
    handler = signal.getsignal(signal.SIGTERM)
    if not callable(handler):
        return
    arrived: SimpleQueue[int] = SimpleQueue()  # the only queue that a handler may use while it is used

    def ask() -> None:
        while True:
            handler(arrived.get(), None)

    threading.Thread(target=ask, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda number, _frame: arrived.put(number))
