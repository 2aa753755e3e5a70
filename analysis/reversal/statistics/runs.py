"""Whether values above and below a line come in runs.

Source: Wald & Wolfowitz, Ann. Math. Stat. 11:147 (1940).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def runs_deviate(above: NDArray[np.bool_]) -> float | None:
    """Standard normal deviate of the number of runs; negative if there are fewer runs than expected by chance.

    above : (n,) whether each value is above the line. None if all but one are on one side.
    """
    runs = 1 + int(np.count_nonzero(above[1:] != above[:-1]))
    up, down = int(above.sum()), int((~above).sum())
    mean = 1 + 2 * up * down / (up + down)
    variance = (mean - 1) * (mean - 2) / (up + down - 1)
    return (runs - mean) / math.sqrt(variance) if variance > 0 else None
