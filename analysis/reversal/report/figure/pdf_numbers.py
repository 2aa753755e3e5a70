"""Numbers of a PDF rounded to 0.0001 pt, so that the same figure gives the same bytes.

Matplotlib writes six decimals in paths and ten elsewhere. The last decimals depend on how the linear algebra library
rounds, which changes with the place of an array in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np

DECIMALS = 4
OFF_TIES = 1.7e-5  # layouts give many values that end in 5: half-way between two numbers, where rounding is arbitrary


@contextmanager
def rounded_numbers() -> Iterator[None]:
    """Round every number that Matplotlib's PDF backend writes inside the block."""
    from matplotlib.backends import backend_pdf

    names = vars(backend_pdf)
    kept = {name: names[name] for name in ("pdfRepr", "_path")}

    def rounded(value: object) -> bytes:
        if isinstance(value, float | np.floating):
            value = round(float(value) + OFF_TIES, DECIMALS)
        written: bytes = kept["pdfRepr"](value)
        return written

    names["pdfRepr"] = rounded
    names["_path"] = SimpleNamespace(convert_to_string=_rounded_paths(kept["_path"].convert_to_string))
    try:
        yield
    finally:
        names.update(kept)


def _rounded_paths(convert_to_string: Callable[..., bytes]) -> Callable[..., bytes]:
    """Matplotlib's function that writes a path, with fewer decimals; glyphs of fonts have no transform."""
    from matplotlib.transforms import Affine2D

    off_ties = Affine2D().translate(OFF_TIES, OFF_TIES)

    def rounded(path: Any, transform: Any, clip: Any, simplify: Any, sketch: Any, decimals: int, *more: Any) -> bytes:
        if transform is None:
            return convert_to_string(path, transform, clip, simplify, sketch, decimals, *more)
        return convert_to_string(path, transform + off_ties, clip, simplify, sketch, DECIMALS, *more)

    return rounded
