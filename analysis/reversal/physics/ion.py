"""An ion in the formulas: a charge number and a mobility, with their source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ion:
    """One ion.

    name : as written in tables and solutions
    z : charge number, not 0
    mobility : generalised mobility relative to K⁺, λ⁰/(|z| · 73.5), at 25 °C and infinite dilution
    source : publication of charge and mobility
    aliases : other names of the ion
    mobility_error : half the range of the values that the mobility may have; 0 for a mobility that was measured
    """

    name: str
    z: int
    mobility: float
    source: str
    aliases: tuple[str, ...] = ()
    mobility_error: float = 0.0
