"""Load a hundred recordings with pyABF and measure each; print what both cost. Run as a module, one thread."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pyabf

from analysis.measure.recording import measure_recording
from analysis.recordings.reading import read_recording
from analysis.simulate.night import make_night, planned_night
from tests.calibration._cases import Case, declared

RECORDINGS = 100
UNREADABLE = ("2026_11_19_0008", "2026_11_19_0012")  # the night's text file and its truncated file


def main(folder: Path) -> None:
    """Print the cost of loading and of measuring a recording [ms]."""
    make_night(folder)
    sound = [one for one in planned_night() if one.recording not in UNREADABLE]
    work = []
    for planned in (sound * 5)[:RECORDINGS]:
        path, around = folder / f"{planned.recording}.abf", planned.surroundings
        case = Case("steady", "", 0.0, 0.0, 1.0, planned.amplifier.rs_compensation, 0.0, around.bath)
        work.append((path, read_recording(path), *declared(case)))
    measure_recording(work[0][2], work[0][1], work[0][3])  # imports are no part of the cost
    loading = measuring = 0.0
    for path, recording, entry, settings in work:
        begin = time.process_time()
        abf = pyabf.ABF(str(path))
        for sweep in range(abf.sweepCount):
            abf.setSweep(sweep)
        between = time.process_time()
        measure_recording(entry, recording, settings)
        loading += between - begin
        measuring += time.process_time() - between
    print(f"{1000 * loading / RECORDINGS:.3f} {1000 * measuring / RECORDINGS:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
