"""The holding potential in NWB files of MIES (Allen Institute, Igor Pro), from its lab notebook.

MIES names its series ``data_00012_AD0`` and ``data_00012_DA0``: sweep and channel of the converter. The stimulus is
the wave that the converter played. The holding potential comes from the amplifier and is not in it; the command is
their sum. ``/general/labnotebook/<device>`` has ``numericalKeys``, shape (3, columns): name, unit and tolerance of each
column; and ``numericalValues``, shape (rows, columns, 9): a row for each entry, a layer for each of 8 headstages, and a
last layer for all. NaN is no entry; the last entry of a sweep counts. ``ADC`` is the channel of a headstage.
Known from the manual of the lab notebook and the public readers ipfx and neuroanalysis; tested on files in this layout
that were written for the tests. Never tested: files with voltage clamp from a rig.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from reversal.arrays import FloatArray
from reversal.recordings.formats.hdf5 import Hdf5
from reversal.recordings.recording.recording import PROTOCOL_REMEDY, CommandUnknown
from reversal.recordings.recording.stored_samples import StoredSamples

SERIES_NAME = re.compile(r"data_(?P<sweep>\d{5,9})_AD(?P<channel>\d{1,9})")
GENERATOR = "ndx-mies"
HEADSTAGES = 8
MAX_BYTES = 20 << 20
SWEEP, INPUT, LEVEL, ENABLED = "SweepNum", "ADC", "V-Clamp Holding Level", "V-Clamp Holding Enable"


@dataclass(frozen=True, slots=True)
class LabNotebook:
    """The four columns that give the holding potential, by name, each of shape (rows, 9), and the unit of the level.

    fault : why they could not be read, or None
    """

    columns: dict[str, FloatArray]
    unit: str
    fault: str | None

    def holding_mV(self, series: str) -> tuple[float, str | None]:
        """Holding potential of the amplifier during a series [mV], or NaN and the reason."""
        found = SERIES_NAME.fullmatch(series)
        if self.fault or found is None:
            return np.nan, self.fault or "the name of the series does not give its sweep and channel"
        rows = np.any(self.columns[SWEEP] == int(found["sweep"]), axis=1)
        entries = {name: _last_entries(values[rows, :HEADSTAGES]) for name, values in self.columns.items()}
        headstages = np.flatnonzero(entries[INPUT] == int(found["channel"]))
        if headstages.size != 1:
            return np.nan, "the lab notebook does not name the headstage of the series"
        enabled, level_mV = (float(entries[name][headstages[0]]) for name in (ENABLED, LEVEL))
        if enabled == 0.0:
            return 0.0, None
        if enabled != 1.0 or not np.isfinite(level_mV) or self.unit != "mV":
            return np.nan, "the lab notebook does not give it for this sweep"
        return level_mV, None


def lab_notebook(file: Hdf5) -> LabNotebook | None:
    """The lab notebook of a file of MIES; None for a file of another program."""
    general = file.member(file.root, "general")
    generated_by, notebooks = (file.member(general, name) for name in ("generated_by", "labnotebook"))
    is_named = generated_by is not None and file.attribute(generated_by, "namespace") == GENERATOR
    names = file.members(file.member(file.root, "acquisition"))
    if not is_named and notebooks is None and not any(SERIES_NAME.fullmatch(name) for name in names):
        return None
    devices = list(file.members(notebooks).values())
    if len(devices) != 1:
        return LabNotebook({}, "", f"the file has lab notebooks of {len(devices)} devices")
    keys, values = (file.member(devices[0], name) for name in ("numericalKeys", "numericalValues"))
    if keys is None or values is None:
        return LabNotebook({}, "", "the lab notebook has no numbers")
    texts, shape = file.array(keys, MAX_BYTES), file.shape(values)
    layout = texts.ndim == 2 and len(texts) >= 2 and len(shape) == 3 and file.dtype(values).kind == "f"
    if not layout or shape[1:] != (texts.shape[1], HEADSTAGES + 1) or shape[0] * shape[2] * 8 > MAX_BYTES:
        return LabNotebook({}, "", "the lab notebook has another layout")
    places = {_text(name): n for n, name in enumerate(texts[0])}
    missing = [name for name in (SWEEP, INPUT, ENABLED, LEVEL) if name not in places]
    if missing:
        return LabNotebook({}, "", f"the lab notebook has no column '{missing[0]}'")
    used = (SWEEP, INPUT, ENABLED, LEVEL)
    columns = {name: file.part(values, slice(None), places[name]).astype(float) for name in used}
    return LabNotebook(columns, _text(texts[1][places[LEVEL]]), None)


def with_holding(played_mV: StoredSamples, notebook: LabNotebook, series: str, file: Hdf5) -> StoredSamples:
    """Command of a series, shape (samples,) [mV]. Raises CommandUnknown if the holding potential is not known."""
    level_mV, fault = notebook.holding_mV(series)
    if fault is not None:
        raise CommandUnknown(
            "the command is not known: the stimulus of MIES lacks the holding potential of the amplifier",
            file=file.path,
            place=series,
            found=fault,
            remedy=PROTOCOL_REMEDY,
        )
    return played_mV.changed(lambda samples: samples + level_mV)


def _last_entries(rows: FloatArray) -> FloatArray:
    """Last value that is not NaN in each column, shape (columns,); NaN without one."""
    found = np.full(rows.shape[1], np.nan)
    for row in rows:
        found = np.where(np.isnan(row), found, row)
    return found


def _text(value: Any) -> str:
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)
