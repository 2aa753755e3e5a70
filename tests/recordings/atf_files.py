"""Small Axon text files, written as Clampfit writes them."""

from __future__ import annotations

import numpy as np


def atf_text(signals: list[str], columns: list[str], rows: np.ndarray) -> str:
    """Text of a file with two sweeps that start at 0 and 2 s.

    signals, columns : signal name and title of each column after time
    rows : time [ms] and the columns, shape (samples, 1 + columns)
    """
    titles = "\t".join(f'"{title}"' for title in ["Time (ms)", *columns])
    names = "\t".join(['"Signals="', *(f'"{name}"' for name in signals)])
    table = "\n".join("\t".join(f"{value:.6g}" for value in row) for row in rows)
    facts = '"AcquisitionMode=Episodic"\n"SweepStartTimesMS=0,2000"'
    return f"ATF\t1.0\n3\t{rows.shape[1]}\n{facts}\n{names}\n{titles}\n{table}\n"
