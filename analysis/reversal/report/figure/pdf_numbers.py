"""Numbers of a PDF rounded to 0.0001 pt, so that the same figure gives the same bytes.

Matplotlib writes ten decimals. The last of them depends on how the linear algebra library rounds, which changes with
the place of an array in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

DECIMALS = 4
OFF_TIES = 1.7e-5  # layouts give many values that end in 5: half-way between two numbers, where rounding is a toss


@contextmanager
def rounded_numbers() -> Iterator[None]:
    """Round every number that Matplotlib's PDF backend writes inside the block."""
    from matplotlib.backends import backend_pdf

    written: Callable[[object], bytes] = backend_pdf.pdfRepr

    def rounded(value: object) -> bytes:
        if isinstance(value, float | np.floating):
            value = round(float(value) + OFF_TIES, DECIMALS)
        return written(value)

    backend_pdf.pdfRepr = rounded
    try:
        yield
    finally:
        backend_pdf.pdfRepr = written
