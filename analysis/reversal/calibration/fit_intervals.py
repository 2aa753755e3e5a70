"""Do the intervals of the fits hold the truth as often as they say? Simulated series, counted; a page of tables.

Run as ``python -m reversal.calibration fit``. The reversals come from a root solve of the tests' own and
get independent errors of the stated size and one shared error a cell; the fits see only what a cell's table holds.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from reversal.calibration.simulated_series import Rig, iv_points, k_series
from reversal.experiment.configuration import Experiment
from reversal.fit.bath_series import Series, series_of_cell
from reversal.fit.currents.current_model import currents_of, fit_currents, jackknife_interval
from reversal.fit.nernst.line import bath_means, fit_line
from reversal.fit.nernst.verdict import nernst_row
from reversal.fit.permeability.condition_pairs import paired_rows
from reversal.fit.permeability.model_comparison import candidates, model_rows
from reversal.fit.permeability.ratios import permeability_rows
from reversal.statistics.meta_analysis import pool
from reversal.tables.fitted import Bound, PairedRow, PermeabilityRow, Verdict

PAGE = Path("docs/calibration/fit.md")
BATHS = {2: (2.5, 40), 3: (2.5, 10, 40), 4: (2.5, 5, 10, 20), 5: (2.5, 5, 10, 20, 40), 6: (1, 2.5, 5, 10, 20, 40)}
RATIOS = (0.0, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
SE_mV = 0.3
SHARED_mV = 1.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often an interval held the truth, and how often it was a bound or could not be had."""

    trials: int
    held: int
    bounds: int
    none: int

    @property
    def percent(self) -> float:
        """Of the intervals that were given."""
        return 100 * self.held / max(self.trials - self.none, 1)


def ratio_coverage(ratio: float, baths: Sequence[float], repeats: int, seed: int, understated: float = 1.0) -> Coverage:
    """Intervals of P_Na/P_K; own errors are ``understated`` times as large as the fit is told."""
    series = potassium_series({"K": 1.0, "Na": ratio}, baths)
    rows = (permeability_rows(one)[0][0] for one in noisy(series, repeats, seed, understated))
    return count(rows, ratio)


def two_ratio_coverage(repeats: int, seed: int) -> Coverage:
    """Intervals of P_Na/P_K with P_Cs/P_K free beside it."""
    rig = Rig()
    rig.se_mV, rig.shared_sd_mV = SE_mV, SHARED_mV
    rig.baths = {
        "Na": {"Na": 150.0, "Cl": 150.0},
        "Cs": {"Cs": 150.0, "Cl": 150.0},
        "half": {"K": 75.0, "Na": 75.0, "Cl": 150.0},
        "mixed": {"K": 20.0, "Na": 65.0, "Cs": 65.0, "Cl": 150.0},
    }
    truth = {"K": 1.0, "Na": 0.05, "Cs": 0.3}
    series = series_of(rig, truth, Experiment(permeant=["K", "Na", "Cs"]))
    return count((permeability_rows(one)[0][0] for one in noisy(series, repeats, seed)), truth["Na"])


def divalent_coverage(repeats: int, seed: int) -> Coverage:
    """Intervals of P_Ca/P_K through the quadratic."""
    rig = Rig()
    rig.se_mV, rig.shared_sd_mV = SE_mV, SHARED_mV
    rig.baths = {f"Ca{ca:g}": {"K": 10.0, "Ca": float(ca), "Cl": 10.0 + 2 * ca} for ca in (1, 5, 20, 60)}
    series = series_of(rig, {"K": 1.0, "Ca": 0.5}, Experiment(ion="Ca", permeant=["K"], divalents=["Ca"]))
    return count((permeability_rows(one)[0][0] for one in noisy(series, repeats, seed)), 0.5)


def paired_coverage(before: float, after: float, repeats: int, seed: int) -> Coverage:
    """Intervals of the ratio of ratios; both conditions share one junction error."""
    first = potassium_series({"K": 1.0, "Na": before}, BATHS[4])
    second = potassium_series({"K": 1.0, "Na": after}, BATHS[4])
    rng = np.random.default_rng(seed)

    def rows() -> Iterable[PairedRow]:
        for _ in range(repeats):
            shift = rng.normal() * SHARED_mV
            pair = [replace(s, e_mV=s.e_mV + shift + rng.normal(0, s.own_sd_mV)) for s in (first, second)]
            yield paired_rows(*((s, permeability_rows(s)[1]) for s in pair))[0]

    return count(rows(), after / before)


def current_coverage(ratio: float, gate: tuple[float, float] | None, repeats: int, seed: int) -> Coverage:
    """Jackknife intervals of P_Na/P_K from the currents of five baths."""
    rig = Rig()
    p = {"K": 1.0, "Na": ratio}
    series = series_of(rig, p, Experiment())
    sodium, held = series.ions.index("Na"), 0
    for k in range(repeats):
        data = currents_of(series, iv_points(rig, p, gate, 0.05 if gate else 0.0, seed=seed * repeats + k))
        assert data is not None
        fit = fit_currents(data, 0, [sodium])
        low, high = jackknife_interval(fit, 0) or (np.inf, -np.inf)
        held += low <= np.log(ratio) <= high
    return Coverage(repeats, held, 0, 0)


def slope_coverage(baths: Sequence[float], repeats: int, seed: int, understated: float = 1.0) -> Coverage:
    """Intervals of the slope ratio on a Nernst membrane."""
    series = potassium_series({"K": 1.0}, baths)
    held = 0
    for one in noisy(series, repeats, seed, understated):
        line = fit_line(bath_means(one))
        held += line.low <= 1 <= line.high
    return Coverage(repeats, held, 0, 0)


def equivalence_rate(slope: float, baths: Sequence[float], repeats: int, seed: int, se_mV: float = SE_mV) -> float:
    """Share of verdicts "equivalent" where the true slope ratio is ``slope`` [%]; the margin is 0.05."""
    series = potassium_series({"K": 1.0}, baths, se_mV)
    bent = replace(series, e_mV=slope * series.e_mV)
    verdicts = [nernst_row(one).verdict for one in noisy(bent, repeats, seed)]
    return 100 * sum(verdict is Verdict.EQUIVALENT for verdict in verdicts) / repeats


def false_sodium_rate(baths: Sequence[float], repeats: int, seed: int, level: float = 0.05) -> float:
    """Share of potassium membranes on which the likelihood ratio finds sodium at ``level`` [%]."""
    series = potassium_series({"K": 1.0}, baths)
    found = 0
    for one in noisy(series, repeats, seed):
        _, fit = permeability_rows(one)
        if fit is None:
            continue
        found += next(r for r in model_rows(one, candidates(one, fit)) if r.model == "ghk").p_value < level  # type: ignore[operator]
    return 100 * found / repeats


def pooled_coverage(cells: int, between_sd: float, repeats: int, seed: int) -> Coverage:
    """Hartung–Knapp intervals of a mean log ratio; the cells' own errors differ fivefold."""
    rng = np.random.default_rng(seed)
    held = 0
    for _ in range(repeats):
        own = rng.uniform(0.04, 0.2, cells)
        answer = pool(rng.normal(0, np.hypot(own, between_sd)), own)
        held += answer.low <= 0 <= answer.high
    return Coverage(repeats, held, 0, 0)


def potassium_series(p: Mapping[str, float], baths: Sequence[float], se_mV: float = SE_mV) -> Series:
    """Error-free series of one cell in baths of these potassium concentrations [mM]."""
    rig = Rig()
    rig.se_mV, rig.shared_sd_mV, rig.baths = se_mV, SHARED_mV, k_series(*baths)
    return series_of(rig, p, Experiment())


def series_of(rig: Rig, p: Mapping[str, float], experiment: Experiment) -> Series:
    """Series of the rig's cell at true ratios ``p``."""
    return next(series_of_cell(rig.reversals(p), rig.settings(experiment)))


def noisy(series: Series, repeats: int, seed: int, understated: float = 1.0) -> Iterable[Series]:
    """The series again and again with new errors."""
    rng = np.random.default_rng(seed)
    for _ in range(repeats):
        own = rng.normal(0, understated * series.own_sd_mV)
        yield replace(series, e_mV=series.e_mV + own + rng.normal() * series.shared_sd_mV)


def count(rows: Iterable[PermeabilityRow | PairedRow], truth: float) -> Coverage:
    """Count the intervals that hold the truth; an open end holds everything beyond it."""
    trials = held = bounds = none = 0
    for row in rows:
        trials += 1
        none += row.bound is None
        bounds += row.bound in (Bound.UPPER, Bound.LOWER)
        low, high = row.ci_low or 0.0, np.inf if row.ci_high is None else row.ci_high
        held += row.bound is not None and low <= truth <= high
    return Coverage(trials, held, bounds, none)


def page(repeats: int) -> str:
    """Compute every table; Markdown."""
    parts = [
        "# Calibration of the fits\n",
        f"Made by `python -m reversal.calibration fit`: {repeats} simulated cells a number, so that a",
        f"true 95 % shows as 95 ± {196 * (0.95 * 0.05 / repeats) ** 0.5:.1f} %. Errors: {SE_mV} mV of measurement and "
        f"0.2 mV from bath to bath on each reversal, {SHARED_mV:g} mV of junction shared by the cell.\n",
        *_ratio_tables(repeats),
        *_other_ratio_tables(repeats),
        *_slope_tables(repeats),
        *_cohort_tables(repeats),
    ]
    return "\n".join(parts) + "\n"


def _ratio_tables(repeats: int) -> list[str]:
    cover, bounds = [], []
    for i, ratio in enumerate(RATIOS):
        row = [ratio_coverage(ratio, BATHS[n], repeats, seed=100 * i + n) for n in BATHS]
        cover.append([f"{ratio:g}", *(f"{c.percent:.1f}" for c in row)])
        bounds.append([f"{ratio:g}", *(f"{100 * c.bounds / c.trials:.0f}" for c in row)])
    head = ["P_Na/P_K", *(f"{n} baths" for n in BATHS)]
    return [
        "## 95 % intervals of a permeability ratio: share that holds the truth [%]\n",
        "Two-sided intervals and one-sided bounds together, as a reader meets them; 0 is the boundary itself.\n",
        table(head, cover),
        "\nShare of these intervals that are a one-sided bound [%]:\n",
        table(head, bounds),
    ]


def _other_ratio_tables(repeats: int) -> list[str]:
    wrong = [(f, ratio_coverage(0.01, BATHS[5], repeats, 31, understated=f)) for f in (1.0, 1.5, 2.0, 3.0)]
    return [
        "\n## Other intervals of ratios: share that holds the truth [%]\n",
        table(
            ["what", "coverage"],
            [
                ["P_Na/P_K = 0.05 with P_Cs/P_K free too, 4 baths", f"{two_ratio_coverage(repeats, 21).percent:.1f}"],
                ["P_Ca/P_K = 0.5, 4 baths", f"{divalent_coverage(repeats, 22).percent:.1f}"],
                ["paired 0.02 → 0.06, 4 baths", f"{paired_coverage(0.02, 0.06, repeats, 23).percent:.1f}"],
                ["paired 0.05 → 0.05, 4 baths", f"{paired_coverage(0.05, 0.05, repeats, 24).percent:.1f}"],
            ],
        ),
        "\nFrom the currents instead of the reversals, 5 baths, jackknife over baths (approximate, no claim):\n",
        table(
            ["what", "coverage"],
            [
                [f"P_Na/P_K = {ratio:g}, {name}", f"{current_coverage(ratio, gate, repeats // 4, 25).percent:.1f}"]
                for name, gate in (("gated, with leak", (-20.0, 10.0)), ("no gate", None))
                for ratio in (0.01, 0.1)
            ],
        ),
        "\nNo interval can know that its errors are stated too small, but scatter between baths gives it away: the",
        "fit then takes its scale from the scatter and says so. Left over (P_Na/P_K = 0.01, 5 baths; no claim):\n",
        table(["own errors larger than stated", "coverage"], [[f"{f:g} ×", f"{c.percent:.1f}"] for f, c in wrong]),
        "\nLikelihood ratio for sodium on a potassium membrane, level 5 %, boundary mixture (5 baths): "
        f"{false_sodium_rate(BATHS[5], repeats, 32):.1f} % false findings.",
    ]


def _slope_tables(repeats: int) -> list[str]:
    several = {n: BATHS[n] for n in BATHS if n > 2}
    cover = [
        [f"{n}", *(f"{slope_coverage(b, repeats, 40 + n, f).percent:.1f}" for f in (1.0, 2.0))]
        for n, b in several.items()
    ]
    rates = [
        [
            f"{n}",
            *(
                f"{equivalence_rate(s, b, repeats, 50 + n, se):.1f}"
                for s, se in ((0.95, 0.3), (1.05, 0.3), (0.95, 2.0), (1.0, 0.3))
            ),
        ]
        for n, b in several.items()
    ]
    return [
        "\n## Slope of the Nernst line: share of 95 % intervals that holds the truth [%]\n",
        table(["baths", "errors as stated", "errors twice as large as stated"], cover),
        '\n## Verdict "equivalent" (margin 0.05): how often [%]\n',
        f"The first three columns are errors; 5 ± {196 * (0.05 * 0.95 / repeats) ** 0.5:.1f} or less is right: at the "
        "margin itself the test errs in 5 %, beyond it less. The last is power.\n",
        table(["baths", "slope 0.95", "slope 1.05", "slope 0.95, 2 mV of error", "slope 1"], rates),
    ]


def _cohort_tables(repeats: int) -> list[str]:
    rows = [
        [f"{k}", *(f"{pooled_coverage(k, sd, 5 * repeats, 60 + k).percent:.1f}" for sd in (0.0, 0.1, 0.3))]
        for k in (2, 3, 5, 10, 20)
    ]
    return [
        "\n## Pooled log ratio, Hartung–Knapp–Sidik–Jonkman: share of 95 % intervals that holds the truth [%]\n",
        table(["cells", "no spread between cells", "spread 0.1", "spread 0.3"], rows),
    ]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(repeats: int = 2000) -> str:
    """Count and write the page; returns a sentence on what came out."""
    start = time.perf_counter()
    text = page(repeats)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return f"fit: {PAGE.name} with {repeats} cells a number, {time.perf_counter() - start:.0f} s"
