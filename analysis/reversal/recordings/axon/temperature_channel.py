"""The temperature of the bath, if a thermometer was recorded in a channel of its own."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from reversal.errors import Refusal
from reversal.physics.ranges import TEMPERATURE
from reversal.recordings.axon.read_header import SIGNATURES, read_header
from reversal.recordings.axon.samples import axon_samples
from reversal.recordings.files.file_content import FileContent

UNITS_C = re.compile(r"(°|º|deg\.? ?)?c(elsius)?", re.IGNORECASE)


def recorded_temperature_C(path: Path, max_MB: float) -> tuple[float, str] | None:
    """Median temperature of a recording [°C] and the name of its channel; None if there is none.

    Only channels of Axon files whose unit is °C: the scale of a thermometer in volts is not known.
    """
    try:
        content = FileContent(path, max_MB)
        if not content.startswith(SIGNATURES):
            return None
        header = read_header(content, path)
        places = [n for n, used in enumerate(header.inputs) if UNITS_C.fullmatch(used.unit.strip())]
        if len(places) != 1:
            return None
        samples = axon_samples(content, header).of_sweeps(header.sweeps, places[0])
        celsius = float(np.median(np.concatenate([sweep[:] for sweep in samples])))
    except Refusal:
        return None
    is_possible = TEMPERATURE.low <= celsius <= TEMPERATURE.high
    return (celsius, header.inputs[places[0]].name.strip()) if is_possible else None
