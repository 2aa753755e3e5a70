"""The page docs/calibration.md: how often the interval of E_rev contains the true reversal potential."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from reversal.calibration.counted_groups import (
    CLAIMED_COVERAGE,
    CLUSTERING,
    by_factor,
    counting_error,
    found_as,
)
from reversal.calibration.drawn_cases import FAINT_SCALE, TELEGRAPH_SD, WITHOUT_E_REV, Case, draw, draw_faint
from reversal.calibration.harder_rigs import COARSE, HARDER, draw_harder
from reversal.calibration.in_parallel import in_parallel
from reversal.calibration.measured_cases import REPEATS, MeasuredCase, outcomes
from reversal.calibration.page import digest_of_page, made_with, percent, table, write_page
from reversal.calibration.recording_intervals import (
    LARGEST_CLAIMED_ERROR,
    Claim,
    DEFAULT_NOISE_pA,
    LARGEST_BIAS_mV,
    ScoredRecording,
    Warned,
    at_default_noise,
    claim,
    failed_claims,
    rows_by_factor,
    scored,
    warned,
)
from reversal.tables.estimates_table import Estimator

PAGE = Path("docs/calibration.md")
CELLS, SEED = 700, 20261125
FAINT_CELLS, CELLS_WITHOUT_E_REV, HARDER_CELLS = 50, 30, 60


def write(cells: int = CELLS, seed: int = SEED) -> str:
    """Calibrate and write the page; returns a summary with every claim that failed."""
    results = _outcomes(cells, seed, draw)
    without = in_parallel([partial(warned, what, min(cells, CELLS_WITHOUT_E_REV), seed + 1) for what in WITHOUT_E_REV])
    warnings = dict(zip(WITHOUT_E_REV, without, strict=True))
    faint = _outcomes(FAINT_CELLS, seed + 2, draw_faint)
    harder = {what: _outcomes(HARDER_CELLS, seed + 3, partial(draw_harder, what=what)) for what in HARDER}
    head = introduction(len(results), seed, digest_of_page(Path(__file__)))
    parts = _reported(results), _harder(harder), _estimators(results), _warnings(warnings), _faint(faint)
    write_page(PAGE, [*head, *(line for part in parts for line in part)])
    failing = [what for what, group in _with_all(harder).items() if claim(group, of_bias=False) is Claim.FAILS]
    score, failed = scored(results), "; ".join([*failed_claims(results), *failing]) or "none"
    return (
        f"recording: {score.count} values, coverage {percent(score.coverage)}, bias {score.bias_mV:+.3f} mV; "
        f"claims that fail: {failed}"
    )


def _outcomes(cells: int, seed: int, drawing: Callable[[np.random.Generator], Case]) -> list[MeasuredCase]:
    calls = [partial(_of_cell, number, seed, drawing) for number in range(cells)]
    return [one for cell in in_parallel(calls) for one in cell]


def _of_cell(number: int, seed: int, drawing: Callable[[np.random.Generator], Case]) -> list[MeasuredCase]:
    return list(outcomes(1, seed, drawing, first=number))


def introduction(recordings: int, seed: int, digest: str) -> list[str]:
    """Start of the page: what was simulated, what is counted, what is claimed."""
    low, high = (100.0 * share for share in CLAIMED_COVERAGE)
    rs, cm = (f"{100 * TELEGRAPH_SD[what]:.0f} %" for what in ("rs", "cm"))
    return [
        "# Calibration",
        "",
        "How often the 95 % intervals contain the truth, counted on simulated recordings whose reversal potential is "
        "known. `make test` compares these figures with the claims, and `make nightly` counts a short version again. "
        "This page is about reversal potentials; there are pages about the [membrane test](calibration/membrane.md), "
        "about the [fits](calibration/fit.md) of permeability ratios, slopes and cohorts, "
        "and about cells with [leaky seals](calibration/leak.md).",
        "",
        f"{made_with('recording', digest)} {recordings} recordings, seed {seed}, {REPEATS} recordings of each drawn "
        "cell.",
        "",
        "- Error: measured minus true reversal potential [mV].",
        "- Coverage: share of the 95 % intervals (`own_low_mV` to `own_high_mV`) that contain the truth. "
        "The simulated junction and thermometer have no error.",
        "- Truth: the zero of the measured current. For steps and ramps this is the total steady current; for tails, "
        "the total current with the gates as the prepulse leaves them; for peaks, the total current at the largest "
        "open probability. If leak is subtracted (difference, P/N, linear leak), it is the channel's current alone.",
        f"- Rig: the telegraphed R_s and C_m have relative errors of {rs} and {cm} (standard deviation). Half of the "
        "amplifiers cancel the capacitive current.",
        "- Not counted: recordings without a value, which have a reason, and recordings whose declared leak was not "
        "subtracted, which have a warning.",
        f"- Counting error. {found_as(recordings)} The ± of the first table is this error of its row. A bias has its "
        "own.",
        f"- Claimed: a coverage of {low:.0f}–{high:.0f} %, and a bias below {LARGEST_BIAS_mV:g} mV at a noise of "
        f"{DEFAULT_NOISE_pA:g} pA, in each row of the first table whose coverage has a counting error of at most "
        f"{percent(LARGEST_CLAIMED_ERROR, 0)}. Other rows have too few recordings to show it: not claimed.",
    ]


def _reported(results: Sequence[MeasuredCase]) -> list[str]:
    head = ["", "", "recordings", "bias", f"bias at {DEFAULT_NOISE_pA:g} pA", "rms error", "coverage", "claim"]
    rows = [_reported_row(*row, group) for row, group in rows_by_factor(results).items()]
    return ["", "## The reported value, by factor", "", *table(head, rows, "llrrrrrl")]


def _reported_row(factor: str, level: str, group: Sequence[MeasuredCase]) -> list[str]:
    score, default = scored(group), scored(at_default_noise(group))
    count, bias, rms, coverage = _figures(score)
    at_noise = f"{default.bias_mV:+.3f} ± {default.bias_error_mV:.3f}" if default.count else "–"
    error = percent(counting_error(0.95, score.count, CLUSTERING))
    return [factor, level, count, bias, at_noise, rms, f"{coverage} ± {error}", claim(group)]


def _figures(score: ScoredRecording) -> list[str]:
    return [f"{score.count}", f"{score.bias_mV:+.3f}", f"{score.rms_mV:.3f}", percent(score.coverage)]


def _with_all(harder: dict[str, list[MeasuredCase]]) -> dict[str, list[MeasuredCase]]:
    together = [one for what, group in harder.items() if what not in COARSE for one in group]
    return {"all of these, without the coarse steps": together, **harder}


def _harder(harder: dict[str, list[MeasuredCase]]) -> list[str]:
    head = ["", "recordings", "with a value", "with a warning", "bias", "rms error", "coverage", "claim"]
    return [
        "",
        "## Rigs and protocols that are harder to measure",
        "",
        *table(head, [_harder_row(what, group) for what, group in _with_all(harder).items()], "lrrrrrrl"),
        "",
        "The same coverage is claimed, and no bias. 1/f noise has components with correlation times of 0.1 ms to 10 s "
        "and continues from sweep to sweep; noise that is slower than a recording is part of the holding current, "
        "which no recording shows. Gates of 2 to 12 ms lag behind the ramp; half of these recordings have one sweep. "
        "Intervals from coarse steps contain a bend of the I–V that the steps may hide. If there is none, the interval "
        "contains the truth more often than in 97 % of recordings, so these rows are not counted in the first one.",
    ]


def _harder_row(what: str, group: Sequence[MeasuredCase]) -> list[str]:
    score, with_warning = scored(group), float(np.mean([one.flagged for one in group]))
    count, bias, rms, coverage = _figures(score)
    error = percent(counting_error(0.95, score.count, CLUSTERING))
    said = claim(group, of_bias=False)
    return [what, f"{len(group)}", count, percent(with_warning, 0), bias, rms, f"{coverage} ± {error}", said]


def _estimators(results: Sequence[MeasuredCase]) -> list[str]:
    groups = {level: group for (factor, level), group in by_factor(results).items() if factor == "protocol and channel"}
    scores = [
        (level, estimator, scored(group, estimator))
        for level, group in sorted(groups.items())
        for estimator in Estimator
    ]
    rows = [[level, estimator.value, *_figures(score)] for level, estimator, score in scores if score.count]
    return [
        "",
        "## Estimators, by protocol and channel",
        "",
        *table(["", "estimator", "recordings", "bias", "rms error", "coverage"], rows, "llrrrr"),
        "",
        "The interval of an estimator contains its noise and its fit, without the errors of R_s and drift. Boltzmann "
        "and GHK current are listed if they give a value. They are compared with the reported value only if their χ² "
        "per degree of freedom is at most 2; they never replace it.",
    ]


def _warnings(warnings: dict[str, Warned]) -> list[str]:
    rows = [
        [what, f"{one.count}", *map(percent, (one.share, one.share_of_misses, one.silent))]
        for what, one in warnings.items()
    ]
    head = ["", "recordings", "with a warning", "with a warning, of the intervals without the truth"]
    head.append("interval without the truth and no warning")
    return ["", "## Recordings without a measurable E_rev of the channel", "", *table(head, rows, "lrrrr")]


def _faint(results: Sequence[MeasuredCase]) -> list[str]:
    score = scored(results)
    with_warning = float(np.mean([one.flagged for one in results]))
    return [
        "",
        "## Recordings for which no coverage is claimed",
        "",
        f"P/N subtraction more than doubles the noise. With {FAINT_SCALE:g} times the currents above, the inward "
        f"current is about as large as the noise. Of {len(results)} such recordings, {score.count} give a value, with "
        f"a bias of {score.bias_mV:+.2f} mV and a coverage of {percent(score.coverage)}; {percent(with_warning, 0)} "
        "have a warning.",
    ]
