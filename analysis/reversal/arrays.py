"""Array types that every floor uses."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]

SampleArray: TypeAlias = NDArray[np.floating]
"""Samples as the file holds them, float32 or float64."""
