"""What halving and doubling each constant does to simulated recordings and series."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from reversal.calibration.fit_intervals import noisy, potassium_series
from reversal.calibration.measured_cases import outcomes
from reversal.constant import Constant
from reversal.fit.nernst.verdict import nernst_row
from reversal.fit.permeability.ratios import permeability_rows
from reversal.measure.measure_recording import Measured

CELLS, SERIES = 40, 40
SEED = 7


@dataclass(frozen=True, slots=True)
class Answers:
    """What the simulated recordings and series give.

    value, width : E_rev [mV] or log ratio and the width of its interval, NaN where there is none, shape (n,)
    covered : whether the interval contains the truth
    codes : the findings of each
    """

    value: np.ndarray
    width: np.ndarray
    covered: np.ndarray
    codes: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """Difference between two sets of answers.

    changed : fraction of the answers in which value, interval or findings differ
    shift : largest change of a value, in half-widths of its interval
    width : median of the interval's width relative to before
    coverage : change of the coverage, in percentage points
    """

    changed: float
    shift: float
    width: float
    coverage: float


def effect_of(constant: Constant, factor: float, before: Answers) -> Effect:
    """Effect of a constant multiplied by a factor on the answers of its floor."""
    with changed(constant, factor):
        return _difference(before, answers(constant.module))


def answers(module: str) -> Answers:
    """Answers of the simulation that the floor of a table of constants is used in."""
    return _of_fits() if ".fit." in module else _of_recordings()


@contextmanager
def changed(constant: Constant, factor: float) -> Iterator[None]:
    """The constant multiplied by a factor wherever the package has imported it."""
    value = constant.value
    other = tuple(factor * v for v in value) if isinstance(value, tuple) else _scaled(value, factor)
    holders = [m for name, m in sys.modules.items() if name.startswith("reversal.") and constant.name in vars(m)]
    for module in holders:
        setattr(module, constant.name, other)
    try:
        yield
    finally:
        for module in holders:
            setattr(module, constant.name, value)


def _scaled(value: object, factor: float) -> int | float:
    """Counts stay whole and at least 1."""
    return max(round(factor * value), 1) if isinstance(value, int) else factor * float(value)  # type: ignore[arg-type]


def _of_recordings() -> Answers:
    made = list(outcomes(CELLS, SEED))
    limits = [(b.low_mV, b.high_mV) if (b := one.measured.budget) is not None else (None, None) for one in made]
    low, high = (np.array([pair[k] for pair in limits], dtype=float) for k in (0, 1))
    estimates = [one.measured.reversal.estimate for one in made]
    value = np.array([np.nan if e is None else e.e_mV for e in estimates])
    truth = np.array([one.true_mV for one in made])
    codes = tuple(_codes(one.measured) for one in made)
    return Answers(value, high - low, (low <= truth) & (truth <= high), codes)


def _codes(measured: Measured) -> frozenset[str]:
    """Findings of the reversal potential, and the checks that failed."""
    findings = [found.code.value for found in measured.reversal.findings]
    return frozenset([*findings, *(check.finding.code.value for check in measured.checks if not check.passed)])


def _of_fits() -> Answers:
    ratio = 0.02
    series = potassium_series({"K": 1.0, "Na": ratio}, (2.5, 5, 10, 20, 40))
    rows = [(permeability_rows(one)[0][0].row, nernst_row(one).row) for one in noisy(series, SERIES, SEED)]
    ends = np.log(np.array([(p.ci_low or np.nan, p.ci_high or np.nan) for p, _ in rows], dtype=float))
    value = np.log(np.array([p.p_ratio or np.nan for p, _ in rows], dtype=float))
    covered = (ends[:, 0] <= np.log(ratio)) & (np.log(ratio) <= ends[:, 1])
    codes = tuple(frozenset([f"{p.reason}", f"{line.reason}", f"{line.verdict}"]) for p, line in rows)
    return Answers(value, ends[:, 1] - ends[:, 0], covered, codes)


def _difference(before: Answers, after: Answers) -> Effect:
    if before.value.shape != after.value.shape:
        return Effect(1.0, np.nan, np.nan, np.nan)
    moved = np.abs(after.value - before.value) / np.maximum(before.width / 2, 1e-9)
    same = np.isclose(before.value, after.value, rtol=1e-9, equal_nan=True)
    same &= np.isclose(before.width, after.width, rtol=1e-9, equal_nan=True)
    same &= np.array([a == b for a, b in zip(before.codes, after.codes, strict=True)])
    known = np.isfinite(before.width) & np.isfinite(after.width)
    return Effect(
        changed=float(1 - same.mean()),
        shift=float(np.nanmax(moved)) if np.isfinite(moved).any() else np.nan,
        width=float(np.median(after.width[known] / before.width[known])) if known.any() else np.nan,
        coverage=100 * float(after.covered[known].mean() - before.covered[known].mean()) if known.any() else np.nan,
    )
