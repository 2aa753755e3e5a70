"""The folder of a rig with 40 cells: three laboratories, each with habits of its own, and what is really in each file.

Lab A has a folder for each day and each cell, a thermometer channel, and comments with the concentration. Lab B writes
cell and bath into the file names, and forgets to change the comment. Lab C lets the program number the files: its cells
differ by pauses and C_m only. All three also record membrane tests, which are no I–V.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from reversal.simulate.abf_content import FileNotes, InputChannel, TagNote
from reversal.simulate.amplifier import Amplifier, Counts
from reversal.simulate.bath import PIPETTE, SERIES
from reversal.simulate.channels import weakly_gated_potassium
from reversal.simulate.model_cell import Cell
from reversal.simulate.rig import RecordingConditions, record
from reversal.simulate.stimuli import step_family
from reversal.simulate.stimulus_protocol import AbfProtocol
from reversal.simulate.write_abf2 import write_abf2

BATHS = ("K2.5", "K5", "K10", "K20", "K40")
IN_NAMES = {"K2.5": "K2p5", "K5": "K5", "K10": "10K", "K20": "20mMK", "K40": "K40"}
IN_COMMENTS = {"K2.5": "2.5 mM K", "K5": "5 mM K+", "K10": "10 mM K", "K20": "[K]o = 20 mM", "K40": "K40"}
RATE_Hz = 5000.0
AMPLIFIER = Amplifier()
CELLS = {"A": 13, "B": 13, "C": 14}


@dataclass(frozen=True)
class Truth:
    """What is really in a file; ``bath`` is None in a membrane test."""

    file: str
    cell: str
    bath: str | None
    temperature_C: float
    condition: str
    started: dt.datetime
    cm_pF: float
    comment: str = ""
    tags: tuple[str, ...] = field(default=())
    has_thermometer: bool = False


def rig_truth(seed: int = 1) -> list[Truth]:
    """All recordings of the rig."""
    rng = np.random.default_rng(seed)
    return [*_lab_a(rng), *_lab_b(rng), *_lab_c(rng)]


def _lab_a(rng: np.random.Generator) -> Iterator[Truth]:
    """Folders of cells, numbered from 1 on each of two days."""
    for day, cells in ((19, 7), (20, CELLS["A"] - 7)):
        now = dt.datetime(2026, 11, day, 13, 0)
        number = 0
        for cell in range(1, cells + 1):
            cm_pF, celsius = _cm(rng), round(float(rng.uniform(21, 25)), 1)
            for bath in (None, *BATHS):
                name = "memtest" if bath is None else f"26n{day}{number:03d}"
                yield Truth(
                    f"A/2026-11-{day}/cell{cell:02d}/{name}.abf",
                    f"A{day}-{cell}",
                    bath,
                    celsius,
                    "control",
                    now,
                    cm_pF,
                    "" if bath is None else IN_COMMENTS[bath],
                    has_thermometer=True,
                )
                number += 1
                now += _minutes(rng, 3, 7)
            now += _minutes(rng, 10, 40)


def _lab_b(rng: np.random.Generator) -> Iterator[Truth]:
    """Cell, slice and bath in the file names of one folder; the comment is often that of an earlier recording."""
    now = dt.datetime(2026, 11, 21, 22, 30)  # past midnight
    comment = ""
    for cell in range(1, CELLS["B"] + 1):
        name = f"s{(cell + 1) // 2}c{2 - cell % 2}" if cell % 3 else f"c{cell:02d}"
        cm_pF, celsius = _cm(rng), float(rng.integers(21, 26))
        for n, bath in enumerate(BATHS[: int(rng.integers(3, 6))]):
            condition = "ZD7288" if n == 2 and cell % 4 == 0 else "control"
            drug = "_ZD7288" if condition == "ZD7288" else ""
            if rng.random() < 0.7:  # else the comment of the recording before
                comment = f"{IN_COMMENTS[bath]}, {celsius:g}C, cell {cell}"
            file = f"B/20261121_{name}_{IN_NAMES[bath]}{drug}_{n:04d}.abf"
            yield Truth(file, f"B-{cell}", bath, celsius, condition, now, cm_pF, comment)
            now += _minutes(rng, 3, 7)
        now += _minutes(rng, 8, 30)


def _lab_c(rng: np.random.Generator) -> Iterator[Truth]:
    """Numbers of the program; a tag names the bath, sometimes two of them when it is washed in."""
    now, number = dt.datetime(2026, 11, 22, 10, 0), 0
    cm_pF = _cm(rng)
    for cell in range(1, CELLS["C"] + 1):
        for n, bath in enumerate(BATHS[:4]):
            tags = (IN_COMMENTS[bath],) if n % 2 == 0 else (IN_COMMENTS[BATHS[n - 1]], IN_COMMENTS[bath])
            file = f"C/26n22{number:03d}.abf"
            yield Truth(file, f"C-{cell}", bath, 22.0, "control", now, cm_pF, tags=tags)
            number += 1
            now += _minutes(rng, 2, 9)
        # a new cell needs at least a new seal; now and then that takes minutes only
        now += _minutes(rng, 14, 45) if rng.random() < 0.8 else _minutes(rng, 4, 10)
        cm_pF = _cm(rng)


def _cm(rng: np.random.Generator) -> float:
    return round(float(rng.uniform(8, 30)), 1)


def _minutes(rng: np.random.Generator, low: float, high: float) -> dt.timedelta:
    return dt.timedelta(seconds=round(60 * float(rng.uniform(low, high))))


def write_rig(folder: Path, truth: list[Truth], *, with_currents: bool = False) -> None:
    """Write the files of the rig.

    with_currents : those of a potassium channel in a simulated cell, for a run; else noise, which a scan does not mind
    """
    rng = np.random.default_rng(2)
    for one in truth:
        path = folder / one.file
        path.parent.mkdir(parents=True, exist_ok=True)
        protocol = _protocol(one, full=with_currents)
        inputs = (_thermometer(one.temperature_C, protocol),) if one.has_thermometer else ()
        tags = tuple(TagNote(0.1 * n, text) for n, text in enumerate(one.tags, start=1))
        notes = FileNotes(one.started, one.cm_pF, one.comment, tags)
        noise = np.rint(rng.normal(0, 20, (protocol.sweeps, protocol.samples))).astype(np.int16)
        counts = _currents(one, protocol) if with_currents and one.bath is not None else noise
        write_abf2(path, protocol, counts, AMPLIFIER, notes, inputs)


def _currents(one: Truth, protocol: AbfProtocol) -> Counts:
    """Counts of a cell whose P_Na/P_K is 0.02."""
    cell = Cell(one.cell, weakly_gated_potassium(70.0, 0.02), one.cm_pF, leak_nS=0.01)
    bath = next(solution for solution in SERIES if solution.name == one.bath)
    conditions = RecordingConditions(PIPETTE, bath, SERIES[1], one.temperature_C)
    return record(cell, AMPLIFIER, conditions, protocol, zlib.crc32(one.file.encode())).counts


def _protocol(one: Truth, *, full: bool = False) -> AbfProtocol:
    levels = (-120.0, 40.0, 10.0 if full else 40.0) if one.bath is not None else (-90.0, -90.0, 10.0)
    name = "K_steps" if one.bath is not None else "memtest"
    short = {} if full else {"step_ms": 20.0, "rate_Hz": RATE_Hz}
    made = step_family(*levels, name=name, **short)
    return replace(made, channels=2) if one.has_thermometer else made


def _thermometer(celsius: float, protocol: AbfProtocol) -> InputChannel:
    volts_per_degree = 0.1
    counts = np.full((protocol.sweeps, protocol.samples), round(celsius * volts_per_degree / 10.0 * 32768), np.int16)
    return InputChannel("Temp", "°C", volts_per_degree, counts)
