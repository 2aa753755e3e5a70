"""Write the page and the PDF of a cell several times, in one thread; print the time of the first and of the fastest."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from reversal.report.cell.cell_report import cell_report
from reversal.report.inputs import Provenance
from reversal.tables.results import CellFits
from tests.report import rows

REPORTS = 6


def main(folder: Path) -> None:
    """Print the cost of the first report and of the fastest one [ms of a core]."""
    fits = CellFits(
        (rows.permeability_row("c1"),),
        (rows.nernst_row("c1"),),
        curves=rows.curves_of("c1"),
        profiles=rows.profile_of("c1"),
    )
    given = rows.some_outcomes(), rows.some_measures("c1"), fits, rows.some_settings("c1")
    times = []
    for number in range(REPORTS):
        start = time.process_time()
        about = Provenance({"reversal": "0.1.0"}, f"configuration{number}", "2026-11-20")
        cell_report("c1", *given, about, html=folder / "c1.html", pdf=folder / "c1.pdf")
        times.append(time.process_time() - start)
    print(f"{1000 * times[0]:.1f} {1000 * min(times):.1f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
