"""The page docs/calibration/fit.md: how often the intervals of ratios, slopes and cohort means contain the truth."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from reversal.calibration.fit_intervals import (
    BATHS,
    RATIOS,
    SE_mV,
    SHARED_mV,
    current_coverage,
    divalent_coverage,
    equivalence_rate,
    false_sodium_rate,
    paired_coverage,
    pooled_coverage,
    pooled_ratio_coverage,
    ratio_coverage,
    slope_coverage,
    two_ratio_coverage,
)
from reversal.calibration.page import made_with, table, write_page
from reversal.steps.rerun_digest import digest_of_script

PAGE = Path("docs/calibration/fit.md")
REPEATS = 2000
SEVERAL = {n: baths for n, baths in BATHS.items() if n > 2}  # baths from which a slope has an interval
NEAR_0 = ((0.0, 0.0), (0.001, 0.0), (0.001, 0.3), (0.01, 0.3), (0.1, 0.3))  # ratio, spread between cells
VERDICTS = ((0.95, 0.3), (1.05, 0.3), (0.95, 2.0), (1.0, 0.3))  # true slope ratio, error of a reversal potential [mV]
UNDERSTATED = (1.0, 1.5, 2.0, 3.0)


def write(repeats: int = REPEATS) -> str:
    """Count and write the page; returns a summary."""
    start = time.perf_counter()
    sections = (_ratios, _other_ratios, _from_currents, _understated_errors, _sodium, _slopes, _verdicts, _cohorts)
    lines = introduction(repeats, digest_of_script(Path(__file__)))
    write_page(PAGE, lines + [line for section in sections for line in section(repeats)])
    return f"fit: {repeats} cells for each number, {time.perf_counter() - start:.0f} s"


def introduction(repeats: int, digest: str) -> list[str]:
    """Start of the page: what was simulated and how exact the counts are."""
    return [
        "# Calibration of the fits",
        "",
        f"{made_with('fit', digest)} Each number is counted on {repeats} simulated cells, so a true 95 % is found as "
        f"95 ± {_counting_error(0.95, repeats):.1f} %. Each reversal potential has a measurement error of {SE_mV} mV "
        f"and a bath-to-bath error of 0.2 mV; the reversal potentials of a cell share a junction error of "
        f"{SHARED_mV:g} mV (standard deviations).",
    ]


def _counting_error(share: float, repeats: int) -> float:
    """Half-width of the 95 % interval of a counted share [%]."""
    return 196 * float((share * (1 - share) / repeats) ** 0.5)


def _rows(*lines: Sequence[object]) -> list[list[str]]:
    return [[cell if isinstance(cell, str) else f"{cell:.1f}" for cell in line] for line in lines]


def _ratios(repeats: int) -> list[str]:
    counted = {
        ratio: [ratio_coverage(ratio, BATHS[n], repeats, seed=100 * i + n) for n in BATHS]
        for i, ratio in enumerate(RATIOS)
    }
    head = ["P_Na/P_K", *(f"{n} baths" for n in BATHS)]
    covered = [[f"{ratio:g}", *(f"{one.percent:.1f}" for one in row)] for ratio, row in counted.items()]
    bounds = [
        [f"{ratio:g}", *(f"{100 * one.bounds / one.trials:.0f}" for one in row)] for ratio, row in counted.items()
    ]
    return [
        "",
        "## 95 % intervals of a permeability ratio: share that contains the truth [%]",
        "",
        "Two-sided intervals and one-sided bounds are counted together. A ratio of 0 is at the boundary of the "
        "possible values.",
        "",
        *table(head, covered),
        "",
        "Share of these intervals that is a one-sided bound [%]:",
        "",
        *table(head, bounds),
    ]


def _other_ratios(repeats: int) -> list[str]:
    rows = _rows(
        ["P_Na/P_K = 0.05 with P_Cs/P_K free too, 4 baths", two_ratio_coverage(repeats, 21).percent],
        ["P_Ca/P_K = 0.5, 4 baths", divalent_coverage(repeats, 22).percent],
        ["paired 0.02 → 0.06, 4 baths", paired_coverage(0.02, 0.06, repeats, 23).percent],
        ["paired 0.05 → 0.05, 4 baths", paired_coverage(0.05, 0.05, repeats, 24).percent],
    )
    head = "## Other intervals of ratios: share that contains the truth [%]"
    return ["", head, "", *table(["ratio", "coverage"], rows)]


def _from_currents(repeats: int) -> list[str]:
    rows = [
        [f"P_Na/P_K = {ratio:g}, {name}", current_coverage(ratio, gate, repeats // 4, 25).percent]
        for name, gate in (("gated, with leak", (-20.0, 10.0)), ("no gate", None))
        for ratio in (0.01, 0.1)
    ]
    return [
        "",
        "From the currents instead of the reversal potentials: 5 baths, jackknife over baths. These intervals are "
        "approximate; no coverage is claimed.",
        "",
        *table(["ratio", "coverage"], _rows(*rows)),
    ]


def _understated_errors(repeats: int) -> list[str]:
    rows = [
        [f"{factor:g} ×", ratio_coverage(0.01, BATHS[5], repeats, 31, understated=factor).percent]
        for factor in UNDERSTATED
    ]
    return [
        "",
        "If the stated errors are too small, the residuals scatter more than the errors explain. The fit then uses the "
        "scatter as the size of the errors and reports this. The coverage that results (P_Na/P_K = 0.01, 5 baths; none "
        "is claimed):",
        "",
        *table(["true errors / stated errors", "coverage"], _rows(*rows)),
    ]


def _sodium(repeats: int) -> list[str]:
    return [
        "",
        "Likelihood ratio test for sodium permeability of a pure potassium membrane, level 5 %, boundary mixture, 5 "
        f"baths: {false_sodium_rate(BATHS[5], repeats, 32):.1f} % false positives.",
    ]


def _slopes(repeats: int) -> list[str]:
    rows = [
        [f"{n}", *(slope_coverage(baths, repeats, 40 + n, factor).percent for factor in (1.0, 2.0))]
        for n, baths in SEVERAL.items()
    ]
    return [
        "",
        "## Slope of the Nernst line: share of 95 % intervals that contains the truth [%]",
        "",
        *table(["baths", "errors as stated", "errors twice as large as stated"], _rows(*rows)),
    ]


def _verdicts(repeats: int) -> list[str]:
    rows = [
        [f"{n}", *(equivalence_rate(slope, baths, repeats, 50 + n, se_mV) for slope, se_mV in VERDICTS)]
        for n, baths in SEVERAL.items()
    ]
    return [
        "",
        '## Verdict "equivalent" (margin 0.05): how often [%]',
        "",
        "In the first three columns the slope is at the margin, so the verdict is wrong: its rate should be "
        f"5 ± {_counting_error(0.05, repeats):.1f} % or less. The last column is the power of the test.",
        "",
        *table(["baths", "slope 0.95", "slope 1.05", "slope 0.95, 2 mV of error", "slope 1"], _rows(*rows)),
    ]


def _cohorts(repeats: int) -> list[str]:
    rows = [
        [f"{cells}", *(pooled_coverage(cells, sd, 5 * repeats, 60 + cells).percent for sd in (0.0, 0.1, 0.3))]
        for cells in (2, 3, 5, 10, 20)
    ]
    return [
        "",
        "## Pooled log ratio, Hartung–Knapp–Sidik–Jonkman: share of 95 % intervals that contains the truth [%]",
        "",
        *table(["cells", "no spread between cells", "spread 0.1", "spread 0.3"], _rows(*rows)),
        *_means_near_0(repeats),
    ]


def _means_near_0(repeats: int) -> list[str]:
    """Means of ratios of which some or all cells have a bound only."""
    rows = [
        [f"{cells}", *(pooled_ratio_coverage(p, cells, sd, repeats // 5, 70 + cells).percent for p, sd in NEAR_0)]
        for cells in (3, 6, 12)
    ]
    return [
        "",
        "## Pooled P_Na/P_K with bound-only cells: share of 95 % intervals that contains the truth [%]",
        "",
        "Five baths, 0.3 mV of error each and 1 mV shared. Where the ratio is 0 the interval is an upper bound.",
        "",
        *table(["cells", "ratio 0", "0.001", "0.001, spread 0.3", "0.01, spread 0.3", "0.1, spread 0.3"], _rows(*rows)),
    ]
