"""Activity coefficients at the strength of body fluids: Pitzer's equations for single salts and mixtures.

A single ion's coefficient cannot be measured; it needs a convention, which every answer here carries by name.
Concentrations are read as molalities (they differ by less than 1 % below 0.3 mol/L).
Sources: Pitzer & Mayorga, J. Phys. Chem. 77:2300 (1973); Harvie, Møller & Weare, Geochim. Cosmochim. Acta 48:723
(1984); for the terms of unlike charges Pitzer, J. Solution Chem. 4:249 (1975) (recalled, not read).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.activity import ValidityWarning, debye_huckel_slope
from reversal.physics.checks import last_axis_matches, not_negative, positive
from reversal.physics.ion import Ion
from reversal.physics.pitzer_parameters import SALTS, THETA, TRIPLETS, Salt

A_PHI_25C = 0.3915
CORE = 1.2  # b of the Debye–Hückel term [kg^½ mol^−½]
DECAY = 2.0  # α of the second virial coefficient; 2:2 salts, which need two, are not among the parameters
STRONGEST_M = 6.0
PARAMETERS_C = 25.0
NO_SALT = Salt(0.0, 0.0, 0.0)


class Convention(StrEnum):
    """How a mean coefficient is shared between its ions."""

    GUGGENHEIM = "Guggenheim: ln γ in the ratio of the charges of ion and main counter-ion"
    MACINNES = "MacInnes: γ(Cl) is γ±(KCl) at the same ionic strength"


@dataclass(frozen=True, slots=True)
class SingleIonActivities:
    """gamma : (ions,) single-ion coefficients in the order asked, with the convention they rest on."""

    gamma: FloatArray
    convention: Convention


def a_phi(temperature_C: float) -> float:
    """Debye–Hückel slope of the osmotic coefficient, 0.3915 at 25 °C, with the temperature of A(T)."""
    return A_PHI_25C * float(debye_huckel_slope(temperature_C) / debye_huckel_slope(PARAMETERS_C))


def mean_gamma(cation: Ion, anion: Ion, molality: ArrayLike, temperature_C: float = PARAMETERS_C) -> FloatArray:
    """Mean activity coefficient γ± of one salt in water.

    molality : of the salt [mol/kg], ≥ 0, up to 6;  temperature_C : [°C]. Vectorised over molality.
    """
    zc, za = cation.z, -anion.z
    if zc < 1 or za < 1:
        raise DomainError("a salt needs a cation and an anion", found=f"{cation.name} and {anion.name}")
    salt = _salt(cation, anion)
    m = not_negative(molality, "molality")
    divisor = np.gcd(zc, za)
    nu_c, nu_a = za // divisor, zc // divisor
    nu = nu_c + nu_a
    strength = 0.5 * m * (nu_c * zc**2 + nu_a * za**2)
    _warn(float(np.max(strength, initial=0.0)), temperature_C)
    root = np.sqrt(strength)
    x = DECAY * root
    second = 2 * salt.beta0 + salt.beta1 * _h(x)
    third = 1.5 * salt.c_phi
    ln_gamma = (
        zc * za * _long_range(root, a_phi(temperature_C))
        + m * (2 * nu_c * nu_a / nu) * second
        + m**2 * (2 * (nu_c * nu_a) ** 1.5 / nu) * third
    )
    return np.asarray(np.exp(ln_gamma))


def ln_gamma_mixture(ions: Sequence[Ion], molalities: ArrayLike, temperature_C: float = PARAMETERS_C) -> FloatArray:
    """ln γ of every ion of a mixture, up to the share z·δ that no experiment fixes.

    molalities : (ions,) [mol/kg], ≥ 0. Sums over neutral combinations of ions (:func:`mean_gamma_in`) are measurable.
    Pairs without parameters enter with their long-range part only, and a ValidityWarning names them.
    """
    m = last_axis_matches("molalities", not_negative(molalities, "molalities"), len(ions))
    z = np.array([float(ion.z) for ion in ions])
    slope = a_phi(temperature_C)
    strength = float(0.5 * (m * z**2).sum())
    if strength == 0:
        return np.zeros(len(ions))
    _warn(strength, temperature_C)
    root = float(np.sqrt(strength))
    cations = [k for k, ion in enumerate(ions) if ion.z > 0 and m[k] > 0]
    anions = [k for k, ion in enumerate(ions) if ion.z < 0 and m[k] > 0]
    of_all = _Pairs(ions, m, z, root, cations, anions, slope)
    return np.array([of_all.ln_gamma(k) for k in range(len(ions))])


def mean_gamma_in(ions: Sequence[Ion], ln_gamma: FloatArray, cation: int, anion: int) -> float:
    """γ± of the salt of two ions of a mixture, by their places in ``ions``; free of any single-ion convention."""
    zc, za = ions[cation].z, -ions[anion].z
    return float(np.exp((za * ln_gamma[cation] + zc * ln_gamma[anion]) / (zc + za)))


def single_ion_gammas(
    ions: Sequence[Ion],
    concentrations_mM: ArrayLike,
    temperature_C: float,
    convention: Convention = Convention.GUGGENHEIM,
) -> SingleIonActivities:
    """Single-ion coefficients of a solution; multiply concentrations by them to have activities.

    ions, concentrations_mM : (ions,) [mM], ≥ 0;  temperature_C : [°C]
    """
    m = last_axis_matches("concentrations_mM", not_negative(concentrations_mM, "concentrations_mM"), len(ions)) * 1e-3
    raw = ln_gamma_mixture(ions, m, temperature_C)
    if convention is Convention.MACINNES:
        return SingleIonActivities(np.exp(_macinnes(ions, m, raw, temperature_C)), convention)
    z = np.array([ion.z for ion in ions])
    shared = np.zeros(len(ions))
    for k in range(len(ions)):
        opposite = np.where(z * z[k] < 0, m * np.abs(z), 0.0)
        if opposite.max() == 0:
            raise DomainError("a solution has no counter-ion", found=ions[k].name)
        other = int(np.argmax(opposite))
        size, far = abs(z[k]), abs(z[other])
        # ln γ± = (far·ln γ_k + size·ln γ_other)/(size + far), shared as |z|
        shared[k] = size / far * (far * raw[k] + size * raw[other]) / (size + far)
    return SingleIonActivities(np.exp(shared), convention)


def _macinnes(ions: Sequence[Ion], m: FloatArray, raw: FloatArray, temperature_C: float) -> FloatArray:
    names = [ion.name for ion in ions]
    if "Cl" not in names:
        raise DomainError("the MacInnes convention needs chloride", found=names, expected="Cl among the ions")
    z = np.array([float(ion.z) for ion in ions])
    strength = float(0.5 * (m * z**2).sum())
    chloride = names.index("Cl")
    potassium = Ion("K", 1, 1.0, "")
    reference = float(np.log(mean_gamma(potassium, ions[chloride], strength, temperature_C)))
    return np.asarray(raw + z * (raw[chloride] - reference))


class _Pairs:
    """Sums over the pairs of one mixture, in the notation of Harvie, Møller & Weare (1984)."""

    def __init__(
        self,
        ions: Sequence[Ion],
        m: FloatArray,
        z: FloatArray,
        root: float,
        cations: list[int],
        anions: list[int],
        a: float,
    ) -> None:
        self.ions, self.m, self.z, self.root, self.cations, self.anions, self.a = ions, m, z, root, cations, anions, a
        self.total_charge = float((m * np.abs(z)).sum())
        self.third = sum(m[c] * m[x] * self._c(c, x) for c in cations for x in anions)
        x = DECAY * root
        second_slope = sum(
            m[c] * m[k] * self._salt(c, k).beta1 * _g_slope(x) / root**2 for c in cations for k in anions
        )
        like = [*combinations(cations, 2), *combinations(anions, 2)]
        theta_slope = sum(m[i] * m[j] * _e_theta(z[i], z[j], root, a)[1] for i, j in like)
        self.f = _long_range(np.asarray(root), a) + second_slope + theta_slope

    def ln_gamma(self, k: int) -> float:
        same, other = (self.cations, self.anions) if self.z[k] > 0 else (self.anions, self.cations)
        m, x = self.m, DECAY * self.root
        total = self.z[k] ** 2 * self.f + abs(self.z[k]) * self.third
        for j in other:
            salt = self._salt(k, j) if self.z[k] > 0 else self._salt(j, k)
            second = salt.beta0 + salt.beta1 * _g(x)
            total += m[j] * (2 * second + self.total_charge * (self._c(k, j) if self.z[k] > 0 else self._c(j, k)))
        for i in same:
            if i == k:
                continue
            phi = _theta(self.ions[i], self.ions[k]) + _e_theta(self.z[i], self.z[k], self.root, self.a)[0]
            total += m[i] * (2 * phi + sum(m[j] * _psi(self.ions[i], self.ions[k], self.ions[j]) for j in other))
        total += sum(m[i] * m[j] * _psi(self.ions[i], self.ions[j], self.ions[k]) for i, j in combinations(other, 2))
        return float(total)

    def _salt(self, cation: int, anion: int) -> Salt:
        return _salt(self.ions[cation], self.ions[anion])

    def _c(self, cation: int, anion: int) -> float:
        return self._salt(cation, anion).c_phi / (2 * float(np.sqrt(abs(self.z[cation] * self.z[anion]))))


def _salt(cation: Ion, anion: Ion) -> Salt:
    found = SALTS.get((cation.name, anion.name))
    if found is None:
        warnings.warn(
            f"no Pitzer parameters for {cation.name}–{anion.name}: only the long-range part is used",
            ValidityWarning,
            stacklevel=4,
        )
        return NO_SALT
    return found


def _theta(one: Ion, two: Ion) -> float:
    return THETA.get(frozenset((one.name, two.name)), 0.0)


def _psi(one: Ion, two: Ion, opposite: Ion) -> float:
    return TRIPLETS.get((frozenset((one.name, two.name)), opposite.name), 0.0)


def _long_range(root: FloatArray, a: float) -> FloatArray:
    return np.asarray(-a * (root / (1 + CORE * root) + 2 / CORE * np.log1p(CORE * root)))


def _g(x: float) -> float:
    """g(x) = 2 (1 − (1 + x) e^−x)/x², 1 at 0: how β1 fades with ionic strength."""
    return float(2 * (1 - (1 + x) * np.exp(-x)) / x**2) if x > 1e-4 else 1.0 - 2 * x / 3


def _g_slope(x: float) -> float:
    """I·dg/dI = −2 (1 − (1 + x + x²/2) e^−x)/x²."""
    return float(-2 * (1 - (1 + x + x**2 / 2) * np.exp(-x)) / x**2) if x > 1e-3 else -x / 3


def _h(x: FloatArray) -> FloatArray:
    """g + (g + I dg/dI) of one salt: 2 (1 − (1 + x − x²/2) e^−x)/x², 2 at 0."""
    apart = np.where(x > 1e-4, x, 1.0)
    return np.asarray(
        np.where(x > 1e-4, 2 * (1 - (1 + apart - apart**2 / 2) * np.exp(-apart)) / apart**2, 2 - 5 * x / 3)
    )


def _e_theta(zi: float, zj: float, root: float, a: float) -> tuple[float, float]:
    """Electrostatic mixing of like-signed ions of unlike charge, and its slope in ionic strength."""
    if zi == zj:
        return 0.0, 0.0
    strength = root**2
    x = [6 * a * root * product for product in (zi * zj, zi * zi, zj * zj)]
    j = [_j(value) for value in x]
    weight = zi * zj / (4 * strength)
    theta = weight * (j[0][0] - 0.5 * j[1][0] - 0.5 * j[2][0])
    turn = zi * zj / (8 * strength**2) * (x[0] * j[0][1] - 0.5 * x[1] * j[1][1] - 0.5 * x[2] * j[2][1])
    return theta, -theta / strength + turn


def _j(x: float) -> tuple[float, float]:
    """Pitzer's fit of the integral J(x) and its slope."""
    fading = 4.581 * x**-0.7237 * float(np.exp(-0.0120 * x**0.528))
    value = x / (4 + fading)
    return value, value / x + value**2 / x**2 * fading * (0.7237 + 0.0120 * 0.528 * x**0.528)


def _warn(strength: float, temperature_C: float) -> None:
    positive(temperature_C + 273.15, "temperature_C above absolute zero")
    if strength > STRONGEST_M:
        warnings.warn(
            f"Pitzer's equations hold up to {STRONGEST_M} mol/kg; used at {strength:.3g}", ValidityWarning, stacklevel=4
        )
    if abs(temperature_C - PARAMETERS_C) > 0.5:
        warnings.warn(
            f"Pitzer parameters of 25 °C used at {temperature_C:g} °C: only the Debye–Hückel slope follows temperature",
            ValidityWarning,
            stacklevel=4,
        )
