"""Ranges of the quantities that people enter. The recording sheet, ``reversal calc`` and every model use them.

Each quantity has its unit, its range, the reason of its range and what a value outside it most likely is: a temperature
in kelvin, a concentration in mol/L, a voltage in volts.

Every value is one number in the unit of its quantity. A comment at a quantity gives the source of its range; ranges
without one follow from the definition, or are wider than any preparation and only detect another unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from reversal.physics.constants import ZERO_CELSIUS_K


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity that people enter.

    noun, unit : for messages;  low, high : the range
    above_low, below_high : whether the end itself is outside the range
    remedy : what to do about a value outside the range
    likely : gives the likely mistake from the value, such as another unit; empty if none is likely
    """

    noun: str
    unit: str
    low: float
    high: float
    above_low: bool = False
    below_high: bool = False
    remedy: str = "Correct the number"
    likely: Callable[[float], str] = lambda _value: ""

    @property
    def range_text(self) -> str:
        """The range as messages show it, such as ``a temperature from -5 to 60 °C``."""
        low = f"above {self.low:g}," if self.above_low else f"from {self.low:g}"
        between = "" if self.above_low else "to "
        high = f"{between}below {self.high:g}" if self.below_high else f"{between or 'up to '}{self.high:g}"
        return f"{self.noun} {low} {high} {self.unit}".rstrip()

    def advice(self, value: float) -> str:
        """What to do about a value outside the range."""
        if math.isnan(value):
            return f"The value is missing (not a number). Enter {self.noun}" + (f" in {self.unit}" if self.unit else "")
        return self.likely(value) or self.remedy


def _other_temperature_scale(value: float) -> str:
    if ZERO_CELSIUS_K - 5 <= value <= ZERO_CELSIUS_K + 60:
        return f"Is {value:g} kelvin? {value - ZERO_CELSIUS_K:.2f} °C"
    if 60 < value <= 140:
        return f"Is {value:g} °F? {(value - 32) / 1.8:.2f} °C"
    return ""


def _micromolar(value: float) -> str:
    return f"Is {value:g} in µM? {value / 1e3:g} mM" if 1e4 < value < math.inf else ""


def _millimolar(value: float) -> str:
    return f"Is {value:g} in mM? {value / 1e3:g} mol/L" if 10 < value <= 1e4 else ""


def _millicoulombs(value: float) -> str:
    return f"Is {value:g} in mC/m²? {value / 1e3:g} C/m²" if 1 < abs(value) <= 1e3 else ""


def _microvolts(value: float) -> str:
    return f"Is {value:g} in µV? {value / 1e3:g} mV" if 1e3 < abs(value) < math.inf else ""


def _reversed_leak(value: float) -> str:
    return (
        f"A leak of Na⁺ is inward: write {-value:g}" if 0 < value < math.inf else "A leak of Na⁺ is inward, so below 0"
    )


# -5 °C: supercooled baths of cold-water animals; 60 °C: proteins of ordinary organisms unfold below it
TEMPERATURE = Quantity("a temperature", "°C", -5, 60, remedy="Give it in °C", likely=_other_temperature_scale)
# 10 mol/L: above the solubility of NaCl (6.1 mol/L) and of KCl (4.8 mol/L)
CONCENTRATION = Quantity(
    "a concentration", "mM", 0, 1e4, above_low=True, remedy="Give it in mM, above 0", likely=_micromolar
)
CONCENTRATION_OR_0 = Quantity("a concentration", "mM", 0, 1e4, remedy="Give it in mM, 0 or above", likely=_micromolar)
SALT = Quantity(
    "a concentration", "mol/L", 0, 10, above_low=True, remedy="Give it in mol/L, above 0", likely=_millimolar
)
# 1 V: a lipid membrane breaks down at a few hundred millivolts
VOLTAGE = Quantity("a voltage", "mV", -1000, 1000, remedy="Give it in mV", likely=_microvolts)
CURRENT = Quantity("a current", "pA", 0, 1e7, remedy="Give its size in pA, 0 or above")
INWARD_CURRENT = Quantity(
    "an inward current", "pA", -1e7, 0, below_high=True, remedy="Give it in pA", likely=_reversed_leak
)
# the largest cell, a Xenopus oocyte, has 1e5 nS and 3e5 pF
CONDUCTANCE = Quantity("a conductance", "nS", 0, 1e6, remedy="Give it in nS, 0 or above")
CONDUCTANCE_ABOVE_0 = Quantity("a conductance", "nS", 0, 1e6, above_low=True, remedy="Give it in nS, above 0")
FEMTO_CONDUCTANCE = Quantity("a conductance", "fS", 0, 1e6, remedy="Give it in fS, 0 or above")
STIMULUS = Quantity("a current per area", "µA/cm²", -1e4, 1e4, remedy="Give it in µA/cm²")
DIFFUSION = Quantity(
    "a diffusion coefficient", "µm²/s", 0, 1e6, above_low=True, remedy="Give it in µm²/s; 1e-12 m²/s is 1"
)
SOLID_CONCENTRATION = Quantity(
    "a concentration", "mM", 0, 1e6, above_low=True, remedy="Give it in mM; 1 mol/cm³ is 1e6"
)
DENSITY = Quantity("a conductance per area", "mS/cm²", 0, 1e5, remedy="Give it in mS/cm², 0 or above")
CAPACITANCE = Quantity("a capacitance", "pF", 0, 1e6, above_low=True, remedy="Give it in pF, above 0")
SPECIFIC_CAPACITANCE = Quantity(
    "a specific capacitance", "µF/cm²", 0, 100, above_low=True, remedy="Give it in µF/cm²; a membrane has about 1"
)
PERMEABILITY = Quantity("a permeability", "", 0, 1e12, remedy="Give a number, 0 or above")
VOLUME = Quantity("a volume", "pL", 0, 1e12, above_low=True, remedy="Give it in pL, above 0; 1 L is 1e12 pL")
AMOUNT = Quantity("an amount", "fmol", 0, 1e12, remedy="Give it in fmol, 0 or above")
RADIUS = Quantity("a radius", "µm", 0, 1e5, above_low=True, remedy="Give it in µm, above 0")
BARRIER = Quantity("a difference of barriers", "kJ/mol", -200, 200, remedy="Give it in kJ/mol")
PLACE = Quantity("a place", "µm", 0, 500, remedy="Give its distance from the soma in µm, 0 to 500")
WIDTH = Quantity("a width", "µm", 0, 1e5, above_low=True, remedy="Give it in µm, above 0")
POINTS = Quantity("a number of points", "", 3, 10_000, remedy="Give a whole number from 3 to 10000")
DURATION = Quantity("a time", "s", 0, 1e9, above_low=True, remedy="Give it in s, above 0")
WATER_PERMEABILITY = Quantity("a water permeability", "pL/s per mOsm", 0, 1e6, remedy="Give it in pL/s per mOsm")
RATE = Quantity("a rate", "mM/s", 0, 1e4, remedy="Give it in mM/s, 0 or above")
SLOPE_FACTOR = Quantity("a slope factor", "mV", 0, 1000, above_low=True, remedy="Give it in mV, above 0")
MEAN_CHARGE = Quantity("a mean charge number", "e", -1000, 1000, remedy="Give the charge of one particle")
# one elementary charge per 0.16 nm², denser than any lipid head group
SURFACE_CHARGE = Quantity("a surface charge", "C/m²", -1, 1, remedy="Give it in C/m²", likely=_millicoulombs)
FRACTION = Quantity("a fraction", "", 0, 1, remedy="Write 50 % as 0.5")
FRACTION_INSIDE = Quantity("a fraction", "", 0, 1, above_low=True, below_high=True, remedy="Write 50 % as 0.5")
RATIO = Quantity("a ratio", "", 0, 1e12, above_low=True, remedy="Give a number above 0")
RATIO_OR_0 = Quantity("a ratio", "", 0, 1e12, remedy="Give a number, 0 or above")
PH = Quantity("a pH", "", 0, 14, remedy="Give a pH from 0 to 14")
BUFFER = Quantity("a buffer power", "mM/pH", 0, 1e4, above_low=True, remedy="Give it in mM/pH, above 0")
ATP_ENERGY = Quantity(
    "a free energy of ATP hydrolysis",
    "kJ/mol",
    0,
    100,
    above_low=True,
    remedy="Give it in kJ/mol, without the minus sign",
)
STOICHIOMETRY = Quantity("a number of ions per cycle", "", 0, 100, above_low=True, remedy="Give a number above 0")
