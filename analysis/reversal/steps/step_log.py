"""The log file of a step."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from reversal.errors import Refusal
from reversal.steps.run_lock import end_with_run

log = logging.getLogger("reversal")


class LogFile(logging.FileHandler):
    """A log on a disk that may become full: a message that cannot be written is left out, and the work goes on."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Print no traceback of the full disk: the message itself is what matters."""


@contextmanager
def logged(file: str) -> Iterator[None]:
    """Write the log messages of a step to its log file, including an error that ends the step.

    A Refusal ends the process with its sentence, without a traceback. SIGTERM, as a cluster sends it to a job that is
    cancelled or has reached its time limit, ends it in the same way: unfinished files are removed.
    """
    end_with_run()
    before = signal.signal(signal.SIGTERM, _end)
    path = Path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = LogFile(path, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    except Refusal as refusal:  # such as a full disk: the message is sufficient
        log.error("%s", refusal)
        sys.exit(str(refusal))
    except Exception:
        log.exception("the step ended with an error")
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
        log.removeHandler(handler)
        with suppress(OSError):  # a full disk: the reason why the step ends must not be hidden by its log
            handler.close()


def _end(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
    log.error("the job was ended from outside: it was cancelled, or it reached its time limit")
    sys.exit(128 + number)
