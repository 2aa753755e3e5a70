"""Write the recordings of a cell as one NWB 2 file, with pynwb (extra ``nwb``).

Each sweep is a VoltageClampSeries with the current and a VoltageClampStimulusSeries with the command that is used here,
in the precision of the recording: the data are in pA and mV, ``conversion`` gives A and V. A recorded voltage is a
TimeSeries next to it. The tables of intracellular recordings have a row for each sweep; a sequential recording is one
recording of the sheet, a repetition all recordings in one bath, an experimental condition a bath with its pipette
solution. Solutions and results are tables of the processing module ``icephys``. The reader of NWB files
(:mod:`nwb`) gets from such a file what was written.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from reversal.errors import Refusal
from reversal.experiment.nwb_facts import NwbFacts
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import SheetEntry
from reversal.recordings.command.waveform import expand
from reversal.recordings.recording.recording import Recording, Sweep, SweepCommand
from reversal.tables.files import Row

START_NOT_KNOWN = datetime(1980, 1, 1, tzinfo=UTC)
SECONDS_BETWEEN = 1.0  # recordings without a known start follow each other
MODULE, ELECTRODE = "icephys", "electrode"


@dataclass(frozen=True, slots=True)
class ExportedRecording:
    """A recording with its row of the sheet."""

    entry: SheetEntry
    recording: Recording


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """A table of results: its name, what it is, and its rows."""

    name: str
    description: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class ExportedCell:
    """Everything that is written about a cell. ``subject`` is the animal, ``software`` a text with versions."""

    cell: str
    subject: str
    recordings: Sequence[ExportedRecording]
    solutions: Mapping[str, Solution]
    tables: Sequence[ExportedTable]
    facts: NwbFacts
    software: str


def channels_of(recordings: Sequence[Recording]) -> list[str]:
    """Value of ``channel`` with which each recording of a file is read again: runs are numbered by their starts."""
    if len(recordings) == 1:
        return [ELECTRODE]
    starts = _starts(recordings)
    first = min(starts)
    run_starts_s = [
        (start - first).total_seconds() + min(sweep.start_s for sweep in recording.sweeps)
        for start, recording in zip(starts, recordings, strict=True)
    ]
    order = sorted(range(len(recordings)), key=lambda n: (run_starts_s[n], n))
    return [f"{ELECTRODE}/{order.index(n) + 1}" for n in range(len(recordings))]


def write_nwb(path: Path, cell: ExportedCell) -> None:
    """Write the file of a cell. Raises Refusal if pynwb is not installed."""
    try:
        from pynwb import NWBHDF5IO
    except ImportError:
        raise Refusal(
            "the library pynwb is needed to write NWB files", remedy="Run: pip install 'reversal[nwb]'"
        ) from None
    file = _file(cell)
    with NWBHDF5IO(str(path), "w") as io:
        io.write(file)


def _file(cell: ExportedCell) -> Any:
    from pynwb import NWBFile
    from pynwb.file import Subject

    starts = _starts([one.recording for one in cell.recordings])
    first, facts = min(starts), cell.facts
    hashes = "".join(one.recording.sha256 for one in cell.recordings)
    file = NWBFile(
        session_description=f"Voltage-clamp recordings of the cell {cell.cell}",
        identifier=str(uuid.UUID(hashlib.sha256(f"{cell.cell}{hashes}".encode()).hexdigest()[:32])),
        session_start_time=first,
        session_id=cell.cell,
        experimenter=facts.experimenter or None,
        lab=facts.lab,
        institution=facts.institution,
        experiment_description="Reversal potentials from currents under voltage clamp",
        notes="Clocks of rigs have no time zone: times are written as UTC. A start in 1980 is not known.",
        source_script=cell.software,
        source_script_file_name="reversal",
        subject=Subject(
            subject_id=cell.subject,
            species=facts.species,
            sex=facts.sex,
            age=facts.age,
            description=f"The animal or cell line of the cell {cell.cell}",
        ),
    )
    electrode = file.create_icephys_electrode(
        name=ELECTRODE,
        description=_pipettes(cell),
        device=file.create_device(name=facts.amplifier, description="patch-clamp or two-electrode amplifier"),
        cell_id=cell.cell,
    )
    by_bath: dict[tuple[str, ...], list[int]] = {}
    for one, start in zip(cell.recordings, starts, strict=True):
        run = _add_recording(file, electrode, one, (start - first).total_seconds())
        by_bath.setdefault((one.entry.bath, one.entry.pipette, one.entry.condition), []).append(run)
    _add_conditions(file, by_bath)
    _add_tables(file, cell)
    return file


def _pipettes(cell: ExportedCell) -> str:
    names = sorted({one.entry.pipette for one in cell.recordings})
    return f"pipette with the solution {', '.join(names)}; its ions are in the table 'solutions'"


def _starts(recordings: Sequence[Recording]) -> list[datetime]:
    """Start of each recording; one without a known start follows the one before it."""
    known = [None if recording.started is None else _time(recording.started) for recording in recordings]
    earliest = min((start for start in known if start is not None), default=START_NOT_KNOWN)
    starts: list[datetime] = []
    for n, start in enumerate(known):
        after = starts[-1] + timedelta(seconds=_duration_s(recordings[n - 1]) + SECONDS_BETWEEN) if n else earliest
        starts.append(after if start is None else start)
    return starts


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def _duration_s(recording: Recording) -> float:
    return max(sweep.start_s + sweep.current.size / recording.sample_rate_Hz for sweep in recording.sweeps)


def _add_recording(file: Any, electrode: Any, one: ExportedRecording, start_s: float) -> int:
    """Add the sweeps of a recording; number of its sequential recording."""
    recording, entry = one.recording, one.entry
    simultaneous = []
    for n, (sweep, command) in enumerate(zip(recording.sweeps, recording.command.sweeps, strict=True)):
        name = f"{entry.recording}_sweep_{recording.number_of(n):04d}"
        common = {
            "electrode": electrode,
            "gain": float("nan"),
            "starting_time": start_s + sweep.start_s,
            "rate": recording.sample_rate_Hz,
            "sweep_number": np.uint32(recording.number_of(n)),
            "stimulus_description": f"{entry.recording}: {_protocol_of(recording)}",
        }
        response = _response(name, sweep, entry, recording, common)
        stimulus = _stimulus(name, sweep, command, recording, common)
        row = file.add_intracellular_recording(electrode=electrode, stimulus=stimulus, response=response)
        simultaneous.append(file.add_icephys_simultaneous_recording(recordings=[row]))
        if sweep.v_mV is not None:
            file.add_acquisition(_recorded_voltage(name, sweep, common))
    return int(
        file.add_icephys_sequential_recording(
            simultaneous_recordings=simultaneous, stimulus_type=_protocol_of(recording)
        )
    )


def _protocol_of(recording: Recording) -> str:
    return recording.header.get("protocol") or recording.header.get("series") or "voltage clamp"


def _response(name: str, sweep: Sweep, entry: SheetEntry, recording: Recording, common: dict[str, Any]) -> Any:
    from pynwb.icephys import VoltageClampSeries

    telegraph = recording.telegraph
    rs_MOhm, cm_pF = entry.rs_MOhm or telegraph.rs_MOhm, entry.cm_pF or telegraph.cm_pF
    fraction = telegraph.rs_compensation if entry.rs_compensation is None else entry.rs_compensation
    return VoltageClampSeries(
        name=name,
        data=_compressed(sweep.i_pA),
        conversion=1e-12,
        unit="amperes",
        whole_cell_series_resistance_comp=float("nan") if rs_MOhm is None else rs_MOhm * 1e6,
        whole_cell_capacitance_comp=float("nan") if cm_pF is None else cm_pF * 1e-12,
        resistance_comp_correction=float("nan") if fraction is None else fraction * 100.0,
        description=f"current of channel '{recording.current_channel.name}' of {recording.file}",
        comments=f"bath {entry.bath}, {entry.temperature_C:g} degrees Celsius; SHA-256 {recording.sha256}",
        **common,
    )


def _stimulus(name: str, sweep: Sweep, command: SweepCommand, recording: Recording, common: dict[str, Any]) -> Any:
    from pynwb.icephys import VoltageClampStimulusSeries

    return VoltageClampStimulusSeries(
        name=f"{name}_command",
        data=_compressed(expand(command, sweep.current.size)),
        conversion=1e-3,
        unit="volts",
        description=f"command of the amplifier, without a correction of the junction potential ({recording.file})",
        comments=f"{recording.command.evidence.value}: {recording.command.basis}",
        **common,
    )


def _recorded_voltage(name: str, sweep: Sweep, common: dict[str, Any]) -> Any:
    from pynwb import TimeSeries

    return TimeSeries(
        name=f"{name}_voltage",
        data=_compressed(np.asarray(sweep.v_mV)),
        conversion=1e-3,
        unit="volts",
        starting_time=common["starting_time"],
        rate=common["rate"],
        description="recorded voltage",
    )


def _compressed(samples: Any) -> Any:
    from hdmf.backends.hdf5 import H5DataIO

    return H5DataIO(np.array(samples), compression="gzip", compression_opts=4, shuffle=True)


def _add_conditions(file: Any, by_bath: Mapping[tuple[str, ...], Sequence[int]]) -> None:
    """A repetition and an experimental condition for each bath."""
    table = file.get_icephys_experimental_conditions()
    columns = ("bath", "pipette", "condition")
    for column in columns:
        table.add_column(name=column, description=f"{column}, as named in the recording sheet")
    for names, runs in by_bath.items():
        repetition = file.add_icephys_repetition(sequential_recordings=list(runs))
        file.add_icephys_experimental_condition(repetitions=[repetition], **dict(zip(columns, names, strict=True)))


def _add_tables(file: Any, cell: ExportedCell) -> None:
    from hdmf.common import DynamicTable

    module = file.create_processing_module(MODULE, "solutions, reversal potentials and permeability ratios")
    solutions = DynamicTable(
        name="solutions", description="total concentration of each ion in the solutions of the cell"
    )
    for column, description in (
        ("solution", "name of the solution"),
        ("ion", "ion"),
        ("total_mM", "total concentration [mM]"),
        ("free_mM", "concentration that is available to a channel [mM]"),
    ):
        solutions.add_column(name=column, description=description)
    for name, solution in sorted(cell.solutions.items()):
        for ion, total_mM in sorted(solution.ions_mM.items()):
            solutions.add_row(solution=name, ion=ion, total_mM=total_mM, free_mM=solution.free(ion))
    module.add(solutions)
    for table in cell.tables:
        if table.rows:
            module.add(_results(table))


def _results(table: ExportedTable) -> Any:
    """Rows as a DynamicTable. A number that is not known is NaN; columns without any value are left out."""
    from hdmf.common import DynamicTable, VectorData

    fields = type(table.rows[0]).model_fields
    columns = []
    for name, field in fields.items():
        values = [row.model_dump(mode="json")[name] for row in table.rows]
        if all(value is None or value == "" for value in values):
            continue
        numbers = all(
            value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in values
        )
        filled = [(np.nan if value is None else float(value)) if numbers else _text(value) for value in values]
        columns.append(VectorData(name=name, description=field.description or name, data=filled))
    return DynamicTable(name=table.name, description=table.description, columns=columns)


def _text(value: object) -> str:
    return "" if value is None else str(value)
