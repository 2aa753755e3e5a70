"""Load a hundred recordings of each protocol with pyABF and measure them, in one thread; print both times."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pyabf

from reversal.calibration.case_rig import amplifier_of, cell_of, declared, protocol_of
from reversal.calibration.drawn_cases import LEAKS, Case, draw
from reversal.calibration.simulated_recording import conditions_in
from reversal.measure.measure_recording import measure_recording
from reversal.recordings.read_recording import read_recording
from reversal.simulate.rig import record
from reversal.simulate.synthetic_night import planned_night
from reversal.simulate.write_abf2 import write_abf2

RECORDINGS = 100


def main(folder: Path) -> None:
    """Print the cost of loading and of measuring a recording [ms]."""
    work = []
    for number in range(RECORDINGS):
        case = draw(np.random.default_rng((8, number)))
        path = folder / f"{number}.abf"
        write_case(path, case, number)
        leak = None if case.kind == "difference" else LEAKS.get(case.kind)
        work.append((path, read_recording(path), *declared(case, leak)))
    for _, recording, entry, settings in work:  # imports and tables of protocols are not timed
        measure_recording(entry, recording, settings)
    loading = measuring = 0.0
    for path, recording, entry, settings in work:
        start = time.process_time()
        abf = pyabf.ABF(str(path))
        for sweep in range(abf.sweepCount):
            abf.setSweep(sweep)
        between = time.process_time()
        measure_recording(entry, recording, settings)
        loading += between - start
        measuring += time.process_time() - between
    print(f"{1000 * loading / RECORDINGS:.3f} {1000 * measuring / RECORDINGS:.3f}")


def write_case(path: Path, case: Case, seed: int) -> None:
    """Record a case to an ABF2 file."""
    amplifier, protocol = amplifier_of(case), protocol_of(case)
    made = record(cell_of(case), amplifier, conditions_in(case.bath), protocol, seed)
    write_abf2(path, protocol, made.counts, amplifier, next(iter(planned_night())).notes)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
