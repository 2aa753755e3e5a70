"""What an ion is to these formulas: a charge and a mobility, with the place they were read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ion:
    """One ion.

    name : as tables and solutions write it
    z : charge number, not 0
    mobility : generalised mobility relative to K⁺, λ⁰/(|z| · 73.5), at 25 °C and infinite dilution
    source : where charge and mobility were read
    aliases : other names it goes by
    """

    name: str
    z: int
    mobility: float
    source: str
    aliases: tuple[str, ...] = ()
