"""Channel models: each has a few parameters, typical of its class and not fitted to one channel."""

from __future__ import annotations

from reversal.simulate.model_cell import Gate, GhkChannel, InwardRectification, OhmicChannel


def background_potassium(permeability_um3_per_s: float = 200.0, sodium_ratio: float = 0.02) -> GhkChannel:
    """K⁺ channel without gates. Its I–V curve is the GHK current."""
    return GhkChannel(permeability_um3_per_s, {"K": 1.0, "Na": sodium_ratio})


def weakly_gated_potassium(permeability_um3_per_s: float = 250.0, sodium_ratio: float = 0.02) -> GhkChannel:
    """K⁺ channel that closes to one fifth on depolarisation, within about ten milliseconds."""
    gate = Gate(v_half_mV=-40.0, slope_mV=-25.0, tau_min_ms=2.0, tau_max_ms=12.0, floor=0.2)
    return GhkChannel(permeability_um3_per_s, {"K": 1.0, "Na": sodium_ratio}, (gate,))


def inward_rectifier(permeability_um3_per_s: float = 600.0, sodium_ratio: float = 0.002) -> GhkChannel:
    """K_ir: instantaneous inward rectification that shifts with E_K; little outward current."""
    return GhkChannel(
        permeability_um3_per_s, {"K": 1.0, "Na": sodium_ratio}, rectification=InwardRectification("K", 5.0, 12.0, 0.05)
    )


def delayed_rectifier(permeability_um3_per_s: float = 150.0, sodium_ratio: float = 0.01) -> GhkChannel:
    """K_v: four gates in series that open with depolarisation. Tail currents give its reversal potential."""
    gate = Gate(v_half_mV=-35.0, slope_mV=12.0, tau_min_ms=2.0, tau_max_ms=10.0, power=4)
    return GhkChannel(permeability_um3_per_s, {"K": 1.0, "Na": sodium_ratio}, (gate,))


def inactivating_potassium(permeability_um3_per_s: float = 250.0, sodium_ratio: float = 0.005) -> GhkChannel:
    """hERG-like: slow activation and fast inactivation. After repolarisation it recovers before it closes."""
    activation = Gate(v_half_mV=-20.0, slope_mV=8.0, tau_min_ms=60.0, tau_max_ms=400.0)
    inactivation = Gate(v_half_mV=-60.0, slope_mV=-20.0, tau_min_ms=1.0, tau_max_ms=6.0)
    return GhkChannel(permeability_um3_per_s, {"K": 1.0, "Na": sodium_ratio}, (activation, inactivation))


def hyperpolarisation_activated(permeability_um3_per_s: float = 100.0, sodium_ratio: float = 0.30) -> GhkChannel:
    """HCN-like: opens slowly with hyperpolarisation, permeable to K⁺ and Na⁺."""
    gate = Gate(v_half_mV=-90.0, slope_mV=-9.0, tau_min_ms=30.0, tau_max_ms=250.0)
    return GhkChannel(permeability_um3_per_s, {"K": 1.0, "Na": sodium_ratio}, (gate,))


def nonselective(g_nS: float = 10.0, e_rev_mV: float = 0.0) -> OhmicChannel:
    """Ohmic channel: a linear I–V curve. The reversal potential does not depend on the solutions."""
    return OhmicChannel(g_nS, e_rev_mV)


def transient_sodium(permeability_um3_per_s: float = 60.0, potassium_ratio: float = 0.08) -> GhkChannel:
    """Na_v: opens within a millisecond of depolarisation and inactivates within a few milliseconds."""
    activation = Gate(v_half_mV=-35.0, slope_mV=7.0, tau_min_ms=0.2, tau_max_ms=0.7, power=3)
    inactivation = Gate(v_half_mV=-62.0, slope_mV=-6.5, tau_min_ms=1.5, tau_max_ms=10.0)
    return GhkChannel(permeability_um3_per_s, {"Na": 1.0, "K": potassium_ratio}, (activation, inactivation))


def transient_potassium(permeability_um3_per_s: float = 150.0, sodium_ratio: float = 0.01) -> GhkChannel:
    """A-type K_v: opens within a few milliseconds of depolarisation and inactivates within tens of milliseconds."""
    activation = Gate(v_half_mV=-45.0, slope_mV=14.0, tau_min_ms=0.5, tau_max_ms=2.0, power=2)
    inactivation = Gate(v_half_mV=-70.0, slope_mV=-7.0, tau_min_ms=15.0, tau_max_ms=40.0)
    return GhkChannel(permeability_um3_per_s, {"K": 1.0, "Na": sodium_ratio}, (activation, inactivation))
