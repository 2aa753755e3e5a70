"""A synthetic night: seven cells in a series of K⁺ baths, as ABF2 files with the sheets that a user writes.

The channel of the wild type is nearly impermeable to Na⁺ and follows the Nernst equation; that of the mutant is not.
The night has the usual faults. cell05 has a poor seal. One file is truncated. One file is a text with the name
.abf. One recording has steps that do not include its reversal potential. cell06 was lost after two baths.
cell07 was recorded at 37 °C.
``truth.json`` has the true values of the simulation; no analysis reads it.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reversal.simulate.abf_content import FileNotes, TagNote
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import PIPETTE, SERIES, RigSolution, junction_potentials
from reversal.simulate.channels import weakly_gated_potassium
from reversal.simulate.model_cell import Cell, GhkChannel
from reversal.simulate.rig import RecordingConditions, record, true_values
from reversal.simulate.stimuli import step_family
from reversal.simulate.stimulus_protocol import AbfProtocol
from reversal.simulate.write_abf2 import write_abf2
from reversal.tables.files import write_json
from reversal.tables.whole_file import whole_file

DEFAULT_SEED = 20261119
EVENING = dt.datetime(2026, 11, 19, 19, 30)
ZEROING_BATH = SERIES[1]
MEAN_TEMPERATURE_C = 23.0
POOR_SEAL_CELL = "cell05"
LOST_CELL = "cell06"  # recorded only in LOST_BATHS
LOST_BATHS = ("K5", "K20")
OUT_OF_RANGE = ("cell04", "K2.5")
CUT_SHORT = (POOR_SEAL_CELL, "K10")
NOT_AN_ABF = (POOR_SEAL_CELL, "K20")
SEAL_NOT_STATED = LOST_CELL
WARM_CELL = "cell07"
WARM_SEAL_nS, BODY_TEMPERATURE_C = 0.0125, 37.0
WILD_TYPE, MUTANT = "wild_type", "mutant"
CONDITION = {
    **dict.fromkeys(("cell01", LOST_CELL, WARM_CELL), WILD_TYPE),
    **dict.fromkeys(("cell02", "cell03", "cell04", POOR_SEAL_CELL), MUTANT),
}
RATIOS = {WILD_TYPE: (0.0001, 0.0003), MUTANT: (0.042, 0.048)}
"""Lowest and highest P_Na/P_K of the cells of a condition."""
COLUMNS = (
    *("recording", "cell", "file", "bath", "pipette", "temperature_C", "condition"),
    *("rs_compensation", "seal_GOhm", "zeroing_bath", "note"),
)


@dataclass(frozen=True, slots=True)
class PlannedRecording:
    """One recording of the night, before it is made."""

    recording: str
    cell: Cell
    amplifier: Amplifier
    conditions: RecordingConditions
    protocol: AbfProtocol
    notes: FileNotes
    seed: int


def make_night(folder: Path, seed: int = DEFAULT_SEED) -> list[PlannedRecording]:
    """Write the night into ``folder``: ``*.abf``, recordings.tsv, solutions.yaml and truth.json.

    The same seed gives the same bytes. Returns the recordings in the order of recording.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plan = list(planned_night(seed))
    for planned in plan:
        _write_recording(folder / f"{planned.recording}.abf", planned)
    _write_sheet(folder / "recordings.tsv", plan)
    _write_solutions(folder / "solutions.yaml", [*SERIES, PIPETTE])
    write_json(folder / "truth.json", {planned.recording: _truth(planned) for planned in plan})
    return plan


def planned_night(seed: int = DEFAULT_SEED) -> Iterator[PlannedRecording]:
    """Plan the recordings of the night, in the order of recording."""
    rng = np.random.default_rng(seed)
    number = 0
    for name in sorted(CONDITION):
        cell = _cell(name, rng)
        amplifier = _amplifier(rng)
        for bath in SERIES:
            room_C = round(float(rng.uniform(22.0, 24.0)), 1)
            temperature_C = BODY_TEMPERATURE_C if name == WARM_CELL else room_C
            drawn = int(rng.integers(2**31))
            if name == LOST_CELL and bath.name not in LOST_BATHS:
                continue
            start = EVENING + dt.timedelta(minutes=7 * number + 11 * (int(name[-2:]) - 1))
            yield PlannedRecording(
                recording=f"2026_11_19_{number:04d}",
                cell=cell,
                amplifier=amplifier,
                conditions=RecordingConditions(PIPETTE, bath, ZEROING_BATH, temperature_C),
                protocol=short_steps() if (name, bath.name) == OUT_OF_RANGE else full_steps(),
                notes=FileNotes(start, cell.cm_pF, f"{name}, bath {bath.name}", (TagNote(0.5, f"in {bath.name}"),)),
                seed=drawn,
            )
            number += 1


def full_steps() -> AbfProtocol:
    """A −10 mV membrane test, then 200 ms steps from −120 to +40 mV by 10 mV."""
    return step_family(-120.0, 40.0, 10.0, name="K_steps")


def short_steps() -> AbfProtocol:
    """Protocol with steps from −40 to +40 mV only."""
    return step_family(-40.0, 40.0, 10.0, name="K_steps_depolarised")


def _cell(name: str, rng: np.random.Generator) -> Cell:
    """Draw a cell with a K⁺ channel that closes partly on depolarisation."""
    ratio = float(rng.uniform(*RATIOS[CONDITION[name]]))
    channel = weakly_gated_potassium(float(rng.uniform(60.0, 90.0)), ratio)
    cm_pF = round(float(rng.uniform(10.0, 25.0)), 1)
    seal_nS = float(rng.uniform(0.01, 0.02))
    seal_nS = WARM_SEAL_nS if name == WARM_CELL else seal_nS
    # an open pipette in the zeroing bath passes no current at a command of 0 mV: −V_L on the membrane's scale
    e_leak_mV = -junction_potentials(PIPETTE, ZEROING_BATH, ZEROING_BATH, MEAN_TEMPERATURE_C).v_l_mV
    return Cell(name, channel, cm_pF, 25.0 if name == POOR_SEAL_CELL else seal_nS, e_leak_mV)


def _amplifier(rng: np.random.Generator) -> Amplifier:
    return Amplifier(
        rs_MOhm=round(float(rng.uniform(5.0, 15.0)), 1),
        rs_compensation=round(float(rng.uniform(0.70, 0.80)), 2),
        noise_pA=float(rng.uniform(2.0, 4.0)),
    )


def _write_recording(path: Path, planned: PlannedRecording) -> None:
    where = (planned.cell.name, planned.conditions.bath.name)
    if where == NOT_AN_ABF:
        with whole_file(path) as target:
            target.write_text("20 mM K, lost the seal for a moment, repeat this one tomorrow\n", encoding="utf-8")
        return
    made = record(planned.cell, planned.amplifier, planned.conditions, planned.protocol, planned.seed)
    write_abf2(path, planned.protocol, made.counts, planned.amplifier, planned.notes)
    if where == CUT_SHORT:
        content = path.read_bytes()
        with whole_file(path) as target:
            target.write_bytes(content[: len(content) * 6 // 10])


def _write_sheet(path: Path, plan: list[PlannedRecording]) -> None:
    with whole_file(path) as target, target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        for planned in plan:
            conditions = planned.conditions
            writer.writerow(
                {
                    "recording": planned.recording,
                    "cell": planned.cell.name,
                    "file": f"{planned.recording}.abf",
                    "bath": conditions.bath.name,
                    "pipette": conditions.pipette.name,
                    "temperature_C": f"{conditions.temperature_C:.1f}",
                    "condition": CONDITION[planned.cell.name],
                    "rs_compensation": f"{planned.amplifier.rs_compensation:.2f}",
                    "seal_GOhm": _stated_seal(planned.cell),
                    "zeroing_bath": conditions.zeroing_bath.name,
                    "note": "",
                }
            )


def _stated_seal(cell: Cell) -> str:
    """Seal resistance in the sheet [GΩ]; that of one cell was not noted."""
    return "" if cell.name == SEAL_NOT_STATED else f"{1.0 / cell.leak_nS:.2g}"


def _write_solutions(path: Path, solutions: list[RigSolution]) -> None:
    import yaml

    document = {
        solution.name: {"ions_mM": dict(solution.ions_mM), "pH": solution.pH, "note": solution.note}
        for solution in solutions
    }
    with whole_file(path) as target:
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
        target.write_text(text, encoding="utf-8")


def _truth(planned: PlannedRecording) -> dict[str, object]:
    """True values of one recording."""
    cell, amplifier, conditions = planned.cell, planned.amplifier, planned.conditions
    truth = true_values(cell, conditions, planned.protocol)
    ratios = cell.channel.ratios if isinstance(cell.channel, GhkChannel) else {}
    where = (cell.name, conditions.bath.name)
    fault = {OUT_OF_RANGE: "reversal out of range", CUT_SHORT: "truncated", NOT_AN_ABF: "not an ABF"}.get(where)
    return {
        "cell": cell.name,
        "bath": conditions.bath.name,
        "temperature_C": conditions.temperature_C,
        "e_rev_channel_mV": truth.e_rev_channel_mV,
        "e_rev_total_mV": truth.e_rev_total_mV,
        "v_l_mV": truth.junctions.v_l_mV,
        "j_bath_mV": truth.junctions.j_bath_mV,
        "j_zeroing_mV": truth.junctions.j_zeroing_mV,
        "command_minus_membrane_mV": truth.junctions.offset_mV,
        "p_ratios": dict(ratios),
        "rs_MOhm": amplifier.rs_MOhm,
        "rs_compensation": amplifier.rs_compensation,
        "cm_pF": cell.cm_pF,
        "leak_nS": cell.leak_nS,
        "e_leak_mV": cell.e_leak_mV,
        "fault": fault or ("poor seal" if cell.name == POOR_SEAL_CELL else None),
    }
