"""Constants with unit, kind and reason: each room keeps those that decide an answer in one table, ``*_constants.py``.

A constant is a plain number with an annotation::

    MIN_RAMP_mV: Annotated[float, Because("mV", DECISION, "…")] = 30.0

so that code uses the number and the docs read the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ConstantKind(StrEnum):
    """Where the value of a constant comes from."""

    PHYSICS = "physics"  # a law or a property of matter
    RIG = "rig"  # a property of amplifiers, filters and digitisers
    NUMERICS = "numerics"  # a tolerance or a grid; the answer does not depend on it
    DECISION = "decision"  # chosen; the answer depends on it


PHYSICS, RIG, NUMERICS, DECISION = ConstantKind


@dataclass(frozen=True, slots=True)
class Because:
    """Unit, kind and reason of a constant.

    unit : empty for counts and fractions; SE for standard errors
    reason : source, derivation, or what the value was chosen by
    """

    unit: str
    kind: ConstantKind
    reason: str
