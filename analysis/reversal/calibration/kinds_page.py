"""The page docs/calibration/kinds.md: intervals of each kind of experiment, and of a cohort of cells."""

from __future__ import annotations

import time
from functools import partial, reduce
from pathlib import Path

from reversal.calibration.cohort_intervals import (
    MARGIN,
    SLOPE_SD,
    SLOPE_SHIFT,
    JUNCTION_mV,
    LEVEL_SD_mV,
    OWN_mV,
    SHIFT_mV,
    SHIFT_SD_mV,
    equivalence_rate,
    mean_coverage,
    shift_coverage,
    slope_coverage,
)
from reversal.calibration.counted_groups import counting_error
from reversal.calibration.experiment_kinds import (
    BETWEEN_CELLS_SD,
    E_REV,
    KINDS,
    RATIO,
    SLOPE,
    Counted,
    ExperimentKind,
    NOISE_pA,
    counted_kind,
)
from reversal.calibration.fit_intervals import Coverage
from reversal.calibration.in_parallel import in_parallel
from reversal.calibration.page import digest_of_page, made_with, table, write_page
from reversal.tables.shifts_table import Shifted

PAGE = Path("docs/calibration/kinds.md")
CELLS, COHORTS, VERDICTS, SEED = 200, 300, 100_000, 20261126
PARTS = 4  # of the cells of a kind, for several cores
GROUPS = (3, 5, 10)  # cells of a group
TRUE_SLOPES = (0.95, 1.0, 1.05)


def write(cells: int = CELLS, cohorts: int = COHORTS) -> str:
    """Count and write the page; returns a summary."""
    start = time.perf_counter()
    parts = in_parallel([partial(counted_kind, kind, seeds) for kind, seeds in _parts(cells)])
    kinds = {one.name: reduce(Counted.and_also, parts[n * PARTS : (n + 1) * PARTS]) for n, one in enumerate(KINDS)}
    head = introduction(cells, cohorts, digest_of_page(Path(__file__)))
    write_page(PAGE, [*head, *_kinds(kinds), *_cohorts(cohorts), *_equivalence(VERDICTS)])
    return f"kinds: {cells} cells of each kind, {cohorts} cohorts, {time.perf_counter() - start:.0f} s"


def _parts(cells: int) -> list[tuple[ExperimentKind, range]]:
    return [(kind, range(part, cells, PARTS)) for kind in KINDS for part in range(PARTS)]


def introduction(cells: int, cohorts: int, digest: str) -> list[str]:
    """Start of the page: what was simulated and how exact the counts are."""
    return [
        "# Calibration of kinds of experiments and of cohorts",
        "",
        f"{made_with('kinds', digest)} How often the 95 % intervals contain the truth, for {cells} simulated cells of "
        f"each kind and {cohorts} simulated cohorts. A true 95 % is found as 95 ± {_error(cells):.1f} % of {cells} "
        f"cells, and as 95 ± {_error(cohorts):.1f} % of {cohorts} cohorts.",
        "",
        f"Each cell is declared as in [the examples](../../examples/README.md), with I–V points in steps of 20 mV and "
        f"{NOISE_pA:g} pA of noise; its permeability ratios differ from those of the kind by {BETWEEN_CELLS_SD:g} (SD "
        "of the logarithm). Recordings with traces are on [the page about E_rev](../calibration.md).",
    ]


def _error(count: int) -> float:
    return 100.0 * counting_error(0.95, count)


def _kinds(kinds: dict[str, Counted]) -> list[str]:
    rows = [[name, *(_share(counted, what) for what in (E_REV, RATIO, SLOPE))] for name, counted in kinds.items()]
    every = reduce(Counted.and_also, kinds.values())
    rows.insert(0, ["all", *(_share(every, what) for what in (E_REV, RATIO, SLOPE))])
    return [
        "",
        "## Each kind of experiment",
        "",
        *table(["", "E_rev", "permeability ratio", "slope ratio"], rows, "lrrr"),
        "",
        "The interval of E_rev is that of the errors of the recording (`own_low_mV` to `own_high_mV`). A ratio may "
        "have a bound only. The true slope ratio is that of the line through the true potentials. A dash: the kind has "
        "no ratio to fit, or no concentration of its ion changes.",
    ]


def _share(counted: Counted, what: str) -> str:
    made = counted.made.get(what, 0)
    return f"{100 * counted.covered[what] / made:.1f} % of {made}" if made else "–"


def _cohorts(cohorts: int) -> list[str]:
    asked = [
        ("E_rev in one bath, mean of a group", partial(_mean, repeats=cohorts)),
        ("shift of E_rev, paired", partial(_shift, paired=True, of=Shifted.E_REV, repeats=cohorts)),
        ("shift of E_rev, unpaired", partial(_shift, paired=False, of=Shifted.E_REV, repeats=cohorts)),
        ("shift of the slope ratio, paired", partial(_shift, paired=True, of=Shifted.SLOPE_RATIO, repeats=cohorts)),
        ("shift of the slope ratio, unpaired", partial(_shift, paired=False, of=Shifted.SLOPE_RATIO, repeats=cohorts)),
        ("mean slope ratio", partial(_slope, repeats=cohorts)),
    ]
    counted = in_parallel([partial(count, cells) for _, count in asked for cells in GROUPS])
    rows = [
        [what, *(f"{one.percent:.1f} %" for one in counted[n * len(GROUPS) : (n + 1) * len(GROUPS)])]
        for n, (what, _) in enumerate(asked)
    ]
    return [
        "",
        "## Intervals over cells",
        "",
        *table(["cells in a group", *(str(cells) for cells in GROUPS)], rows, "lrrr"),
        "",
        f"Cells differ in level by {LEVEL_SD_mV:g} mV and in slope ratio by {SLOPE_SD:g} (SD). Each potential has an "
        f"error of {OWN_mV:g} mV, and all cells share a junction error of {JUNCTION_mV:g} mV, which the interval of a "
        f"mean contains and which cancels in a shift. The other condition shifts E_rev by {SHIFT_mV:g} ± "
        f"{SHIFT_SD_mV:g} mV (mean and SD of the cells) and the slope ratio by {SLOPE_SHIFT:g}. The interval of a mean "
        "in one bath adds the junction error to the spread with the quantile of few cells, so it is rather too wide.",
    ]


def _equivalence(cohorts: int) -> list[str]:
    found = [equivalence_rate(slope, cells, cohorts, SEED) for slope in TRUE_SLOPES for cells in GROUPS]
    rows = [
        [f"{slope:g}", *(f"{share:.1f} %" for share in found[n * len(GROUPS) : (n + 1) * len(GROUPS)])]
        for n, slope in enumerate(TRUE_SLOPES)
    ]
    return [
        "",
        "## Verdict of the mean slope",
        "",
        *table(["true mean slope ratio", *(f"{cells} cells" for cells in GROUPS)], rows, "lrrr"),
        "",
        "Share of groups whose mean slope is “equivalent” to Nernst (two one-sided tests, margin "
        f"{MARGIN:g}). At a true mean of {1 - MARGIN:g} or {1 + MARGIN:g} it must be at most 5 %; a true 5 % is found "
        f"as 5 ± {100.0 * counting_error(0.05, cohorts):.2f} % of {cohorts} cohorts. Student's t is exact here: the "
        "cells have equal weights, and their slopes are normal. So many cohorts are counted with the formulas alone, "
        "for all at once; a test compares their verdicts with those of the program.",
    ]


def _mean(cells: int, repeats: int) -> Coverage:
    return mean_coverage(cells, repeats, SEED)


def _shift(cells: int, paired: bool, of: Shifted, repeats: int) -> Coverage:
    return shift_coverage(cells, paired, of, repeats, SEED)


def _slope(cells: int, repeats: int) -> Coverage:
    return slope_coverage(cells, repeats, SEED)
