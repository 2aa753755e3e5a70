"""The common kinds of experiments, simulated as tables of I–V points, and how often their intervals contain the truth.

The currents come from the simulator's channel models, with 1 pA of noise. A cell has its own permeability ratios, which
differ between cells; the leak is none, or is recorded and subtracted as its kind of experiment does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from reversal.arrays import FloatArray
from reversal.calibration.counted_groups import contains
from reversal.calibration.simulated_series import k_series
from reversal.experiment.configuration import Experiment
from reversal.experiment.ion_table import ion_table
from reversal.experiment.measure_settings import Junction, Leak
from reversal.experiment.preparations import Clamped
from reversal.experiment.recording_configuration import with_sides
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings, GivenPoint, IonFacts, SheetEntry, SheetRow
from reversal.fit.bath_series import series_of_cell
from reversal.fit.fit_cell import fit_cell
from reversal.fit.nernst.verdict import nernst_row
from reversal.measure.measure_cell import measure_cell
from reversal.simulate.bath import RigSolution
from reversal.simulate.model_cell import Cell, Gate, GhkChannel, channel_reversal_mV, steady_current_pA
from reversal.tables.reversals_table import ReversalRow

NOISE_pA, BETWEEN_CELLS_SD, LARGEST_pA = 1.0, 0.15, 600.0
VOLTAGES_mV = np.arange(-140.0, 81.0, 20.0)
BASELINE_nS, BASELINE_mV = 1.0, -20.0
TABLE_SD_mV = 0.6
Ions = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ExperimentKind:
    """A kind of experiment.

    baths : free ions of each bath [mM];  pipette, inside : those of the pipette, and of the cell if it is another
    ratios : permeability relative to the reference, the first ion
    gate : half-activation and slope of a gate [mV]
    baseline : whether a baseline with another current is recorded and subtracted
    as_table : whether reversal potentials are entered, not I–V points
    """

    name: str
    baths: Mapping[str, Ions]
    pipette: Ions
    ratios: Ions
    ion: str = "K"
    divalents: tuple[str, ...] = ()
    inside: Ions | None = None
    celsius: float = 22.0
    clamped: Clamped = Clamped.WHOLE_CELL
    gate: tuple[float, float] | None = None
    baseline: bool = False
    as_table: bool = False

    @property
    def reference(self) -> str:
        """Ion to which the permeabilities are relative."""
        return next(iter(self.ratios))

    def experiment(self) -> Experiment:
        """What a user declares."""
        leak = Leak(subtract="blocker", blocker="baseline") if self.baseline else Leak(subtract="declared", g_nS=0)
        return Experiment(
            configuration=self.clamped,
            ion=self.ion,
            permeant=[ion for ion in self.ratios if ion not in self.divalents],
            divalents=list(self.divalents),
            reference=self.reference,
            junction=Junction(apply=False, reference_electrode="none"),
            leak=leak,
        )


def _chloride(*mM: float) -> dict[str, Ions]:
    return {f"Cl{cl:g}": {"Na": 150.0, "Cl": cl, "gluconate": 150.0 - cl} for cl in mM}


POTASSIUM = k_series(2.5, 5, 10, 40)
K_INSIDE = {"K": 140.0, "Na": 10.0, "Cl": 150.0}
KINDS = (
    ExperimentKind("leak channel, 37 °C", POTASSIUM, K_INSIDE, {"K": 1.0, "Na": 0.02}, celsius=37.0),
    ExperimentKind("hERG tails", POTASSIUM, {"K": 150.0, "Cl": 150.0}, {"K": 1.0, "Na": 0.004}),
    ExperimentKind("HCN tails", POTASSIUM, K_INSIDE, {"K": 1.0, "Na": 0.25}),
    ExperimentKind(
        "GABA_A puffs, baseline subtracted",
        {name: {**ions, "Na": 174.0, "HCO3": 24.0} for name, ions in _chloride(135, 70, 35, 12).items()},
        {"K": 155.0, "Cl": 140.0, "HCO3": 15.0},
        {"Cl": 1.0, "HCO3": 0.18},
        ion="Cl",
        baseline=True,
    ),
    ExperimentKind(
        "GABA_A through gramicidin",
        _chloride(150, 75, 30),
        {"K": 150.0, "Cl": 150.0},
        {"Cl": 1.0},
        ion="Cl",
        inside={"K": 140.0, "Cl": 8.0, "gluconate": 132.0},
        clamped=Clamped.PERFORATED,
    ),
    ExperimentKind(
        "CFTR dilution",
        {f"NaCl{mM:g}": {"Na": mM, "Cl": mM} for mM in (150.0, 75.0, 30.0)},
        {"Na": 150.0, "Cl": 150.0},
        {"Cl": 1.0, "Na": 0.02},
        ion="Cl",
    ),
    ExperimentKind(
        "NMDA receptor, Ca²⁺",
        {f"Ca{ca:g}": {"Na": 150.0 - 2 * ca, "Ca": ca, "Cl": 150.0} for ca in (1.0, 5.0, 10.0, 30.0)},
        {"Cs": 150.0, "Cl": 150.0},
        {"Cs": 1.0, "Na": 1.0, "Ca": 6.0},
        ion="Ca",
        divalents=("Ca",),
    ),
    ExperimentKind(
        "bi-ionic substitution",
        {ion: {ion: 150.0, "Cl": 150.0} for ion in ("K", "Li", "Rb", "Cs")},
        {"K": 150.0, "Cl": 150.0},
        {"K": 1.0, "Li": 0.4, "Rb": 1.1, "Cs": 0.8},
    ),
    ExperimentKind(
        "Na⁺ channel, peaks",
        {f"Na{na:g}": {"Na": na, "NMDG": 150.0 - na, "Cl": 150.0} for na in (150.0, 75.0, 35.0)},
        {"Na": 10.0, "Cs": 140.0, "Cl": 150.0},
        {"Na": 1.0, "Cs": 0.1},
        ion="Na",
        gate=(-25.0, 9.0),
    ),
    ExperimentKind(
        "oocyte, two electrodes",
        {f"K{k:g}": {"K": k, "Na": 100.0 - k, "Cl": 100.0} for k in (2.0, 10.0, 40.0, 90.0)},
        {"K": 110.0, "Cl": 110.0},
        {"K": 1.0, "Na": 0.01},
        inside={"K": 100.0, "Na": 10.0, "Cl": 110.0},
        clamped=Clamped.TWO_ELECTRODE,
    ),
    ExperimentKind(
        "inside-out patch, inside changed",
        {f"K{k:g}": {"K": k, "Na": 145.0 - k, "Cl": 145.0} for k in (140.0, 70.0, 35.0)},
        {"K": 5.0, "Na": 140.0, "Cl": 145.0},
        {"K": 1.0, "Na": 0.01},
        clamped=Clamped.INSIDE_OUT,
    ),
    ExperimentKind(
        "bilayer, KCl gradient",
        {f"KCl{mM:g}": {"K": mM, "Cl": mM} for mM in (50.0, 150.0, 500.0)},
        {"K": 150.0, "Cl": 150.0},
        {"K": 1.0, "Cl": 0.05},
        clamped=Clamped.BILAYER,
    ),
    ExperimentKind("table of reversal potentials", POTASSIUM, K_INSIDE, {"K": 1.0, "Na": 0.012}, as_table=True),
)


@dataclass(slots=True)
class Counted:
    """How many intervals contain the truth, of how many, for E_rev, the ratios and the slope; two-sided or bounds."""

    covered: dict[str, int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, limits: tuple[float | None, float | None], true: float) -> None:
        """Count one interval; an open end has no limit."""
        self.made[what] = self.made.get(what, 0) + 1
        self.covered[what] = self.covered.get(what, 0) + contains(limits, true)

    def and_also(self, other: Counted) -> Counted:
        """Both counts together."""
        names = [*self.made, *(name for name in other.made if name not in self.made)]
        both = [{name: one.get(name, 0) + two.get(name, 0) for name in names}
                for one, two in ((self.covered, other.covered), (self.made, other.made))]  # fmt: skip
        return Counted(*both)


E_REV, RATIO, SLOPE = "E_rev", "ratio", "slope"


def counted_cell(kind: ExperimentKind, seed: int) -> Counted:
    """Measure and fit one simulated cell of a kind, as a user would."""
    rng = np.random.default_rng((*kind.name.encode(), seed))
    own = {ion: p * (1.0 if ion == kind.reference else float(np.exp(rng.normal(0, BETWEEN_CELLS_SD))))
           for ion, p in kind.ratios.items()}  # fmt: skip
    true_mV = {bath: true_reversal_mV(kind, own, bath) for bath in kind.baths}
    settings = _settings(kind, own, true_mV, rng)
    measured = measure_cell((), settings).reversals
    fits = fit_cell(measured, settings)
    counted = Counted()
    for row in measured:
        if row.e_rev_mV is not None and (row.own_low_mV is not None or row.own_high_mV is not None):
            counted.add(E_REV, (row.own_low_mV, row.own_high_mV), true_mV[_bath_of(row)])
    for ratio in fits.permeabilities:
        if ratio.bound is not None:
            counted.add(RATIO, (ratio.ci_low, ratio.ci_high), own[ratio.ion])
    exact = [row.model_copy(update={"e_rev_mV": true_mV[_bath_of(row)]}) for row in measured]
    for line, series in zip(fits.nernst, series_of_cell(exact, settings), strict=True):
        true = nernst_row(series).row  # the line through the true potentials
        if line.ratio_ci_low is not None and line.ratio_ci_high is not None and true.slope_ratio is not None:
            counted.add(SLOPE, (line.ratio_ci_low, line.ratio_ci_high), true.slope_ratio)
    return counted


def counted_kind(kind: ExperimentKind, seeds: Iterable[int]) -> Counted:
    """Counts of several cells of a kind."""
    logging.getLogger("reversal").addHandler(logging.NullHandler())  # no lines about single cells
    counted = Counted()
    for seed in seeds:
        counted = counted.and_also(counted_cell(kind, seed))
    return counted


def true_reversal_mV(kind: ExperimentKind, ratios: Ions, bath: str) -> float:
    """Reversal potential of the channel, inside minus outside [mV]."""
    return channel_reversal_mV(GhkChannel(1.0, ratios), *_sides(kind, bath), kind.celsius)


def _sides(kind: ExperimentKind, bath: str) -> tuple[RigSolution, RigSolution]:
    """Solutions inside and outside the membrane."""
    around, held = RigSolution(bath, kind.baths[bath]), RigSolution("held", kind.inside or kind.pipette)
    return (around, held) if kind.clamped is Clamped.INSIDE_OUT else (held, around)


def _bath_of(row: ReversalRow) -> str:
    return row.recording.removeprefix("r_")


def _settings(
    kind: ExperimentKind, ratios: Ions, true_mV: Mapping[str, float], rng: np.random.Generator
) -> CellSettings:
    experiment = kind.experiment()
    entries = []
    for bath in kind.baths:
        if kind.baseline:
            points = _points(kind, _baseline_pA(), rng)
            entries.append(_entry(kind, bath, {"points": points, "condition": "baseline"}, "b_"))
        entries.append(_entry(kind, bath, _given(kind, ratios, bath, true_mV, rng), "r_"))
    solutions = {**kind.baths, "pipette": kind.pipette, **({"cell": kind.inside} if kind.inside else {})}
    table = ion_table()
    return CellSettings(
        cell="c",
        sheet_rows=tuple(
            SheetRow(
                row=n + 2, recording=one.recording, cell="c", experiment="default", entry=with_sides(one, experiment)
            )
            for n, one in enumerate(entries)
        ),
        experiments={"default": experiment},
        solutions={name: Solution(ions_mM=dict(ions)) for name, ions in solutions.items()},
        ions={ion: IonFacts.of(table[ion]) for ions in solutions.values() for ion in ions},
    )


def _entry(kind: ExperimentKind, bath: str, given: Mapping[str, object], prefix: str) -> SheetEntry:
    named = (
        {"cis": "pipette", "trans": bath} if kind.clamped is Clamped.BILAYER else {"bath": bath, "pipette": "pipette"}
    )
    inside = {"inside": "cell"} if kind.inside else {}
    row = {"recording": f"{prefix}{bath}", "cell": "c", "temperature_C": kind.celsius, **named, **inside, **given}
    return SheetEntry.model_validate(row)


def _given(
    kind: ExperimentKind, ratios: Ions, bath: str, true_mV: Mapping[str, float], rng: np.random.Generator
) -> Mapping[str, object]:
    """What the sheet has of a recording: a reversal potential with its error, or I–V points."""
    if kind.as_table:
        return {"e_rev_mV": true_mV[bath] + rng.normal(0, TABLE_SD_mV), "e_rev_sd_mV": TABLE_SD_mV}
    largest_pA = max(float(np.abs(_current_pA(kind, ratios, other, 1.0)).max()) for other in kind.baths)
    i_pA = _current_pA(kind, ratios, bath, LARGEST_pA / largest_pA)
    return {"points": _points(kind, i_pA + (_baseline_pA() if kind.baseline else 0.0), rng)}


def _current_pA(kind: ExperimentKind, ratios: Ions, bath: str, permeability_um3_per_s: float) -> FloatArray:
    gates = () if kind.gate is None else (Gate(*kind.gate, tau_min_ms=1.0, tau_max_ms=1.0),)
    cell = Cell("c", GhkChannel(permeability_um3_per_s, ratios, gates), cm_pF=15.0, leak_nS=0.0)
    return steady_current_pA(cell, VOLTAGES_mV, *_sides(kind, bath), kind.celsius)


def _baseline_pA() -> FloatArray:
    return np.asarray(BASELINE_nS * (VOLTAGES_mV - BASELINE_mV))


def _points(kind: ExperimentKind, i_pA: FloatArray, rng: np.random.Generator) -> tuple[GivenPoint, ...]:
    """Points as the file has them: an inside-out patch is recorded with the opposite sign."""
    sign = -1.0 if kind.clamped is Clamped.INSIDE_OUT else 1.0
    noisy = i_pA + rng.normal(0, NOISE_pA, i_pA.size)
    return tuple(
        GivenPoint(v_mV=sign * float(v), i_pA=sign * float(i), se_pA=NOISE_pA)
        for v, i in zip(VOLTAGES_mV, noisy, strict=True)
    )
