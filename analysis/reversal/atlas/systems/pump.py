"""The Na⁺/K⁺ pump: its current, its effect on voltage, its cost in ATP and oxygen.

One cycle moves 3 Na⁺ out and 2 K⁺ in, which is one charge outward, and uses one ATP.
Source: Mullins & Noda, J. Gen. Physiol. 47:117 (1963).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.constants import ELEMENTARY_CHARGE_C
from reversal.physics.domain import finite, not_negative, positive
from reversal.physics.nernst import thermal_voltage_mV

NA_PER_CYCLE, K_PER_CYCLE = 3, 2
CHARGES_PER_CYCLE = NA_PER_CYCLE - K_PER_CYCLE


@dataclass(frozen=True, slots=True)
class PumpCurrents:
    """Currents of a pump that balances the leaks [pA], outward positive.

    net_pA = sodium_pA + potassium_pA; each component is the opposite of the leak of its ion.
    """

    sodium_pA: FloatArray
    potassium_pA: FloatArray
    net_pA: FloatArray


def pumps_on_sphere(radius_um: ArrayLike, density_per_um2: ArrayLike) -> FloatArray:
    """Number of pumps on a sphere.

    radius_um : [µm], > 0;  density_per_um2 : [1/µm²], ≥ 0. Both broadcast; DomainError outside the range.
    """
    area_um2 = 4 * np.pi * positive(radius_um, "radius_um") ** 2
    return np.asarray(area_um2 * not_negative(density_per_um2, "density_per_um2"))


def pump_current_pA(pumps: ArrayLike, cycles_per_s: ArrayLike) -> FloatArray:
    """Net outward current of pumps [pA]: one charge a cycle.

    pumps : their number, ≥ 0;  cycles_per_s : of each [1/s], ≥ 0. Both broadcast; DomainError outside the range.
    """
    cycles = not_negative(pumps, "pumps") * not_negative(cycles_per_s, "cycles_per_s")
    return np.asarray(cycles * CHARGES_PER_CYCLE * ELEMENTARY_CHARGE_C * 1e12)


def currents_for_sodium_leak(leak_pA: ArrayLike) -> PumpCurrents:
    """Pump currents that balance a Na⁺ leak of ``leak_pA`` [pA]; inward is negative. Any shape.

    The Na⁺ component of the pump balances the leak. The K⁺ component is −2/3 of it, so the net current is 1/3.
    Raises DomainError for a leak that is not finite.

    >>> round(float(currents_for_sodium_leak(-65).net_pA), 3)
    21.667
    """
    sodium = -finite(leak_pA, "leak_pA")
    potassium = -sodium * K_PER_CYCLE / NA_PER_CYCLE
    return PumpCurrents(np.asarray(sodium), np.asarray(potassium), np.asarray(sodium + potassium))


def electrogenic_offset_mV(net_pA: ArrayLike, leak_nS: ArrayLike) -> FloatArray:
    """Change of the membrane potential by the current of the pump, −I/g [mV].

    net_pA : net outward current [pA];  leak_nS : conductance [nS], > 0. Both broadcast; DomainError outside the range.
    """
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
    """Resting potential of a cell whose pump balances its leaks [mV]. With coupling 1 it is the GHK voltage.

    *_mM : concentrations [mM], > 0;  p_na_over_p_k : P_Na/P_K, ≥ 0;  temperature_C : [°C]
    coupling : Na⁺ per K⁺ of a cycle, > 0. All broadcast together.

    Raises DomainError for a value outside its range. Source: Mullins & Noda (1963).
    """
    r, a = positive(coupling, "coupling"), not_negative(p_na_over_p_k, "p_na_over_p_k")
    outside = r * positive(k_out_mM, "k_out_mM") + a * positive(na_out_mM, "na_out_mM")
    inside = r * positive(k_in_mM, "k_in_mM") + a * positive(na_in_mM, "na_in_mM")
    return np.asarray(thermal_voltage_mV(temperature_C) * np.log(outside / inside))


def electrogenic_bound_mV(temperature_C: ArrayLike) -> FloatArray:
    """Largest change of the steady resting potential by a 3:2 pump, (RT/F) ln(3/2) [mV]; any shape of temperature.

    It holds for leaks with GHK permeabilities. With ohmic leaks the bound is (E_Na − E_K)/(5 + 2 √6), which is larger.

    >>> round(float(electrogenic_bound_mV(37)), 2)
    10.84
    """
    return np.asarray(thermal_voltage_mV(temperature_C) * np.log(NA_PER_CYCLE / K_PER_CYCLE))


def cycles_per_s(net_pA: ArrayLike) -> FloatArray:
    """Cycles per second, equal to ATP molecules per second, of a net pump current [1/s].

    net_pA : [pA], ≥ 0, any shape. Raises DomainError for a value outside its range.
    """
    return np.asarray(not_negative(net_pA, "net_pA") * 1e-12 / (CHARGES_PER_CYCLE * ELEMENTARY_CHARGE_C))


def oxygen_per_s(net_pA: ArrayLike, atp_per_oxygen: ArrayLike = 6.0) -> FloatArray:
    """O₂ molecules per second needed for a net pump current [1/s].

    net_pA : [pA], ≥ 0;  atp_per_oxygen : 5 to 6 in cells, > 0. Both broadcast; DomainError outside the range.
    """
    return np.asarray(cycles_per_s(net_pA) / positive(atp_per_oxygen, "atp_per_oxygen"))


def oxygen_for_leaks(leak_na_pA: ArrayLike, leak_k_pA: ArrayLike, atp_per_oxygen: ArrayLike = 6.0) -> FloatArray:
    """O₂ molecules per second of a pump that balances two leaks [1/s]: leak, pump current, ATP, O₂.

    leak_na_pA, leak_k_pA : leak currents, outward positive [pA]; their sum is below 0, because the pump is outward
    atp_per_oxygen : > 0. All broadcast. The sum of the leaks is the net current of the pump, of opposite sign.

    Raises DomainError for a value outside its range.
    """
    leak = finite(leak_na_pA, "leak_na_pA") + finite(leak_k_pA, "leak_k_pA")
    return oxygen_per_s(-leak, atp_per_oxygen)


def balancing_potassium_nS(g_na_nS: ArrayLike, v_mV: ArrayLike, e_na_mV: ArrayLike, e_k_mV: ArrayLike) -> FloatArray:
    """K⁺ conductance at which a 3:2 pump balances both leaks at ``v_mV`` [nS]: I_K = −⅔ I_Na.

    g_na_nS : [nS], ≥ 0;  v_mV, e_na_mV, e_k_mV : [mV], V between E_K and E_Na. All broadcast.

    Raises DomainError for a value outside its range.
    """
    v = finite(v_mV, "v_mV")
    inward = positive(finite(e_na_mV, "e_na_mV") - v, "E_Na − V")
    outward = positive(v - finite(e_k_mV, "e_k_mV"), "V − E_K")
    return np.asarray(not_negative(g_na_nS, "g_na_nS") * K_PER_CYCLE / NA_PER_CYCLE * inward / outward)


def pump_saturation(na_in_mM: ArrayLike, affinity_mM: ArrayLike, sites: ArrayLike = NA_PER_CYCLE) -> FloatArray:
    """Rate of the pump as a fraction of its maximum, (Na/(Na + K))ⁿ.

    na_in_mM : Na⁺ inside [mM], ≥ 0;  affinity_mM : dissociation constant K [mM], > 0
    sites : n, number of equal and independent sites, > 0. All broadcast; DomainError outside the range.
    """
    na = not_negative(na_in_mM, "na_in_mM")
    return np.asarray((na / (na + positive(affinity_mM, "affinity_mM"))) ** positive(sites, "sites"))


def steady_sodium_mM(load: ArrayLike, affinity_mM: ArrayLike, sites: ArrayLike = NA_PER_CYCLE) -> FloatArray:
    """Na⁺ inside at which the pump runs at a fraction of its maximum [mM]; the inverse of :func:`pump_saturation`.

    load : the fraction, above 0 and below 1;  affinity_mM : [mM], > 0;  sites : > 0. All broadcast together.

    At a given load it is proportional to the dissociation constant, which FXYD subunits change. A change of the Na⁺
    influx changes the load. Raises DomainError for a value outside its range.
    """
    occupied = positive(load, "load") ** (1 / positive(sites, "sites"))
    return np.asarray(positive(affinity_mM, "affinity_mM") * occupied / positive(1 - occupied, "1 − load^(1/sites)"))
