"""Projects whose right answers are known."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.cases.project import Run, run_copy, writable_copy
from tests.conftest import ROOT

CASES = ROOT.parent / "shared/cases/analysis"


@pytest.fixture(scope="session")
def run_case(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """Run a case by the name of its folder, once in a session; skip where the cases are absent."""

    @cache
    def run(name: str) -> Run:
        return run_copy(_source(name), tmp_path_factory.mktemp(name))

    return run


@pytest.fixture
def copied_case(tmp_path: Path) -> Callable[[str], Path]:
    """Copy a case by the name of its folder; skip where the cases are absent."""
    return lambda name: writable_copy(_source(name), tmp_path / name)


def _source(name: str) -> Path:
    source = CASES / name
    if not source.is_dir():
        pytest.skip(f"the case {name} is not next to the project")
    return source
