"""Fixtures of the tests of reports: the rows of rows.py."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from reversal.experiment.step_settings import CellSettings
from reversal.recordings.recording.store import Ingested
from reversal.report.inputs import Night, Provenance
from reversal.tables.results import CellFits, CellMeasures


@pytest.fixture(scope="session")
def rows() -> ModuleType:
    """Rows and recordings as the analysis produces them."""
    spec = importlib.util.spec_from_file_location("report_rows", Path(__file__).with_name("rows.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def provenance() -> Provenance:
    return Provenance({"reversal": "0.1.0", "numpy": "2.4.0", "matplotlib": "3.11.2"}, "0123456789abcdef", "2026-11-20")


@pytest.fixture(scope="session")
def settings(rows: ModuleType) -> CellSettings:
    return rows.some_settings("c1")


@pytest.fixture(scope="session")
def outcomes(rows: ModuleType) -> list[Ingested]:
    return rows.some_outcomes()


@pytest.fixture(scope="session")
def measures(rows: ModuleType) -> CellMeasures:
    return rows.some_measures("c1")


@pytest.fixture(scope="session")
def fits(rows: ModuleType) -> CellFits:
    return CellFits(
        (rows.permeability_row("c1"),),
        (rows.nernst_row("c1"),),
        curves=rows.curves_of("c1"),
        profiles=rows.profile_of("c1"),
    )


@pytest.fixture(scope="session")
def night(rows: ModuleType, provenance: Provenance) -> Night:
    return rows.a_night(provenance, 8)


@pytest.fixture(scope="session")
def small_night(rows: ModuleType, provenance: Provenance) -> Night:
    return rows.a_night(provenance, 2)


@pytest.fixture(scope="session")
def many(rows: ModuleType, provenance: Provenance) -> Night:
    return rows.a_night(provenance, 500)
