"""What people write themselves: I–V and E_rev of each cell with pyABF and SciPy, one figure a cell as PDF and PNG.

It makes no correction, no interval and no check. The benchmark of a night compares times with it, not numbers.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pyabf
from scipy.optimize import brentq

STEADY = slice(0.55, 0.75)  # part of a sweep, by time


def iv_curve(path: Path) -> tuple[np.ndarray, np.ndarray, pyabf.ABF]:
    """Voltages [mV] and mean steady currents [pA] of a step family."""
    abf = pyabf.ABF(str(path))
    volts, currents = [], []
    for sweep in abf.sweepList:
        abf.setSweep(sweep)
        window = slice(int(STEADY.start * abf.sweepPointCount), int(STEADY.stop * abf.sweepPointCount))
        volts.append(float(np.median(abf.sweepC[window])))
        currents.append(float(np.mean(abf.sweepY[window])))
    return np.array(volts), np.array(currents), abf


def main(folder: Path, results: Path) -> None:
    """Write one figure for each cell of a sheet and a table of E_rev."""
    with (folder / "recordings.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    found = []
    for cell in dict.fromkeys(row["cell"] for row in rows):
        figure, (traces, iv) = plt.subplots(1, 2, figsize=(8, 4))
        for row in (row for row in rows if row["cell"] == cell):
            volts, currents, abf = iv_curve(folder / row["file"])
            crosses = currents.min() < 0 < currents.max()
            e_rev = brentq(lambda v, x=volts, y=currents: np.interp(v, x, y), volts[0], volts[-1]) if crosses else None
            found.append((cell, row["recording"], e_rev))
            for sweep in abf.sweepList:
                abf.setSweep(sweep)
                traces.plot(abf.sweepX, abf.sweepY, lw=0.5)
            iv.plot(volts, currents, "o-", label=row["bath"])
        iv.legend()
        figure.suptitle(cell)
        figure.savefig(results / f"{cell}.pdf")
        figure.savefig(results / f"{cell}.png", dpi=150)
        plt.close(figure)
    with (results / "e_rev.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("cell", "recording", "e_rev_mV"), *found])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
