"""Rows and recordings as the analysis produces them: a potassium series with all kinds of results and faults."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np

from reversal.calibration.simulated_recording import recording_of
from reversal.experiment.configuration import Experiment
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings, IonFacts, SheetEntry, SheetRow
from reversal.recordings.recording.recording import Channel, Recording, Telegraph
from reversal.recordings.recording.store import Ingested
from reversal.report.inputs import Failure, Night, Provenance
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import RigSolution as SimulatedSolution
from reversal.simulate.channels import inward_rectifier
from reversal.simulate.model_cell import Cell, GhkChannel, channel_reversal_mV, steady_current_pA
from reversal.simulate.rig import RecordingConditions
from reversal.simulate.stimuli import step_family
from reversal.tables.answers_table import Answer, AnswerRow
from reversal.tables.checks_table import CheckRow, Outcome
from reversal.tables.curves_table import CurvePoint
from reversal.tables.estimates_table import Estimator
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.findings_table import FindingRow, finding_rows, judged
from reversal.tables.iv_table import IVPoint
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.pooled_table import PooledKind, PooledRow
from reversal.tables.profiles_table import ProfilePoint
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.results import CellMeasures, Cohort
from reversal.tables.reversals_table import Crossing, ReversalRow
from reversal.tables.status import Status

LEVELS_MM = (2.5, 5.0, 10.0, 20.0, 40.0)
CELSIUS = 23.1
PIPETTE = SimulatedSolution("K140", {"K": 140.0, "Na": 8.0, "Cl": 148.0})
CELL = Cell("c1", inward_rectifier(60.0, sodium_ratio=0.02), cm_pF=15.0, leak_nS=0.0)
HIGH_RS = finding(Code.SERIES_RESISTANCE, 24.1, 20.0)
OUT_OF_RANGE = finding(Code.REVERSAL_OUT_OF_RANGE, -84.6, direction="outward", side="below")
CUT_SHORT = finding(
    Code.NOT_READ, message="night/rec_0004.abf: the file ends before its data do. Expected: 1234 kB. Copy it again."
)
NASTY = "<script>alert('x')</script> \"quoted\" $x^2$ Ωμ… " + "verylongword" * 12


def bath_of(out_mM: float) -> SimulatedSolution:
    """A bath in which K⁺ replaces Na⁺."""
    return SimulatedSolution(f"K{out_mM:g}", {"K": out_mM, "Na": 145.0 - out_mM, "Cl": 145.0})


@cache
def ghk_mV(out_mM: float) -> float:
    """E_rev of the simulated cell in a bath."""
    return channel_reversal_mV(CELL.channel, PIPETTE, bath_of(out_mM), CELSIUS)


@cache
def nernst_mV(out_mM: float) -> float:
    """Nernst potential of K⁺ in a bath."""
    return channel_reversal_mV(GhkChannel(1.0, {"K": 1.0}), PIPETTE, bath_of(out_mM), CELSIUS)


def current_pA(v_mV: float, out_mM: float) -> float:
    """Steady current of the simulated cell in a bath."""
    return float(steady_current_pA(CELL, np.array([v_mV]), PIPETTE, bath_of(out_mM), CELSIUS)[0])


def a_recording(out_mM: float, seed: int, sweeps: int = 17) -> Recording:
    """Steps from -120 to +40 mV on the simulated cell, 20 kHz, as read from an ABF2 file."""
    bath = bath_of(out_mM)
    protocol = step_family(-120.0, -130.0 + 10.0 * sweeps, 10.0)
    recording = recording_of(CELL, Amplifier(), RecordingConditions(PIPETTE, bath, bath, CELSIUS), protocol, seed)
    return replace(
        recording,
        file=f"2026_{out_mM:g}.abf",
        sha256="ab" * 32,
        format="ABF2 2.9",
        command=replace(recording.command, basis="every feature of the header in use is understood"),
        current_channel=Channel("IN 0", "pA", "current"),
        channels=(Channel("IN 0", "pA", "current"),),
        started="2026-11-19T19:30:00",
        warnings=("the file does not name the amplifier",),
        telegraph=Telegraph(),
    )


def recording_row(cell: str, recording: str, **changed: object) -> RecordingRow:
    """A good recording, with the given changes."""
    sound = {
        "experiment": "default",
        "cell": cell,
        "recording": recording,
        "file": f"night/{recording}.abf",
        "sha256": "ab" * 32,
        "format": "ABF2 2.9",
        "sweeps": 17,
        "sample_rate_Hz": 20000.0,
        "protocol_kind": "step",
        "command_evidence": "reconstructed",
        "rs_MOhm": 8.4,
        "cm_pF": 14.8,
        "rm_MOhm": 512.0,
        "holding_pA": -21.7,
        "status": Status.OK,
        "reason": None,
    }
    return RecordingRow.model_validate(sound | changed)


def reversal_row(cell: str, recording: str, out_mM: float, **changed: object) -> ReversalRow:
    """A bracketed reversal potential near the GHK value, with the given changes."""
    e = ghk_mV(out_mM) + 0.2
    nernst = nernst_mV(out_mM)
    sound = {
        "experiment": "default",
        "cell": cell,
        "recording": recording,
        "condition": "control",
        "bath": f"K{out_mM:g}",
        "pipette": "K140",
        "temperature_C": 23.1,
        "ion": "K",
        "out_mM": out_mM,
        "in_mM": 140.0,
        "ljp_mV": 4.6,
        "e_rev_mV": e,
        "ci_low_mV": e - 0.44,
        "ci_high_mV": e + 0.51,
        "method": Estimator.LOCAL_POLYNOMIAL,
        "crossing": Crossing.BRACKETED,
        "e_nernst_mV": nernst,
        "deviation_mV": e - nernst,
        "status": Status.OK,
        "reason": None,
    }
    return ReversalRow.model_validate(sound | changed)


def permeability_row(cell: str, **changed: object) -> PermeabilityRow:
    """P(Na)/P(K) with a two-sided interval, with the given changes."""
    sound = {
        "experiment": "default",
        "cell": cell,
        "condition": "control",
        "ion": "Na",
        "reference": "K",
        "p_ratio": 0.0213,
        "ci_low": 0.0187,
        "ci_high": 0.0241,
        "bound": Bound.TWO_SIDED,
        "ddg_kJ_mol": 9.48,
        "n_baths": 5,
        "method": "GHK voltage, profile likelihood",
        "status": Status.OK,
        "reason": None,
    }
    return PermeabilityRow.model_validate(sound | changed)


def answer_row(cell: str, **changed: object) -> AnswerRow:
    """The answer that a cell follows GHK, with the given changes."""
    numbers = dict.fromkeys(name for name in AnswerRow.model_fields if name not in ("status", "reason"))
    sound = numbers | {
        "experiment": "default",
        "cell": cell,
        "condition": "control",
        "ion": "K",
        "answer": Answer.GHK,
        "sentence": "Follows GHK: E_rev leaves Nernst towards K2.5 as P_Na/P_K = 0.02 predicts (p = 0.9).",
        "n_cells": 1,
        "n_baths": 5,
    }
    return AnswerRow(**(sound | judged([]) | changed))  # type: ignore[arg-type]


def nernst_row(cell: str, **changed: object) -> NernstRow:
    """A slope that follows Nernst, with the given changes."""
    sound = {
        "experiment": "default",
        "cell": cell,
        "condition": "control",
        "ion": "K",
        "n_baths": 5,
        "slope_mV_per_decade": 57.63,
        "ci_low": 56.5,
        "ci_high": 58.8,
        "expected_mV_per_decade": 58.77,
        "slope_ratio": 0.9806,
        "ratio_ci_low": 0.961,
        "ratio_ci_high": 1.0005,
        "verdict": Verdict.EQUIVALENT,
        "status": Status.OK,
        "reason": None,
        "margin": 0.05,
    }
    return NernstRow.model_validate(sound | changed)


def curves_of(cell: str) -> tuple[CurvePoint, ...]:
    """Nernst and GHK curves of a cell."""
    common = {"experiment": "default", "cell": cell, "condition": "control"}
    grid = np.geomspace(1.7, 60, 41).tolist()
    lines = [("nernst", x, nernst_mV(x)) for x in grid] + [("ghk", x, ghk_mV(x)) for x in grid]
    return tuple(
        CurvePoint(kind=kind, out_mM=x, e_mV=e_mV, low_mV=e_mV - 0.9, high_mV=e_mV + 1.1, **common)
        for kind, x, e_mV in lines
    )


def profile_of(cell: str) -> tuple[ProfilePoint, ...]:
    """Profile of a ratio of 0.0213 whose 95 % interval is 0.0187 to 0.0241."""
    common = {"experiment": "default", "cell": cell, "condition": "control", "ion": "Na", "reference": "K"}
    logs = np.linspace(-0.18, 0.18, 31)
    return tuple(
        ProfilePoint(p_ratio=0.0213 * math.exp(x), likelihood_ratio=3.84 * (x / 0.127) ** 2, limit=3.84, **common)
        for x in logs.tolist()
    )


def some_measures(cell: str) -> CellMeasures:
    """Five baths: three good, one without a zero crossing, one with a broken file."""
    names = [f"rec_{n:04d}" for n in range(5)]
    iv = [
        IVPoint(
            experiment="default",
            cell=cell,
            recording=name,
            condition="control",
            sweep=sweep,
            v_command_mV=-120.0 + 10 * sweep,
            v_membrane_mV=-124.6 + 10 * sweep,
            i_pA=current_pA(-124.6 + 10 * sweep, level),
            se_pA=0.4,
        )
        for name, level in zip(names[:4], LEVELS_MM[:4], strict=True)
        for sweep in range(17)
    ]
    lost = {"e_rev_mV": None, "ci_low_mV": None, "ci_high_mV": None, "deviation_mV": None}
    reversals = (
        reversal_row(
            cell,
            names[0],
            2.5,
            **lost,
            crossing=Crossing.NONE,
            bound="below",
            bound_mV=-84.6,
            method=None,
            **judged([OUT_OF_RANGE]),
        ),
        reversal_row(cell, names[1], 5.0),
        reversal_row(cell, names[2], 10.0, **judged([HIGH_RS])),
        reversal_row(cell, names[3], 20.0, crossing=Crossing.BRACKETED),
    )
    recordings = (
        recording_row(cell, names[0], **judged([OUT_OF_RANGE])),
        recording_row(cell, names[1]),
        recording_row(cell, names[2], rs_MOhm=24.1, **judged([HIGH_RS])),
        recording_row(cell, names[3]),
        recording_row(
            cell,
            names[4],
            format=None,
            sha256="cd" * 32,
            sweeps=None,
            sample_rate_Hz=None,
            protocol_kind=None,
            command_evidence=None,
            rs_MOhm=None,
            cm_pF=None,
            rm_MOhm=None,
            holding_pA=None,
            **judged([CUT_SHORT]),
        ),
    )
    check = CheckRow(
        experiment="default",
        cell=cell,
        recording=names[2],
        code=HIGH_RS.code,
        number=24.1,
        limit=20.0,
        unit="MΩ",
        outcome=Outcome.FAILED,
    )
    findings = [
        *found_in("reversals", cell, names[0], OUT_OF_RANGE),
        *found_in("recordings", cell, names[2], HIGH_RS),
        *found_in("recordings", cell, names[4], CUT_SHORT),
    ]
    return CellMeasures(recordings, tuple(iv), reversals, (), (check,), tuple(findings))


def found_in(table: str, cell: str, recording: str, found: Finding) -> list[FindingRow]:
    """Row of a finding about a recording."""
    return finding_rows(
        [found], table, experiment="default", cell=cell, recording=recording, condition="control", quantity=None
    )


def some_settings(cell: str) -> CellSettings:
    """Declarations of a cell, with a note that contains markup and an additional column."""
    sheet_rows = []
    for n, level in enumerate(LEVELS_MM):
        entry = SheetEntry(
            recording=f"rec_{n:04d}",
            cell=cell,
            file=f"night/rec_{n:04d}.abf",
            bath=f"K{level:g}",
            pipette="K140",
            temperature_C=23.1,
            note=NASTY if n == 1 else "",
            extra={"transfection <b>": "day & night"} if n == 2 else {},
        )
        sheet_rows.append(
            SheetRow(
                row=n + 2, recording=entry.recording, cell=cell, experiment="default", file=entry.file, entry=entry
            )
        )
    baths = {f"K{x:g}": Solution(ions_mM={"K": x, "Na": 145 - x, "Cl": 145}) for x in LEVELS_MM}
    return CellSettings(
        cell=cell,
        sheet_rows=tuple(sheet_rows),
        experiments={"default": Experiment()},
        solutions=baths | {"K140": Solution(ions_mM={"K": 140, "Na": 8, "Cl": 148}, pH=7.2)},
        ions={"K": IonFacts(z=1, mobility=1), "Na": IonFacts(z=1, mobility=0.68), "Cl": IonFacts(z=-1, mobility=1.04)},
    )


def some_outcomes() -> list[Ingested]:
    """Output of ingest: four recordings and a broken file."""
    read = [
        Ingested(recording_id=f"rec_{n:04d}", recording=a_recording(level, n), failure=None)
        for n, level in enumerate(LEVELS_MM[:4])
    ]
    return [*read, Ingested(recording_id="rec_0004", recording=None, failure="the file ends before its data do")]


def a_night(provenance: Provenance, cells: int) -> Night:
    """Cells with five baths each; some give only bounds, some no result, some have a broken file."""
    recordings, reversals, ratios, lines, curves, findings = [], [], [], [], [], []
    for n in range(cells):
        cell = f"cell{n:03d}"
        for k, level in enumerate(LEVELS_MM):
            name = f"{cell}_{k}"
            broken = n % 6 == 3 and k == 2
            recordings.append(recording_row(cell, name, **judged([CUT_SHORT] if broken else [])))
            findings += found_in("recordings", cell, name, CUT_SHORT) if broken else []
            if not broken:
                shift = 0.3 * math.sin(n + k)
                e = ghk_mV(level) + shift
                limits = {"ci_low_mV": e - 0.5, "ci_high_mV": e + 0.5}
                reversals.append(reversal_row(cell, name, level, e_rev_mV=e, se_mV=0.25, **limits))
        if n % 5 == 4:
            ratios.append(permeability_row(cell, p_ratio=None, ci_low=None, ci_high=0.0042, bound=Bound.UPPER))
        else:
            p = 0.02 * math.exp(0.2 * math.sin(n))
            ratios.append(permeability_row(cell, p_ratio=p, ci_low=p * 0.88, ci_high=p * 1.13))
        if n % 7 == 5:
            nothing = dict.fromkeys(
                ("slope_mV_per_decade", "ci_low", "ci_high", "slope_ratio", "ratio_ci_low", "ratio_ci_high")
            )
            lines.append(
                nernst_row(
                    cell,
                    **nothing,
                    verdict=Verdict.UNDECIDED,
                    n_baths=2,
                    **judged([finding(Code.TWO_BATHS)]),
                )
            )
        else:
            lines.append(nernst_row(cell))
        curves += curves_of(cell)
    pooled = PooledRow(
        experiment="default",
        condition="control",
        quantity="P_Na/P_K",
        estimate=0.0201,
        ci_low=0.0183,
        ci_high=0.0221,
        between_cell_sd=0.14,
        n_cells=cells,
        n_recordings=5 * cells,
        n_bounded=cells // 5,
        n_excluded=0,
        method="REML, Hartung-Knapp",
        status=Status.OK,
        reason=None,
        kind=PooledKind.PERMEABILITY_RATIO,
        ion="Na",
        reference="K",
    )
    tables = Cohort(
        recordings=tuple(recordings),
        reversals=tuple(reversals),
        permeabilities=tuple(ratios),
        nernst=tuple(lines),
        pooled=(pooled,) if cells else (),
        curves=tuple(curves),
        findings=tuple(findings),
    )
    return Night(
        tables,
        provenance,
        failures=(Failure("config/solutions.yaml", "K1O", "the solution is not electroneutral. Add the missing ion."),)
        if cells
        else (),
        charges={"K": 1, "Na": 1, "Cl": -1},
    )
