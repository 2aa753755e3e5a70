"""Cells with leaky seals, each in five baths, measured with and without the seal in the recording sheet.

The truth is the channel's own reversal potential and ratio. Every stated error is drawn: the seal in the sheet, the
reversal potential of its leak, the junction potential, the thermometer, the telegraphed R_s and C_m, and the solutions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reversal.calibration.case_rig import amplifier_of, cell_of, channel_of, declared, protocol_of
from reversal.calibration.drawn_cases import LEAKS, TELEGRAPH_SD, Case, DEFAULT_RANGE_mV, RANGES_mV
from reversal.calibration.measured_cases import telegraphed
from reversal.calibration.simulated_recording import conditions_in
from reversal.experiment.fit_settings import Fitting
from reversal.experiment.measure_settings import Junction, Leak
from reversal.experiment.step_settings import CellSettings, SheetEntry
from reversal.fit.fit_cell import fit_cell
from reversal.measure.assessment import assessed
from reversal.measure.measure_recording import measure_recording
from reversal.measure.table_rows import reversal_row
from reversal.measure.voltage.junction_correction import seal_reversal_mV
from reversal.measure.voltage.nernst_prediction import predict
from reversal.measure.voltage.thermometer_error import nernst_sd_mV
from reversal.recordings.recording.recording import Recording
from reversal.simulate.bath import SERIES
from reversal.simulate.model_cell import GhkChannel
from reversal.simulate.rig import ChannelLoss, record_repeats
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.reversals_table import ReversalRow

KINDS = {  # protocol and channel
    "open channel, steps": ("steady", "background_potassium"),
    "open channel, ramp": ("one-way ramp", "background_potassium"),
    "gated, steps": ("steady", "weakly_gated_potassium"),
    "Kir, steps": ("steady", "inward_rectifier"),
    "tails": ("tail", "slow_delayed_rectifier"),
    "peaks": ("peak", "transient_sodium"),
    "difference": ("difference", "background_potassium"),
}
SEALS_GOhm = (0.5, 2.0, 10.0, 50.0)
CLAIMED = ("given", "within 1.5")
GIVEN = (*CLAIMED, "wrong by 1.5", "not given")
WRONG_BY = 1.5
SEEDS_PER_CELL = 2 * len(SERIES)
SCALES = (0.1, 0.3, 1.0)
NOISES_pA = (1.5, 3.0)
SLOW_CLAMPS, FAST_CLAMPS = ((5.0, 0.8), (12.0, 0.7)), ((5.0, 0.8),)  # MΩ, compensated fraction


@dataclass(frozen=True, slots=True)
class LeakyCell:
    """A cell measured with one way of giving its seal.

    true_mV : the channel's E_rev by recording;  true_ratio : its P_Na/P_K, None for a channel selective for Na⁺
    """

    kind: str
    seal_GOhm: float
    given: str
    true_mV: dict[str, float]
    reversals: tuple[ReversalRow, ...]
    true_ratio: float | None
    ratio: PermeabilityRow | None


def leaky_cells(kind: str, seal_GOhm: float, seed: int, ways: Sequence[str] = GIVEN) -> list[LeakyCell]:
    """One drawn cell, measured once for each of some ways of giving its seal."""
    rng = np.random.default_rng(seed)
    case, errors = _drawn(kind, rng), rng.standard_normal(3)
    leak = LEAKS.get(case.kind, Leak())
    made = list(_recorded(case, seal_GOhm, errors[0] * leak.e_sd_mV, seed))
    slip = WRONG_BY ** float(rng.choice([-1.0, 1.0]))
    thermometer, *solutions = rng.standard_normal(1 + len(made)).tolist()
    seals = {
        "given": seal_GOhm * float(np.exp(leak.seal_relative_sd * errors[1])),
        "within 1.5": seal_GOhm * WRONG_BY ** float(rng.uniform(-1.0, 1.0)),
        "wrong by 1.5": seal_GOhm * slip,
        "not given": None,
    }
    junction_mV = float(errors[2]) * Junction().sd_mV
    shifted = [
        replace(
            one,
            shift_mV=junction_mV + thermometer * _thermometer_mV(one.entry, one.settings),
            solution_mV=solution * Fitting().bath_sd_mV,
        )
        for one, solution in zip(made, solutions, strict=True)
    ]
    return [_measured(kind, case, shifted, seal_GOhm, given, seals[given]) for given in ways]


def _thermometer_mV(entry: SheetEntry, settings: CellSettings) -> float:
    """Change of the Nernst potential by one standard deviation of the thermometer, with its sign [mV]."""
    e_nernst_mV = predict(entry, settings).e_nernst_mV
    return float(np.copysign(nernst_sd_mV(e_nernst_mV, entry.temperature_C), e_nernst_mV or 0.0))


def _drawn(kind: str, rng: np.random.Generator) -> Case:
    protocol, channel = KINDS[kind]
    clamps = FAST_CLAMPS if protocol == "peak" else SLOW_CLAMPS
    rs, compensation = clamps[rng.integers(len(clamps))]
    low, high = np.array(RANGES_mV.get(protocol, DEFAULT_RANGE_mV)) + round(rng.uniform(-5.0, 5.0), 1)
    return Case(
        protocol,
        channel,
        float(rng.choice(SCALES)),
        float(rng.choice(NOISES_pA)),
        rs,
        compensation,
        0.0,
        SERIES[0],
        float(low),
        float(high),
        cancelled=float(rng.integers(2)),
        rs_telegraphed=float(1.0 + TELEGRAPH_SD["rs"] * rng.standard_normal()),
        cm_telegraphed=float(1.0 + TELEGRAPH_SD["cm"] * rng.standard_normal()),
    )


@dataclass(frozen=True, slots=True)
class _Recorded:
    """A recording of a cell.

    shift_mV : error of junction potential and thermometer
    solution_mV : effect of an error of the solution on the channel's E_rev, which is that of the solution as it is
    """

    true_mV: float
    recording: Recording
    blocked: Recording | None
    entry: SheetEntry
    settings: CellSettings
    shift_mV: float = 0.0
    solution_mV: float = 0.0


def _recorded(case: Case, seal_GOhm: float, e_error_mV: float, seed: int) -> Iterator[_Recorded]:
    """The cell in each bath of the series."""
    for number, bath in enumerate(SERIES):
        entry, settings = declared(replace(case, bath=bath), LEAKS.get(case.kind))
        e_leak_mV = seal_reversal_mV(entry, settings) + e_error_mV
        leaky = replace(case, bath=bath, leak_nS=1.0 / seal_GOhm, e_leak_mV=e_leak_mV)
        rig = cell_of(leaky), amplifier_of(leaky), conditions_in(bath), protocol_of(leaky)
        seeds = [SEEDS_PER_CELL * seed + number]
        (made,) = record_repeats(*rig, seeds)
        blocked = None
        if case.kind == "difference":
            (without,) = record_repeats(*rig, [seeds[0] + len(SERIES)], ChannelLoss(blocked=1.0))
            blocked = telegraphed(leaky, without)
        named = entry.model_copy(update={"recording": f"r{number}", "condition": "control"})
        yield _Recorded(made.truth.e_rev_channel_mV, telegraphed(leaky, made), blocked, named, settings)


def _measured(
    kind: str,
    case: Case,
    made: list[_Recorded],
    seal_GOhm: float,
    given: str,
    stated_GOhm: float | None,
) -> LeakyCell:
    rows = [_row(one, stated_GOhm) for one in made]
    channel = channel_of(case)
    potassium = isinstance(channel, GhkChannel) and channel.ratios["K"] == 1.0
    ratio = _ratio(rows, made) if potassium and rows else None
    true_ratio = channel.ratios["Na"] if potassium else None
    true_mV = {one.entry.recording: one.true_mV + one.solution_mV for one in made}
    return LeakyCell(kind, seal_GOhm, given, true_mV, tuple(rows), true_ratio, ratio)


def _row(one: _Recorded, stated_GOhm: float | None) -> ReversalRow:
    """The row of a recording, all its potentials moved by the errors of junction, thermometer and solution."""
    entry = one.entry.model_copy(update={"seal_GOhm": stated_GOhm})
    points = None
    if one.blocked is not None:
        blocked = entry.model_copy(update={"condition": "blocked"})
        points = measure_recording(blocked, one.blocked, one.settings).iv.total
    row = reversal_row(assessed(measure_recording(entry, one.recording, one.settings, points), (), ()))
    names = ("e_rev_mV", "ci_low_mV", "ci_high_mV", "own_low_mV", "own_high_mV", "channel_low_mV", "channel_high_mV")
    known = {name: getattr(row, name) for name in names}
    shift_mV = one.shift_mV + one.solution_mV
    return row.model_copy(update={name: e + shift_mV for name, e in known.items() if e is not None})


def _ratio(rows: list[ReversalRow], made: list[_Recorded]) -> PermeabilityRow:
    solutions = {name: one for each in made for name, one in each.settings.solutions.items()}
    ions = {name: one for each in made for name, one in each.settings.ions.items()}
    settings = made[0].settings.model_copy(update={"solutions": solutions, "ions": ions})
    return fit_cell(rows, settings).permeabilities[0]
