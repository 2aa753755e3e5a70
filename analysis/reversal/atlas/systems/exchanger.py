"""Reversal potential of Na⁺/Ca²⁺ exchange, which falls when intracellular Na⁺ rises."""

from __future__ import annotations

from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.atlas.systems.transporters import NCX, reversal_mV


def exchanger_reversal_mV(
    na_out_mM: ArrayLike, na_in_mM: ArrayLike, ca_out_mM: ArrayLike, ca_in_mM: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """E_NCX = 3 E_Na − 2 E_Ca [mV]. Above it the exchanger moves Ca²⁺ in, below it out.

    Concentrations [mM], > 0;  temperature_C : [°C]. All broadcast. Raises DomainError for a value outside its range.

    >>> round(float(exchanger_reversal_mV(145, 10, 2, 1e-4, 37)), 2)
    -50.27
    """
    return reversal_mV(NCX, {"Na": (na_out_mM, na_in_mM), "Ca": (ca_out_mM, ca_in_mM)}, temperature_C)
