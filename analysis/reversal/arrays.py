"""Array types that every floor uses."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]

SampleArray: TypeAlias = NDArray[np.floating]
"""Samples in the precision of their file, float32 or float64."""
