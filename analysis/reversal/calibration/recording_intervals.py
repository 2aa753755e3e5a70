"""Calibration of measurement: thousands of simulated recordings with a known answer, measured as real ones are.

Bias, rms error and coverage of the 95 % interval of each estimator go to ``docs/calibration.md``, and how often a
warning comes where no interval can hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np

from reversal.calibration.counted_groups import by_factor
from reversal.calibration.drawn_cases import HOPELESS, REPEATS, TOLD_SD, Outcome, faint, hopeless, outcomes
from reversal.measure.reversal.estimate import Estimate

PAGE = Path("docs/calibration.md")
CLAIMED = (0.93, 0.97)
FAINT_CELLS = 100
DEFAULT_NOISE_pA, LARGEST_BIAS_mV = 3.0, 0.3
ESTIMATORS = ("smooth curve", "local", "bracketing line", "Boltzmann", "GHK current")
Limits = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Scored:
    """An estimator over a group of recordings."""

    count: int
    bias_mV: float
    rms_mV: float
    coverage: float


def scored(results: Sequence[Outcome], method: str | None = None) -> Scored:
    """Score an estimator over the recordings in which it gives a value: by default what users read, with its interval.

    method : begin of the name of another estimator, which is scored by the interval of its own
    """
    errors, covered = [], []
    for one in results:
        found = _read(one) if method is None else _beside(one, method)
        if found is None:
            continue
        e_mV, (low, high) = found
        errors.append(e_mV - one.true_mV)
        covered.append((low is None or low <= one.true_mV) and (high is None or high >= one.true_mV))
    if not errors:
        return Scored(0, math.nan, math.nan, math.nan)
    every = np.array(errors)
    return Scored(every.size, float(every.mean()), float(np.sqrt((every**2).mean())), float(np.mean(covered)))


def _read(one: Outcome) -> tuple[float, Limits] | None:
    """Value and limits as the tables have them, with the error of R_s; None where a declared leak was not taken off."""
    estimate, budget, used = one.measured.reversal.estimate, one.measured.budget, one.measured.used
    leaks_still = used.doubt is not None and used.leak_pA is None
    if estimate is None or budget is None or leaks_still:
        return None
    return estimate.e_mV, (budget.low_mV, budget.high_mV)


def _beside(one: Outcome, method: str) -> tuple[float, Limits] | None:
    found: list[Estimate] = [e for e in one.measured.reversal.estimates if e.method.startswith(method)]
    return (found[0].e_mV, (found[0].low_mV, found[0].high_mV)) if found else None


def at_default_noise(results: Sequence[Outcome]) -> list[Outcome]:
    """Recordings with the noise at which the bias is claimed."""
    return [one for one in results if one.case.noise_pA == DEFAULT_NOISE_pA]


def beyond_claims(results: Sequence[Outcome]) -> list[str]:
    """Cells of the table whose coverage is not the claimed one, or whose bias at default noise is too large."""
    broken = []
    for cell, group in {("all", ""): list(results), **by_factor(results)}.items():
        name, coverage = " ".join(cell).strip(), scored(group).coverage
        if not CLAIMED[0] <= coverage <= CLAIMED[1]:
            broken.append(f"{name} covers {100 * coverage:.1f} %")
        bias = scored(at_default_noise(group)).bias_mV
        if abs(bias) >= LARGEST_BIAS_mV:
            broken.append(f"{name} is biased by {bias:+.2f} mV")
    return broken


@dataclass(frozen=True, slots=True)
class Warned:
    """Recordings of a hopeless sort: how many, the share that warns, and that of those whose interval is wrong."""

    count: int
    share: float
    of_misses: float


def warned(what: str, cells: int, seed: int) -> Warned:
    """Measure recordings of a hopeless sort."""
    results = list(outcomes(cells, seed, lambda rng: hopeless(rng, what)))
    misses = [one for one in results if scored([one]).coverage == 0.0]
    shares = [float(np.mean([one.flagged for one in group])) if group else math.nan for group in (results, misses)]
    return Warned(len(results), *shares)


def page(results: Sequence[Outcome], warnings: dict[str, Warned], seed: int) -> str:
    """The calibration page."""
    told = " and ".join(f"{100 * TOLD_SD[what]:.0f} % ({name})" for what, name in (("rs", "R_s"), ("cm", "C_m")))
    lines = [
        "# Calibration",
        "",
        "How often the intervals hold the truth, counted on simulated recordings with a known answer; short versions "
        "run in every `make test`. This page is that of the reversal potentials. Beside it: the [membrane test]"
        "(calibration/membrane.md) and the [fits](calibration/fit.md) of permeability ratios, slopes and cohorts.",
        "",
        f"Written by `make calibrate`: {len(results)} simulated recordings, seed {seed}, {REPEATS} recordings of each "
        "cell drawn. Errors are measured less true reversal potential in mV; coverage is the share of 95 % intervals "
        "(`ci_low_mV` to `ci_high_mV`) that hold the truth. The truth is the zero of the current that is measured: the "
        "total steady current for steps and ramps, with its gates as a prepulse leaves them for tails, with as many "
        "open as ever are for peaks, and the channel's own where a leak is taken off (difference, P/N, linear leak). "
        f"What the amplifier tells is off by a standard deviation of {told}, and half of the amplifiers cancel the "
        "charging current. Left out are the recordings without a value, each with its reason, and those whose leak was "
        "not taken off as declared, each with a warning. Claimed: 93–97 % coverage in each line of the first table, "
        f"and a bias below {LARGEST_BIAS_mV:g} mV at {DEFAULT_NOISE_pA:g} pA of noise.",
        "",
        "## The primary value, by what was drawn",
        "",
        f"| | | recordings | bias | bias at {DEFAULT_NOISE_pA:g} pA | rms error | coverage |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    groups = {("all", ""): list(results), **dict(sorted(by_factor(results).items()))}
    lines += [_primary_line(*cell, group) for cell, group in groups.items()]
    lines += ["", "## Estimators, by protocol and channel", ""]
    lines += ["| | estimator | recordings | bias | rms error | coverage |", "|---|---|---:|---:|---:|---:|"]
    pairs = {level: group for (factor, level), group in by_factor(results).items() if factor == "protocol and channel"}
    for level, group in sorted(pairs.items()):
        for method in ESTIMATORS:
            score = scored(group, method)
            if score.count:
                lines.append(_line(level, method, score))
    lines += [
        "",
        "Each has the interval of its own noise and fit, without R_s and drift. Boltzmann and GHK current are",
    ]
    lines += [
        "listed wherever they give a value; their agreement is judged only where their χ² per degree of freedom is"
    ]
    lines += ["at most 2, and none of them takes the primary value's place.", ""]
    lines += ["## Where no reversal potential of the channel can be had", ""]
    lines += ["| | recordings | with a warning | of intervals that miss the truth, with a warning |"]
    lines += ["|---|---:|---:|---:|"]
    lines += [
        f"| {what} | {one.count} | {100 * one.share:.1f} % | {_percent(one.of_misses)} |"
        for what, one in warnings.items()
    ]
    return "\n".join(lines) + "\n" + faint_section(outcomes(FAINT_CELLS, seed + 2, faint))


def faint_section(results: Iterable[Outcome]) -> str:
    """What becomes of P/N where the inward current is about as large as the noise."""
    every = list(results)
    score = scored(every)
    warns = float(np.mean([one.flagged for one in every]))
    return (
        "\n## Where nothing is claimed\n\n"
        "P/N makes noise more than twice as large. With 0.4 of the currents drawn above, where the inward current "
        f"hardly stands out of it, {score.count} of {len(every)} recordings give a value: "
        f"bias {score.bias_mV:+.2f} mV, coverage {100 * score.coverage:.1f} %, with a warning in {100 * warns:.0f} %.\n"
    )


def write(cells: int = 5000, seed: int = 20261125) -> str:
    """Calibrate and write the page; returns a sentence on what came out, with every claim that does not hold."""
    with ProcessPoolExecutor() as pool:
        results = [one for cell in pool.map(_of_cell, range(cells), repeat(seed), chunksize=10) for one in cell]
    warnings = {what: warned(what, max(cells // 80, 5), seed + 1) for what in HOPELESS}
    PAGE.write_text(page(results, warnings, seed), encoding="utf-8")
    score = scored(results)
    beyond = "; ".join(beyond_claims(results)) or "every cell of the table as claimed"
    found = f"{score.count} recordings, coverage {100 * score.coverage:.1f} %, bias {score.bias_mV:+.3f} mV"
    return f"measure: {found}; {beyond}"


def _of_cell(number: int, seed: int) -> list[Outcome]:
    return list(outcomes(1, seed, first=number))


def _primary_line(factor: str, level: str, group: Sequence[Outcome]) -> str:
    score, default = scored(group), scored(at_default_noise(group))
    bias = f"{default.bias_mV:+.3f}" if default.count else "–"
    return (
        f"| {factor} | {level} | {score.count} | {score.bias_mV:+.3f} | {bias} | {score.rms_mV:.3f} "
        f"| {100 * score.coverage:.1f} % |"
    )


def _line(first: str, second: str, score: Scored) -> str:
    return (
        f"| {first} | {second} | {score.count} | {score.bias_mV:+.3f} | {score.rms_mV:.3f} "
        f"| {100 * score.coverage:.1f} % |"
    )


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:.1f} %"


if __name__ == "__main__":
    print(write())
