"""The page docs/calibration/membrane.md: how often the intervals of R_s, C_m and R_m contain the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from reversal.calibration.counted_groups import by_factor, found_as
from reversal.calibration.drawn_membranes import (
    FILTER_SD,
    MembraneCase,
    draw,
    draw_cancelled,
    draw_drifting,
    draw_two_compartments,
    draw_unstated_filter,
)
from reversal.calibration.in_parallel import in_parallel
from reversal.calibration.membrane_test_intervals import (
    AMPLIFIER_DELAY_SD_MS,
    PROPERTIES,
    REPEATS,
    DriftScore,
    MembraneResult,
    drift_score,
    outcomes_of_cell,
    scored,
)
from reversal.calibration.page import digest_of_page, made_with, percent, table, write_page

PAGE = Path("docs/calibration/membrane.md")
CELLS, SEED = 400, 20261121
UNITS = {"R_s": "MΩ", "C_m": "%", "R_m": "%"}
TWO_COMPARTMENTS = "two compartments"
SPECIAL = {
    TWO_COMPARTMENTS: draw_two_compartments,
    "filter not stated": draw_unstated_filter,
    "transient cancelled": draw_cancelled,
}


def write(cells: int = CELLS, seed: int = SEED) -> str:
    """Calibrate and write the page; returns a summary."""
    results = _outcomes(cells, seed, draw)
    special = {name: _outcomes(cells // 6, seed + 1, drawing) for name, drawing in SPECIAL.items()}
    drift = drift_score(_outcomes(cells // 6, seed + 2, draw_drifting), results)
    lines = introduction(len(results), seed, digest_of_page(Path(__file__)))
    for what in PROPERTIES:
        lines += _property(what, results, special)
    write_page(PAGE, [*lines, *_compartments(results, special[TWO_COMPARTMENTS]), *_drift(drift)])
    coverages = [f"{what} {percent(scored(results, what).coverage)}" for what in PROPERTIES]
    return f"membrane: coverage of {', '.join(coverages)}"


def _outcomes(cells: int, seed: int, drawing: Callable[[np.random.Generator], MembraneCase]) -> list[MembraneResult]:
    calls = [partial(outcomes_of_cell, number, seed, drawing) for number in range(cells)]
    return [one for cell in in_parallel(calls) for one in cell]


def introduction(recordings: int, seed: int, digest: str) -> list[str]:
    """Start of the page: what was simulated and what is counted."""
    return [
        "# Calibration of the membrane test",
        "",
        f"{made_with('membrane', digest)} {recordings} recordings, seed {seed}, {REPEATS} recordings of each drawn "
        "cell.",
        "",
        "- Cell and rig: R_s 2–30 MΩ, compensation 0–80 %, C_m 5–100 pF, R_m 0.1–5 GΩ, filter 2–10 kHz, sampling "
        "10–50 kHz, test steps of ±5 and ±10 mV or the smallest step of a family.",
        f"- Not stated in the file: the filter frequency has a relative error of {100 * FILTER_SD:.0f} % (standard "
        f"deviation); the step reaches the cell with a delay of up to one sample ± {1000 * AMPLIFIER_DELAY_SD_MS:.0f} "
        "µs (standard deviation); on a third of the rigs, the filter differs by a few per cent from a Bessel filter.",
        "- Error: measured minus true value. R_s is the resistance after compensation.",
        "- Coverage: share of the 95 % intervals that contain the truth, where there is an interval. "
        f"{found_as(recordings)}",
    ]


def _property(
    what: str, results: Sequence[MembraneResult], special: Mapping[str, Sequence[MembraneResult]]
) -> list[str]:
    head = ["", "", "recordings", "no value", f"bias [{UNITS[what]}]", "rms error", "95 % of errors below"]
    head += ["half-width", "coverage"]
    rows = [_row("all", "", results, what)]
    rows += [_row(*key, group, what) for key, group in sorted(by_factor(results).items())]
    rows += [_row(name, "", group, what) for name, group in special.items()]
    return ["", f"## {what}", "", *table(head, rows, "llrrrrrrr")]


def _row(first: str, second: str, results: Sequence[MembraneResult], what: str) -> list[str]:
    score = scored(results, what)
    row = [first, second, f"{len(results)}", percent(score.without)]
    if not score.count:
        return [*row, "", "", "", "", ""]
    figures = (score.rms, score.error_95, score.half_width)
    return [*row, f"{score.bias:+.2f}", *(f"{figure:.2f}" for figure in figures), percent(score.coverage)]


def _compartments(results: Sequence[MembraneResult], two: Sequence[MembraneResult]) -> list[str]:
    found, wrong = (float(np.mean([one.exponentials == 2 for one in group])) for group in (two, results))
    return [
        "",
        f"Two compartments are found in {percent(found)} of the cells with two and in {percent(wrong)} of the cells "
        "with one.",
    ]


def _drift(drift: DriftScore) -> list[str]:
    return [
        "",
        "## Drift of R_s during a recording",
        "",
        f"If R_s grows by 20 to 50 %, the drift is reported in {percent(drift.found)} of the recordings, with a median "
        f"error of {drift.bias_MOhm:+.3f} MΩ and an rms error of {drift.rms_MOhm:.3f} MΩ. If R_s is steady, a drift is "
        f"reported in {percent(drift.false_alarms, 2)} of the recordings.",
    ]
