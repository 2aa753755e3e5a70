"""Verdict on a line from its intervals and the equivalence margin."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, k_series
from reversal.experiment.configuration import Experiment
from reversal.experiment.fit_settings import Fitting
from reversal.fit.fit_cell import fit_cell
from reversal.fit.nernst import verdict
from reversal.fit.nernst.line import Line
from reversal.tables.findings.code import Code
from reversal.tables.findings_table import FindingRow
from reversal.tables.nernst_table import NernstRow, Verdict
from tests.fit.findings_by_code import found_by_code

LINE = Line(1.0, 0.97, 1.03, 0.98, 1.02, -125.0, 22.0, 3, 0.3, 0.5, ())


def judged(monkeypatch: pytest.MonkeyPatch, **changes: object) -> tuple[NernstRow, dict[Code, FindingRow]]:
    """Row of a cell whose line has the given numbers, and the findings about it; margin 5 %."""
    rig = Rig()
    line = dataclasses.replace(LINE, **changes)  # type: ignore[arg-type]
    monkeypatch.setattr(verdict, "line_of", lambda _points: line)
    fits = fit_cell(rig.reversals({"K": 1.0}), rig.settings(Experiment()))
    return fits.nernst[0], found_by_code(fits.fit_findings, table="nernst")


@pytest.mark.parametrize(
    ("low", "tost_low", "tost_high", "high", "expected"),
    [
        (0.94, 0.951, 1.049, 1.06, Verdict.EQUIVALENT),
        (0.94, 0.949, 1.02, 1.03, Verdict.UNDECIDED),
        (0.97, 0.98, 1.051, 1.06, Verdict.UNDECIDED),
        (0.80, 0.81, 0.97, 0.99, Verdict.DIFFERENT),
        (1.01, 1.02, 1.20, 1.21, Verdict.DIFFERENT),
        (1.00, 1.02, 1.20, 1.21, Verdict.UNDECIDED),
        (0.80, 0.81, 0.98, 1.00, Verdict.UNDECIDED),
        (0.96, 0.97, 0.98, 0.99, Verdict.EQUIVALENT),
    ],
)
def test_verdict_follows_from_the_two_intervals(
    monkeypatch: pytest.MonkeyPatch, low: float, tost_low: float, tost_high: float, high: float, expected: Verdict
) -> None:
    """Two one-sided tests: equivalent if the 90 % interval is inside the margin (Schuirmann 1987)."""
    row, found = judged(monkeypatch, low=low, high=high, tost_low=tost_low, tost_high=tost_high)
    assert row.verdict is expected
    assert (Code.SLOPE_UNDECIDED in found) is (expected is Verdict.UNDECIDED)


@pytest.mark.parametrize(("degrees", "code"), [(0, Code.TWO_BATHS), (1, Code.ONE_DEGREE_OF_FREEDOM), (2, None)])
def test_few_degrees_of_freedom_are_a_finding(monkeypatch: pytest.MonkeyPatch, degrees: int, code: Code | None) -> None:
    row, found = judged(monkeypatch, degrees_of_freedom=degrees, tost_low=0.9, tost_high=1.1, low=0.8, high=1.2)
    assert row.verdict is Verdict.UNDECIDED
    assert set(found) & {Code.TWO_BATHS, Code.ONE_DEGREE_OF_FREEDOM} == ({code} if code else set())


@pytest.mark.parametrize(("p", "curved"), [(0.049, True), (0.051, False), (None, False)])
def test_a_line_is_curved_if_p_is_below_5_percent(
    monkeypatch: pytest.MonkeyPatch, p: float | None, curved: bool
) -> None:
    found = judged(monkeypatch, curvature_p=p)[1].get(Code.LINE_CURVED)
    assert (found and (found.number, found.limit)) == ((p, 0.05) if curved else None)


@pytest.mark.parametrize("slope", [0.6, 1.0])
def test_inside_concentration_is_where_the_line_crosses_0_mV(monkeypatch: pytest.MonkeyPatch, slope: float) -> None:
    """E = intercept + slope · (RT/F) ln out is 0 at out = exp(−intercept F/(slope RT)); RT/F 25.4336 mV at 22 °C."""
    row, _ = judged(monkeypatch, slope_ratio=slope, intercept_mV=-125.0 * slope)
    assert row.in_mM_of_line == pytest.approx(np.exp(125.0 / 25.4336), rel=1e-4)


def test_slope_ratio_below_a_half_gives_no_inside_concentration(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged(monkeypatch, slope_ratio=0.45)[0].in_mM_of_line is None
    assert judged(monkeypatch, slope_ratio=0.5)[0].in_mM_of_line is not None


@pytest.mark.parametrize(("baths", "robust"), [(4, False), (5, True)])
def test_robust_weights_need_five_baths(baths: int, robust: bool) -> None:
    rig = Rig()
    rig.baths = k_series(2.5, 5, 10, 20, 40)
    rig.baths = dict(list(rig.baths.items())[:baths])
    fits = fit_cell(rig.reversals({"K": 1.0}), rig.settings(Experiment(fitting=Fitting(robust=True))))
    assert (Code.ROBUST_WEIGHTS in found_by_code(fits.fit_findings, table="nernst")) is robust
