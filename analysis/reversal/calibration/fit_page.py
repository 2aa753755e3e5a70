"""The page docs/calibration/fit.md: how often the intervals of ratios, slopes and cohort means contain the truth."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from reversal.calibration.counted_groups import counting_error
from reversal.calibration.fit_intervals import (
    BATHS,
    RATIOS,
    Coverage,
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
from reversal.calibration.in_parallel import in_parallel
from reversal.calibration.page import digest_of_page, made_with, table, write_page

PAGE = Path("docs/calibration/fit.md")
REPEATS = 400
SEVERAL = {n: baths for n, baths in BATHS.items() if n > 2}  # baths from which a slope has an interval
NEAR_0 = ((0.0, 0.0), (0.001, 0.0), (0.001, 0.3), (0.01, 0.3), (0.1, 0.3))  # ratio, spread between cells
VERDICTS = ((0.95, 0.3), (1.05, 0.3), (0.95, 2.0), (1.0, 0.3))  # true slope ratio, error of a reversal potential [mV]
UNDERSTATED = (1.0, 1.5, 2.0, 3.0)
FROM_CURRENTS, POOLED, NEAR_0_POOLED = 0.25, 5.0, 0.2  # cells or cohorts, as a multiple of the cells of a ratio


def write(repeats: int = REPEATS) -> str:
    """Count and write the page; returns a summary."""
    start = time.perf_counter()
    sections = (_ratios, _other_ratios, _from_currents, _understated_errors, _sodium, _slopes, _verdicts, _cohorts)
    lines = introduction(repeats, digest_of_page(Path(__file__)))
    write_page(PAGE, lines + [line for section in sections for line in section(repeats)])
    return f"fit: {repeats} cells for each number, {time.perf_counter() - start:.0f} s"


def introduction(repeats: int, digest: str) -> list[str]:
    """Start of the page: what was simulated and how exact the counts are."""
    return [
        "# Calibration of the fits",
        "",
        f"{made_with('fit', digest)} Each number is counted on {repeats} simulated cells, so a true 95 % is found as "
        f"95 ± {_error(repeats):.1f} %. Each reversal potential has a measurement error of {SE_mV} mV "
        f"and a bath-to-bath error of 0.2 mV; the reversal potentials of a cell share a junction error of "
        f"{SHARED_mV:g} mV (standard deviations).",
    ]


def _error(count: int, share: float = 0.95) -> float:
    """Half-width of the 95 % interval of a share that is counted on cells [%]."""
    return 100.0 * counting_error(share, count)


def _found(count: int, what: str) -> str:
    """Sentence for tables that are counted on another number than that of the cells of a ratio."""
    return f"Each number is counted on {count} {what}, so a true 95 % is found as 95 ± {_error(count):.1f} %."


def _rows(*lines: Sequence[object]) -> list[list[str]]:
    return [[cell if isinstance(cell, str) else f"{cell:.1f}" for cell in line] for line in lines]


def _ratios(repeats: int) -> list[str]:
    calls = [
        partial(ratio_coverage, ratio, BATHS[n], repeats, seed=100 * i + n)
        for i, ratio in enumerate(RATIOS)
        for n in BATHS
    ]
    found = in_parallel(calls)
    counted = {ratio: found[i * len(BATHS) : (i + 1) * len(BATHS)] for i, ratio in enumerate(RATIOS)}
    head = ["P_Na/P_K", *(f"{n} baths" for n in BATHS)]
    covered = [[f"{ratio:g}", *(f"{one.percent:.1f}" for one in row)] for ratio, row in counted.items()]
    bounds = [[f"{ratio:g}", *(f"{one.percent_bounds:.0f}" for one in row)] for ratio, row in counted.items()]
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
    calls = {
        "P_Na/P_K = 0.05 with P_Cs/P_K free too, 4 baths": partial(two_ratio_coverage, repeats, 21),
        "P_Ca/P_K = 0.5, 4 baths": partial(divalent_coverage, repeats, 22),
        "paired 0.02 → 0.06, 4 baths": partial(paired_coverage, 0.02, 0.06, repeats, 23),
        "paired 0.05 → 0.05, 4 baths": partial(paired_coverage, 0.05, 0.05, repeats, 24),
    }
    head = "## Other intervals of ratios: share that contains the truth [%]"
    return ["", head, "", *table(["ratio", "coverage"], _coverages(calls))]


def _coverages(calls: Mapping[str, Callable[[], Coverage]]) -> list[list[str]]:
    """Rows of a name and its coverage."""
    found = in_parallel(list(calls.values()))
    return _rows(*([name, one.percent] for name, one in zip(calls, found, strict=True)))


def _from_currents(repeats: int) -> list[str]:
    cells = round(FROM_CURRENTS * repeats)
    calls = {
        f"P_Na/P_K = {ratio:g}, {name}": partial(current_coverage, ratio, gate, cells, 25)
        for name, gate in (("gated, with leak", (-20.0, 10.0)), ("no gate", None))
        for ratio in (0.01, 0.1)
    }
    return [
        "",
        "From the currents instead of the reversal potentials: 5 baths, jackknife over baths. These intervals are "
        f"approximate; no coverage is claimed. {_found(cells, 'cells')}",
        "",
        *table(["ratio", "coverage"], _coverages(calls)),
    ]


def _understated_errors(repeats: int) -> list[str]:
    calls = {
        f"{factor:g} ×": partial(ratio_coverage, 0.01, BATHS[5], repeats, 31, understated=factor)
        for factor in UNDERSTATED
    }
    return [
        "",
        "If the stated errors are too small, the residuals scatter more than the errors explain. The fit then uses the "
        "scatter as the size of the errors and reports this. The coverage that results (P_Na/P_K = 0.01, 5 baths; none "
        "is claimed):",
        "",
        *table(["true errors / stated errors", "coverage"], _coverages(calls)),
    ]


def _sodium(repeats: int) -> list[str]:
    return [
        "",
        "Likelihood ratio test for sodium permeability of a pure potassium membrane, level 5 %, boundary mixture, 5 "
        f"baths: {false_sodium_rate(BATHS[5], repeats, 32):.1f} % false positives.",
    ]


def _slopes(repeats: int) -> list[str]:
    calls = [
        partial(slope_coverage, baths, repeats, 40 + n, factor) for n, baths in SEVERAL.items() for factor in (1.0, 2.0)
    ]
    return [
        "",
        "## Slope of the Nernst line: share of 95 % intervals that contains the truth [%]",
        "",
        *table(
            ["baths", "errors as stated", "errors twice as large as stated"],
            _matrix([f"{n}" for n in SEVERAL], [one.percent for one in in_parallel(calls)]),
        ),
    ]


def _matrix(names: Sequence[str], shares: Sequence[float]) -> list[list[str]]:
    """Rows of a name and as many of the shares, which are in the order of the rows [%]."""
    width = len(shares) // len(names)
    return _rows(*([name, *shares[i * width : (i + 1) * width]] for i, name in enumerate(names)))


def _verdicts(repeats: int) -> list[str]:
    calls = [
        partial(equivalence_rate, slope, baths, repeats, 50 + n, se_mV)
        for n, baths in SEVERAL.items()
        for slope, se_mV in VERDICTS
    ]
    return [
        "",
        '## Verdict "equivalent" (margin 0.05): how often [%]',
        "",
        "In the first three columns the slope is at the margin, so the verdict is wrong: its rate should be "
        f"5 ± {_error(repeats, 0.05):.1f} % or less. The last column is the power of the test.",
        "",
        *table(
            ["baths", "slope 0.95", "slope 1.05", "slope 0.95, 2 mV of error", "slope 1"],
            _matrix([f"{n}" for n in SEVERAL], in_parallel(calls)),
        ),
    ]


def _cohorts(repeats: int) -> list[str]:
    cohorts, sizes = round(POOLED * repeats), (2, 3, 5, 10, 20)
    calls = [partial(pooled_coverage, cells, sd, cohorts, 60 + cells) for cells in sizes for sd in (0.0, 0.1, 0.3)]
    return [
        "",
        "## Pooled log ratio, Hartung–Knapp–Sidik–Jonkman: share of 95 % intervals that contains the truth [%]",
        "",
        _found(cohorts, "cohorts"),
        "",
        *table(
            ["cells", "no spread between cells", "spread 0.1", "spread 0.3"],
            _matrix([f"{cells}" for cells in sizes], [one.percent for one in in_parallel(calls)]),
        ),
        *_means_near_0(repeats),
    ]


def _means_near_0(repeats: int) -> list[str]:
    """Means of ratios of which some or all cells have a bound only."""
    cohorts, sizes = round(NEAR_0_POOLED * repeats), (3, 6, 12)
    calls = [partial(pooled_ratio_coverage, p, cells, sd, cohorts, 70 + cells) for cells in sizes for p, sd in NEAR_0]
    return [
        "",
        "## Pooled P_Na/P_K with bound-only cells: share of 95 % intervals that contains the truth [%]",
        "",
        "Five baths, 0.3 mV of error each and 1 mV shared. Where the ratio is 0 the interval is an upper bound. "
        f"{_found(cohorts, 'cohorts')}",
        "",
        *table(
            ["cells", "ratio 0", "0.001", "0.001, spread 0.3", "0.01, spread 0.3", "0.1, spread 0.3"],
            _matrix([f"{cells}" for cells in sizes], [one.percent for one in in_parallel(calls)]),
        ),
    ]
