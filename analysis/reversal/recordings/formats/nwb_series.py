"""The voltage-clamp series of an NWB file: electrode, timing, stimulus and description of each, and their samples.

An electrode is identified by the object to which the link of the series points; the name of the link itself is the same
in all series. A stimulus belongs to the series with which the table of intracellular recordings lists it, else to the
series of the same electrode with the same ``sweep_number``, else to that with the same name. A row of the table of
sequential recordings is one run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.recordings.formats.hdf5 import Hdf5
from reversal.recordings.formats.nwb_mies import LabNotebook, lab_notebook, with_holding
from reversal.recordings.formats.one_rate import is_same_rate
from reversal.recordings.formats.time_column import even_step
from reversal.recordings.recording.recording import CommandUnknown, RecordingRefused, Telegraph
from reversal.recordings.recording.stored_samples import StoredSamples
from reversal.recordings.recording.units import CURRENT_TO_PA, VOLTAGE_TO_MV, plain_unit

ICEPHYS = ("general", "intracellular_ephys")
SI_UNITS = {"amperes": "A", "ampere": "A", "volts": "V", "volt": "V"}
INVALID = "within the invalid times of the file"


@dataclass(frozen=True, slots=True)
class ClampSeries:
    """One sweep of an electrode, not yet its samples.

    node, stimulus : group of the series and of its stimulus; None without a stimulus
    protocol : description of the stimulus without its numbers, which can differ from sweep to sweep
    mark : why the sweep is not to be used, or None
    parts : True if the table of the file divides the series into several recordings
    run : number of the sequential recording of the series, or None without that table
    notebook : lab notebook of a file of MIES, else None
    """

    name: str
    electrode: str
    node: Any
    stimulus: Any
    rate_Hz: float
    start_s: float
    samples: int
    protocol: str
    mark: str | None
    parts: bool
    run: int | None
    notebook: LabNotebook | None


def clamp_series(file: Hdf5) -> list[ClampSeries]:
    """All voltage-clamp series of a file, by electrode in the order of their starts. Raises RecordingRefused."""
    nodes = file.members(file.member(file.root, "acquisition"))
    clamped = {name: node for name, node in nodes.items() if _type(file, node) == "VoltageClampSeries"}
    electrodes = {file.address(node): name for name, node in file.members(file.member(file.root, *ICEPHYS)).items()}
    links, invalid, notebook = _Links.of(file), _invalid_times(file), lab_notebook(file)
    found = [_series(file, name, node, electrodes, links, invalid, notebook) for name, node in clamped.items()]
    return sorted(found, key=_in_order_of_runs(found))


def _in_order_of_runs(found: Sequence[ClampSeries]) -> Callable[[ClampSeries], Any]:
    """Key that sorts by electrode, then by the start of the run, then by the start of the sweep."""
    run_starts: dict[tuple[str, int | None], float] = {}
    for one in found:
        key = one.electrode, one.run
        run_starts[key] = min(one.start_s, run_starts.get(key, one.start_s))

    def place(one: ClampSeries) -> Any:
        run_start_s = one.start_s if one.run is None else run_starts[one.electrode, one.run]
        return one.electrode, run_start_s, -1 if one.run is None else one.run, one.start_s, _natural(one.name)

    return place


@dataclass(frozen=True, slots=True)
class _Links:
    """Which stimulus belongs to which series.

    by_table : stimulus by address of the response, from the table of intracellular recordings; None without a stimulus
    parts : addresses of responses of which the table lists only parts
    presented : stimuli by name
    runs : number of the sequential recording by address of the response
    """

    by_table: dict[tuple[int, int], Any]
    parts: frozenset[tuple[int, int]]
    presented: dict[str, Any]
    runs: dict[tuple[int, int], int]

    @classmethod
    def of(cls, file: Hdf5) -> _Links:
        table = file.member(file.root, *ICEPHYS, "intracellular_recordings")
        responses = file.member(table, "responses", "response")
        stimuli = file.member(table, "stimuli", "stimulus")
        stimulus_rows = () if stimuli is None or responses is None else file.values(stimuli)
        by_table, parts, addresses = {}, set(), {}
        for n, row in enumerate(() if responses is None else file.values(responses)):
            start, count, response = _reference(file, row)
            if response is None:
                continue
            address = file.address(response)
            is_whole = start <= 0 and count in (-1, file.size(file.member(response, "data")))
            if address in by_table or not is_whole:
                parts.add(address)
            by_table[address] = _stimulus_of_row(file, stimulus_rows, n)
            addresses[n] = address
        presented = file.members(file.member(file.root, "stimulus", "presentation"))
        runs = {addresses[row]: run for row, run in _sequential_rows(file).items() if row in addresses}
        return cls(by_table, frozenset(parts), presented, runs)

    def stimulus_of(self, file: Hdf5, name: str, series: Any) -> Any:
        """Group of the stimulus of a series, or None."""
        if self.by_table.get(file.address(series)) is not None:
            return self.by_table[file.address(series)]
        electrode = _electrode_address(file, series)
        own = {
            other: node
            for other, node in self.presented.items()
            if _type(file, node).startswith("VoltageClamp") and _electrode_address(file, node) in (electrode, None)
        }
        number = file.attribute(series, "sweep_number")
        same = [node for node in own.values() if number is not None and file.attribute(node, "sweep_number") == number]
        return same[0] if len(same) == 1 else own.get(name)


def _reference(file: Hdf5, row: Any) -> tuple[int, int, Any]:
    """Start, number of samples and series of a reference in the table; no series for an empty reference."""
    start, count, reference = row
    return int(start), int(count), file.target(reference)


def _stimulus_of_row(file: Hdf5, rows: Any, n: int) -> Any:
    """Stimulus of a row of the table; None for a row without one. An empty reference starts at -1."""
    if n >= len(rows):
        return None
    start, _, stimulus = _reference(file, rows[n])
    return stimulus if start >= 0 else None


def _sequential_rows(file: Hdf5) -> dict[int, int]:
    """Number of the sequential recording of each row of the table of intracellular recordings; empty without both."""
    sequential = _groups(file, "sequential_recordings", "simultaneous_recordings")
    simultaneous = _groups(file, "simultaneous_recordings", "recordings")
    return {
        row: run
        for run, members in enumerate(sequential)
        for member in members
        if 0 <= member < len(simultaneous)
        for row in simultaneous[member]
    }


def _groups(file: Hdf5, table: str, column: str) -> list[list[int]]:
    """Numbers of the rows that each row of a table groups."""
    node = file.member(file.root, *ICEPHYS, table)
    rows, stops = file.member(node, column), file.member(node, f"{column}_index")
    if rows is None or stops is None:
        return []
    numbers, ends = (file.numbers(one).astype(int).tolist() for one in (rows, stops))
    return [numbers[start:stop] for start, stop in zip([0, *ends[:-1]], ends, strict=True)]


def _series(
    file: Hdf5,
    name: str,
    node: Any,
    electrodes: dict[tuple[int, int], str],
    links: _Links,
    invalid: list[tuple[float, float]],
    notebook: LabNotebook | None,
) -> ClampSeries:
    samples = file.size(file.member(node, "data"))
    rate_Hz, start_s = _timing(file, name, node)
    stop_s = start_s + samples / rate_Hz
    is_invalid = any(start_s < stop and start < stop_s for start, stop in invalid)
    address = _electrode_address(file, node)
    return ClampSeries(
        name=name,
        electrode="" if address is None else electrodes.get(address, "another electrode"),
        node=node,
        stimulus=links.stimulus_of(file, name, node),
        rate_Hz=rate_Hz,
        start_s=start_s,
        samples=samples,
        protocol=re.sub(r"[-+]?\d+(\.\d+)?", "#", str(file.attribute(node, "stimulus_description") or "")),
        mark=INVALID if is_invalid else None,
        parts=file.address(node) in links.parts,
        run=links.runs.get(file.address(node)),
        notebook=notebook,
    )


def current_pA(file: Hdf5, series: ClampSeries) -> StoredSamples:
    """Current of a series, shape (samples,) [pA]. Raises RecordingRefused for a series of several recordings."""
    if series.parts:
        raise RecordingRefused(
            "the series contains several recordings of the table of intracellular recordings",
            file=file.path,
            place=series.name,
            remedy="Write each sweep as a series of its own",
        )
    return _scaled(file, series.node, series.name, CURRENT_TO_PA)


def command_mV(file: Hdf5, series: ClampSeries) -> StoredSamples | None:
    """Command of a series, shape (samples,) [mV]; None without a stimulus of the same length.

    Raises CommandUnknown if the stimulus has another sampling rate or starts at another time, and if MIES recorded it
    and the holding potential is not known.
    """
    if series.stimulus is None or file.size(file.member(series.stimulus, "data")) != series.samples:
        return None
    rate_Hz, start_s = _timing(file, series.name, series.stimulus)
    if not is_same_rate(rate_Hz, series.rate_Hz) or abs(start_s - series.start_s) * series.rate_Hz > 1:
        raise CommandUnknown(
            "the stimulus and the response have different times",
            file=file.path,
            place=series.name,
            found=f"{rate_Hz:g} Hz from {start_s:g} s",
            expected=f"{series.rate_Hz:g} Hz from {series.start_s:g} s",
        )
    played_mV = _scaled(file, series.stimulus, series.name, VOLTAGE_TO_MV)
    return played_mV if series.notebook is None else with_holding(played_mV, series.notebook, series.name, file)


def telegraph_of(file: Hdf5, series: ClampSeries) -> Telegraph:
    """Values of the amplifier that the file has with a series.

    The compensation of the whole-cell capacitance has a capacitance and a series resistance of its own.
    """
    return Telegraph(
        rs_MOhm=_positive(file, series.node, "whole_cell_series_resistance_comp", 1e-6),
        cm_pF=_positive(file, series.node, "whole_cell_capacitance_comp", 1e12)
        or _positive(file, series.node, "capacitance_slow", 1e12),
        rs_compensation=_positive(file, series.node, "resistance_comp_correction", 1e-2),
        gain=_positive(file, series.node, "gain", 1.0),
    )


def _scaled(file: Hdf5, node: Any, name: str, factors: dict[str, float]) -> StoredSamples:
    """Samples of a series in pA or mV, shape (samples,)."""
    data = file.member(node, "data")
    stated = plain_unit(str(file.attribute(data, "unit") or ""))
    unit = SI_UNITS.get(stated.lower(), stated)
    if unit not in factors:
        raise RecordingRefused(
            "the unit of a series is wrong",
            file=file.path,
            place=name,
            found=stated,
            expected="a unit of current" if "pA" in factors else "a unit of voltage",
        )
    conversion = file.number_of_attribute(data, "conversion", 1.0)
    offset = file.number_of_attribute(data, "offset", 0.0)

    def scaled(stored: NDArray[Any]) -> FloatArray:
        return (stored.astype(float) * conversion + offset) * factors[unit]

    return file.samples(data, scaled)


def _timing(file: Hdf5, name: str, node: Any) -> tuple[float, float]:
    """Sampling rate [Hz] and start [s] of a series, from its rate or from evenly spaced timestamps."""
    start, timestamps = file.member(node, "starting_time"), file.member(node, "timestamps")
    if start is None and timestamps is None:
        raise RecordingRefused("a series has no starting time and rate", file=file.path, place=name)
    if start is not None:
        rate_Hz, start_s = file.number_of_attribute(start, "rate", np.nan), file.number(start)
    else:
        times_s = file.samples(timestamps, lambda stored: stored.astype(float))
        step_s = even_step(times_s)
        if step_s is None:
            raise RecordingRefused(
                "the timestamps of a series are not evenly spaced",
                file=file.path,
                place=name,
                expected="samples at one rate",
                remedy="Resample the series at one rate, or export it again",
            )
        rate_Hz, start_s = float(f"{1.0 / step_s:.9g}"), float(times_s[:1][0])
    if start_s is None or not (np.isfinite(rate_Hz) and rate_Hz > 0 and np.isfinite(start_s)):
        raise RecordingRefused("a series has an impossible sampling rate", file=file.path, place=name, found=rate_Hz)
    return rate_Hz, start_s


def _electrode_address(file: Hdf5, series: Any) -> tuple[int, int] | None:
    """Place of the electrode that the link of a series points to."""
    electrode = file.member(series, "electrode")
    return None if electrode is None else file.address(electrode)


def _invalid_times(file: Hdf5) -> list[tuple[float, float]]:
    """Starts and stops [s] of the times that the file declares invalid."""
    table = file.member(file.root, "intervals", "invalid_times")
    columns = [file.member(table, name) for name in ("start_time", "stop_time")]
    if any(column is None for column in columns):
        return []
    starts, stops = (file.numbers(column) for column in columns)
    return list(zip(starts.tolist(), stops.tolist(), strict=False))


def _type(file: Hdf5, node: Any) -> str:
    name = file.attribute(node, "neurodata_type")  # in a damaged file it may be anything
    return name if isinstance(name, str) else ""


def _positive(file: Hdf5, node: Any, name: str, factor: float) -> float | None:
    """Value of a field times a factor; None if it is missing or not above 0."""
    value = file.number(file.member(node, name)) or 0.0
    return value * factor if np.isfinite(value) and value > 0 else None


def _natural(name: str) -> tuple[tuple[str, int], ...]:
    """Key that sorts the numbers in names by value: sweep_2 before sweep_10."""
    return tuple((words, int(digits or 0)) for words, digits in re.findall(r"(\D*)(\d{0,9})", name))
