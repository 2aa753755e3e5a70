"""The Na⁺/K⁺ pump: its current, its voltage, its price.

One cycle moves 3 Na⁺ out and 2 K⁺ in, one charge outward, for one ATP.
Sources: Mullins & Noda, J. Gen. Physiol. 47:117 (1963); Thomas, Physiol. Rev. 52:563 (1972) (recalled).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.checks import finite, not_negative, positive
from reversal.physics.constants import ELEMENTARY_CHARGE_C
from reversal.physics.nernst import thermal_voltage_mV

NA_PER_CYCLE, K_PER_CYCLE = 3, 2
CHARGES_PER_CYCLE = NA_PER_CYCLE - K_PER_CYCLE


@dataclass(frozen=True, slots=True)
class PumpCurrents:
    """Currents of a pump in steady balance with the leaks [pA], outward positive.

    net = sodium + potassium; each component cancels the leak of its ion.
    """

    sodium_pA: FloatArray
    potassium_pA: FloatArray
    net_pA: FloatArray


def pumps_on_sphere(radius_um: ArrayLike, density_per_um2: ArrayLike) -> FloatArray:
    """Number of pumps on a sphere;  radius [µm], density [1/µm²]."""
    area_um2 = 4 * np.pi * positive(radius_um, "radius_um") ** 2
    return np.asarray(area_um2 * not_negative(density_per_um2, "density_per_um2"))


def pump_current_pA(pumps: ArrayLike, cycles_per_s: ArrayLike) -> FloatArray:
    """Net outward current of ``pumps`` at ``cycles_per_s`` each [pA]: one charge a cycle."""
    cycles = not_negative(pumps, "pumps") * not_negative(cycles_per_s, "cycles_per_s")
    return np.asarray(cycles * CHARGES_PER_CYCLE * ELEMENTARY_CHARGE_C * 1e12)


def currents_for_sodium_leak(leak_pA: ArrayLike) -> PumpCurrents:
    """Pump currents that hold a Na⁺ leak of ``leak_pA`` (inward, ≤ 0) [pA].

    Only the Na⁺ component equals the leak; 2/3 of it comes back as K⁺, so the net current is a third.

    >>> round(float(currents_for_sodium_leak(-65).net_pA), 3)
    21.667
    """
    sodium = -finite(leak_pA, "leak_pA")
    potassium = -sodium * K_PER_CYCLE / NA_PER_CYCLE
    return PumpCurrents(np.asarray(sodium), np.asarray(potassium), np.asarray(sodium + potassium))


def electrogenic_offset_mV(net_pA: ArrayLike, leak_nS: ArrayLike) -> FloatArray:
    """What the pump's own current adds to the membrane potential, −I/g [mV]."""
    return np.asarray(-finite(net_pA, "net_pA") / positive(leak_nS, "leak_nS"))


def mullins_noda_mV(
    k_out_mM: ArrayLike,
    k_in_mM: ArrayLike,
    na_out_mM: ArrayLike,
    na_in_mM: ArrayLike,
    p_na_over_p_k: ArrayLike,
    temperature_C: ArrayLike,
    coupling: ArrayLike = NA_PER_CYCLE / K_PER_CYCLE,
) -> FloatArray:
    """Resting potential of a cell whose pump balances its leaks [mV]; coupling 1 gives the GHK voltage.

    concentrations [mM], > 0;  coupling : Na⁺ per K⁺, > 0
    """
    r, a = positive(coupling, "coupling"), not_negative(p_na_over_p_k, "p_na_over_p_k")
    outside = r * positive(k_out_mM, "k_out_mM") + a * positive(na_out_mM, "na_out_mM")
    inside = r * positive(k_in_mM, "k_in_mM") + a * positive(na_in_mM, "na_in_mM")
    return np.asarray(thermal_voltage_mV(temperature_C) * np.log(outside / inside))


def electrogenic_bound_mV(temperature_C: ArrayLike) -> FloatArray:
    """The most a 3:2 pump in steady state can add, (RT/F) ln(3/2) [mV].

    >>> round(float(electrogenic_bound_mV(37)), 2)
    10.84
    """
    return np.asarray(thermal_voltage_mV(temperature_C) * np.log(NA_PER_CYCLE / K_PER_CYCLE))


def cycles_per_s(net_pA: ArrayLike) -> FloatArray:
    """Cycles, and so ATP molecules, a second behind a net pump current [1/s]."""
    return np.asarray(not_negative(net_pA, "net_pA") * 1e-12 / (CHARGES_PER_CYCLE * ELEMENTARY_CHARGE_C))


def oxygen_per_s(net_pA: ArrayLike, atp_per_oxygen: ArrayLike = 6.0) -> FloatArray:
    """O₂ molecules a second that pay for a net pump current [1/s];  atp_per_oxygen : 5 to 6 in cells."""
    return np.asarray(cycles_per_s(net_pA) / positive(atp_per_oxygen, "atp_per_oxygen"))


def saturation(na_in_mM: ArrayLike, affinity_mM: ArrayLike, sites: ArrayLike = NA_PER_CYCLE) -> FloatArray:
    """Share of its maximal rate at which inside Na⁺ runs the pump: (Na/(Na + K))ⁿ.

    na_in_mM, affinity_mM : [mM];  sites : n, equal and independent
    """
    na = not_negative(na_in_mM, "na_in_mM")
    return np.asarray((na / (na + positive(affinity_mM, "affinity_mM"))) ** positive(sites, "sites"))


def steady_sodium_mM(load: ArrayLike, affinity_mM: ArrayLike, sites: ArrayLike = NA_PER_CYCLE) -> FloatArray:
    """Inside Na⁺ at which the pump carries ``load``, a share of its maximal rate (0 < load < 1) [mM].

    Proportional to the affinity constant at a given load (FXYD subunits); a change of the influx changes the load.
    """
    occupied = positive(load, "load") ** (1 / positive(sites, "sites"))
    return np.asarray(positive(affinity_mM, "affinity_mM") * occupied / positive(1 - occupied, "1 − load^(1/sites)"))
