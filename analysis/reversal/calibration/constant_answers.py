"""Simulated recordings, membrane tests and cells in a series of baths, on which the effect of a constant is measured.

They are simulated once, without any constant of the tables, and measured or fitted anew for each changed constant.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache, partial

import numpy as np
from pydantic import BaseModel

from reversal.calibration import drawn_membranes, membrane_test_intervals
from reversal.calibration.drawn_cases import WITHOUT_E_REV, Case, draw, draw_faint, draw_without_e_rev
from reversal.calibration.fit_intervals import BATHS
from reversal.calibration.measured_cases import RecordedCase, recorded_case
from reversal.calibration.simulated_series import Rig, iv_points, k_series
from reversal.errors import Refusal
from reversal.experiment.configuration import Experiment
from reversal.experiment.fit_settings import Fitting
from reversal.fit.cohort.pooled_cells import fit_cohort
from reversal.fit.fit_cell import fit_cell
from reversal.measure.measure_recording import Measured
from reversal.measure.membrane.membrane_test import membrane_test
from reversal.measure.protocol.sweeps import Sweeps
from reversal.recordings.recording import Recording
from reversal.tables.iv_table import IVPoint
from reversal.tables.line_points_table import LinePointRow
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.reversals_table import ReversalRow

CASES, FAINT_CASES, MEMBRANES = 11, 1, 2
SEED = 19
GATE = (-20.0, 12.0)  # half-activation and slope of the channel whose currents are fitted [mV]
WITH_CURRENTS = (0, 1, 7, 12)  # cells of which the currents are fitted, too
FAILURES = (ArithmeticError, ValueError, IndexError, TypeError, Refusal)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one recording or cell gives.

    value, low, high : E_rev [mV] or log ratio with its 95 % limits, NaN where there is none; truth : of the same
    numbers : every other number; words : findings, verdicts, and whether the code failed
    """

    value: float
    low: float
    high: float
    truth: float
    numbers: tuple[float, ...]
    words: tuple[str, ...]


NO_ANSWER = Answer(math.nan, math.nan, math.nan, math.nan, (), ("fails",))


def answers(module: str) -> Iterator[Answer]:
    """Answers of the simulation that the floor of a table of constants is used in; statistics are used in both."""
    parts = () if ".fit." in module else (_membranes(), _recorded())
    if ".measure." not in module:
        parts = (*parts, _cells())
    return (_attempt(ask) for part in parts for ask in part)


def _attempt(ask: Callable[[], Answer]) -> Answer:
    with np.errstate(all="ignore"):
        try:
            return ask()
        except FAILURES:
            return NO_ANSWER


@cache
def _recorded() -> tuple[Callable[[], Answer], ...]:
    """Recordings of all protocols, of small currents, and of channels whose E_rev cannot be measured."""
    rng = np.random.default_rng(SEED)
    cases = [*(draw(rng) for _ in range(CASES)), *(draw_faint(rng) for _ in range(FAINT_CASES))]
    cases += [draw_without_e_rev(rng, what) for what in WITHOUT_E_REV]
    return tuple(partial(_of_recording, made) for n, case in enumerate(cases) for made in _made(case, SEED + 10 * n))


def _made(case: Case, seed: int) -> Iterator[RecordedCase]:
    return recorded_case(case, seed, repeats=1)


def _of_recording(made: RecordedCase) -> Answer:
    one = made.measured()
    estimate, budget = one.reversal.estimate, one.budget
    low, high = (None, None) if budget is None else (budget.low_mV, budget.high_mV)
    numbers, words = _flat(
        (one.reversal, one.result.leak_errors, one.result.channel, budget, one.passive, one.used.points, _checked(one))
    )
    value = None if estimate is None else estimate.e_mV
    return Answer(_number(value), _number(low), _number(high), made.true_mV, numbers, words)


def _checked(one: Measured) -> tuple[object, ...]:
    """Findings of the recording, and number and limit of each check."""
    return (*one.findings, *((check.finding.code, check.finding.number, check.passed) for check in one.checks))


@cache
def _membranes() -> tuple[Callable[[], Answer], ...]:
    """Membrane tests of cells of one and of two compartments, without a stated filter, cancelled, and drifting."""
    drawn = [
        drawn_membranes.draw,
        drawn_membranes.draw_two_compartments,
        drawn_membranes.draw_unstated_filter,
        drawn_membranes.draw_cancelled,
        drawn_membranes.draw_drifting,
    ]
    rng = np.random.default_rng(SEED)
    cases = [one(rng) for one in drawn for _ in range(MEMBRANES)]
    return tuple(
        partial(_of_membrane, case.residual_MOhm, recording)
        for case in cases
        for recording in membrane_test_intervals.recordings(case, rng, repeats=1)
    )


def _of_membrane(residual_MOhm: float, recording: Recording) -> Answer:
    test = membrane_test(Sweeps.of(recording))
    rs = None if test is None else test.rs_MOhm
    drift = None if test is None else test.rs_drift_MOhm()
    numbers, words = _flat((test, drift))
    if rs is None:
        return Answer(math.nan, math.nan, math.nan, residual_MOhm, numbers, words)
    return Answer(rs.value, rs.low, rs.high, residual_MOhm, numbers, words)


@dataclass(frozen=True, slots=True)
class _Cell:
    """Tables of a cell: true P_Na/P_K, reversal potentials with their errors, and currents."""

    name: str
    condition: str
    ratio: float
    rig: Rig
    reversals: tuple[ReversalRow, ...]
    iv: tuple[IVPoint, ...]
    robust: bool


@cache
def _cells() -> tuple[Callable[[], Answer], ...]:
    """Cells of few and many baths, without sodium permeability, with understated errors, a wrong bath, and a leak."""
    drawn = [
        *((5, 0.02, 1.0, 0.05, False) for _ in range(4)),
        *((3, 0.02, 1.0, 0.05, False), (2, 0.02, 1.0, 0.05, False), (6, 0.3, 1.0, 0.05, False)),
        *((5, 0.0, 1.0, 0.05, False), (4, 0.001, 1.0, 0.05, False)),
        *((5, 0.02, 3.0, 0.05, False), (5, 0.02, 6.0, 0.05, False), (6, 0.02, 15.0, 0.05, True)),
        (5, 0.02, 1.0, 3.0, False),
    ]
    cells = [_cell(n, *one) for n, one in enumerate(drawn)]
    alone = [partial(_of_cell, cell) for cell in cells]
    return (*alone, *(partial(_of_cohort, tuple(cells[:count])) for count in (2, 3, 6)))


def _cell(number: int, baths: int, ratio: float, understated: float, leak_nS: float, robust: bool) -> _Cell:
    """A cell with errors of 0.3 mV, times ``understated``, and one of 1 mV that its recordings share."""
    rng = np.random.default_rng((SEED, number))
    rig, p = Rig(), {"K": 1.0, "Na": ratio}
    rig.se_mV, rig.baths = 0.3, k_series(*BATHS[baths])
    errors = understated * rig.se_mV * rng.normal(size=baths) + rng.normal()
    name, condition = f"c{number // 2}", ("control", "test")[number % 2]
    rows = tuple(row.model_copy(update={"cell": "c1"}) for row in rig.reversals(p, errors))
    iv = tuple(iv_points(rig, p, GATE, leak_nS, seed=number)) if number in WITH_CURRENTS else ()
    if leak_nS > 1:  # the leak, not the channel, sets the reversal potentials
        rows = tuple(row.model_copy(update={"e_rev_mV": 0.3 * (row.e_rev_mV or 0.0)}) for row in rows)
    return _Cell(name, condition, ratio, rig, rows, iv, robust)


def _of_cell(cell: _Cell) -> Answer:
    settings = cell.rig.settings(Experiment(permeant=["K", "Na"], fitting=Fitting(robust=cell.robust)))
    fits = fit_cell(cell.reversals, settings, cell.iv)
    row = next(one for one in fits.permeabilities if one.ion == "Na")
    numbers, words = _flat(fits)
    ends = (_log(row.p_ratio), _log(row.ci_low), _log(row.ci_high))
    return Answer(*ends, _log(cell.ratio), numbers, words)


def _of_cohort(cells: Sequence[_Cell]) -> Answer:
    ratios: list[PermeabilityRow] = []
    lines: list[NernstRow] = []
    points: list[LinePointRow] = []
    for cell in cells:
        named = {"cell": cell.name, "condition": cell.condition}
        fits = fit_cell(cell.reversals, cell.rig.settings(Experiment(permeant=["K", "Na"])), ())
        ratios += [row.model_copy(update=named) for row in fits.permeabilities]
        lines += [row.model_copy(update=named) for row in fits.nernst]
        points += [row.model_copy(update=named) for row in fits.line_points]
    numbers, words = _flat(fit_cohort(ratios, lines, points))
    return Answer(math.nan, math.nan, math.nan, math.nan, numbers, words)


def _log(ratio: float | None) -> float:
    return math.log(ratio) if ratio else math.nan


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _flat(thing: object) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Every number and every code in a result, in the order of its fields."""
    numbers: list[float] = []
    words: list[str] = []
    _gather(thing, numbers, words)
    return tuple(numbers), tuple(words)


def _gather(thing: object, numbers: list[float], words: list[str]) -> None:
    if isinstance(thing, Enum):
        words.append(str(thing.value))
    elif thing is None or isinstance(thing, bool):
        words.append(str(thing))
    elif isinstance(thing, int | float | np.number):
        numbers.append(float(thing))
    elif isinstance(thing, np.ndarray):
        numbers.extend(np.ravel(thing).astype(float).tolist())
    elif isinstance(thing, BaseModel):
        for name in type(thing).model_fields:
            if name != "reason":  # a sentence: its numbers are in other columns
                _gather(getattr(thing, name), numbers, words)
    elif is_dataclass(thing):
        for field in fields(thing):
            _gather(getattr(thing, field.name), numbers, words)
    elif isinstance(thing, tuple | list):
        for one in thing:
            _gather(one, numbers, words)
