"""The loggers of a run are as before after each test: a handler that stays would report the next run twice."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from snakemake.logging import logger as snakemake_logger

from reversal.steps.run_log import run_log


@pytest.fixture(autouse=True)
def loggers() -> Iterator[None]:
    before = [(one, list(one.handlers), one.level, one.propagate) for one in (run_log, snakemake_logger)]
    snakemake_logger.setLevel(logging.INFO)
    yield
    for one, handlers, level, propagate in before:
        one.handlers[:], one.propagate = handlers, propagate
        one.setLevel(level)
