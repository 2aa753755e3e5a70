"""Activity coefficients by Pitzer's equations, for single salts and for mixtures.

The coefficient of a single ion cannot be measured. It depends on a convention, which is given with every result.
Concentrations are used as molalities: the two differ by less than 1 % below 0.3 mol/L.
Sources: Pitzer & Mayorga, J. Phys. Chem. 77:2300 (1973); Harvie, Møller & Weare, Geochim. Cosmochim. Acta 48:723
(1984). The terms for ions of unlike charge (Pitzer, J. Solution Chem. 4:249, 1975) are quoted from memory.
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
from reversal.physics.debye_huckel import debye_huckel_slope
from reversal.physics.domain import ValidityWarning, last_axis_matches, not_negative
from reversal.physics.ion import Ion
from reversal.physics.pitzer_parameters import SALTS, THETA, TRIPLETS, Salt

A_PHI_25C = 0.3915
B_DEBYE_HUCKEL = 1.2  # b of the Debye–Hückel term [kg^½ mol^−½]
ALPHA = 2.0  # α of the second virial coefficient [kg^½ mol^−½]; 2:2 salts need two and have no parameters here
MAX_IONIC_STRENGTH_M = 6.0
PARAMETERS_C = 25.0
NO_SALT = Salt(0.0, 0.0, 0.0)


class Convention(StrEnum):
    """How the mean coefficient of a salt is split between its ions."""

    GUGGENHEIM = "Guggenheim: ln γ in the ratio of the charges of ion and counter-ion, averaged over counter-ions"
    MACINNES = "MacInnes: γ(Cl) is γ±(KCl) at the same ionic strength"


@dataclass(frozen=True, slots=True)
class SingleIonActivities:
    """Single-ion activity coefficients and the convention they depend on.

    gamma : (ions,), in the order of the ions that were passed
    """

    gamma: FloatArray
    convention: Convention


def a_phi(temperature_C: float) -> float:
    """Debye–Hückel slope A_φ of the osmotic coefficient [(kg/mol)^½] at ``temperature_C`` [°C].

    0.3915 at 25 °C; its temperature dependence is that of the limiting law. Raises DomainError outside -5 to 60 °C.
    """
    return A_PHI_25C * float(debye_huckel_slope(temperature_C) / debye_huckel_slope(PARAMETERS_C))


def mean_gamma(cation: Ion, anion: Ion, molality: ArrayLike, temperature_C: float = PARAMETERS_C) -> FloatArray:
    """Mean activity coefficient γ± of one salt in water, same shape as ``molality``.

    molality : of the salt [mol/kg], ≥ 0;  temperature_C : [°C]

    A ValidityWarning if the ionic strength is above 6 mol/kg, if the temperature is not 25 °C, or if the salt has no
    parameters (then only the long-range part is used). Raises DomainError for a value outside its range, or if the
    ions are not a cation and an anion.

    Source: Pitzer & Mayorga (1973).
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
    _warn_outside_range(float(np.max(strength, initial=0.0)), temperature_C)
    root = np.sqrt(strength)
    x = ALPHA * root
    second = 2 * salt.beta0 + salt.beta1 * _h(x)
    third = 1.5 * salt.c_phi
    ln_gamma = (
        zc * za * _long_range(root, a_phi(temperature_C))
        + m * (2 * nu_c * nu_a / nu) * second
        + m**2 * (2 * (nu_c * nu_a) ** 1.5 / nu) * third
    )
    return np.asarray(np.exp(ln_gamma))


def ln_gamma_mixture(ions: Sequence[Ion], molalities: ArrayLike, temperature_C: float = PARAMETERS_C) -> FloatArray:
    """ln γ of every ion of a mixture, shape (ions,).

    molalities : (ions,) [mol/kg], ≥ 0;  temperature_C : [°C]

    An unknown term z·δ, the same δ for all ions, could be added: no experiment determines it. It cancels in the mean
    coefficient of any salt. For pairs of ions without parameters only the long-range part is used, with a
    ValidityWarning. Raises DomainError for a value outside its range.

    Source: Harvie, Møller & Weare (1984).
    """
    m = last_axis_matches("molalities", not_negative(molalities, "molalities"), len(ions))
    z = np.array([float(ion.z) for ion in ions])
    slope = a_phi(temperature_C)
    strength = float(0.5 * (m * z**2).sum())
    if strength == 0:
        return np.zeros(len(ions))
    _warn_outside_range(strength, temperature_C)
    root = float(np.sqrt(strength))
    cations = [k for k, ion in enumerate(ions) if ion.z > 0 and m[k] > 0]
    anions = [k for k, ion in enumerate(ions) if ion.z < 0 and m[k] > 0]
    mixture = _Mixture(ions, m, z, root, cations, anions, slope)
    return np.array([mixture.ln_gamma(k) for k in range(len(ions))])


def single_ion_gammas(
    ions: Sequence[Ion],
    concentrations_mM: ArrayLike,
    temperature_C: float,
    convention: Convention = Convention.GUGGENHEIM,
) -> SingleIonActivities:
    """Single-ion activity coefficients of a solution. Activity = coefficient × concentration.

    ions, concentrations_mM : (ions,) [mM], ≥ 0;  temperature_C : [°C]

    ValidityWarning as for :func:`ln_gamma_mixture`. Raises DomainError for a value outside its range, for a solution
    without an ion of opposite charge, and for the MacInnes convention without chloride.
    """
    m = last_axis_matches("concentrations_mM", not_negative(concentrations_mM, "concentrations_mM"), len(ions)) * 1e-3
    raw = ln_gamma_mixture(ions, m, temperature_C)
    if convention is Convention.MACINNES:
        return SingleIonActivities(np.exp(_macinnes_ln_gamma(ions, m, raw, temperature_C)), convention)
    return SingleIonActivities(np.exp(_guggenheim_ln_gamma(ions, m, raw)), convention)


def _guggenheim_ln_gamma(ions: Sequence[Ion], m: FloatArray, raw: FloatArray) -> FloatArray:
    """ln γ of every ion, (ions,): the mean over its counter-ions, each with its share of the charge as weight.

    With one counter-ion, ln γ± is split in the ratio of the charges. Shares, and not the largest counter-ion alone,
    because the coefficient of an ion must not jump where another counter-ion becomes the largest.
    """
    z = np.array([ion.z for ion in ions])
    size = np.abs(z)
    ln_gamma = np.zeros(len(ions))
    for k in range(len(ions)):
        charge = np.where(z * z[k] < 0, m * size, 0.0)
        if charge.max() == 0:
            raise DomainError("the solution has no ion of opposite charge", found=ions[k].name)
        # of each salt: ln γ± = (z_counter·ln γ_k + z_k·ln γ_counter)/(z_k + z_counter)
        mean_of_salts = (size * raw[k] + size[k] * raw) / (size[k] + size)
        ln_gamma[k] = (charge / charge.sum()) @ (size[k] / size * mean_of_salts)
    return ln_gamma


def _macinnes_ln_gamma(ions: Sequence[Ion], m: FloatArray, raw: FloatArray, temperature_C: float) -> FloatArray:
    """ln γ of every ion, (ions,), shifted by z·δ so that γ(Cl) is γ±(KCl) at the same ionic strength."""
    names = [ion.name for ion in ions]
    if "Cl" not in names:
        raise DomainError("the MacInnes convention needs chloride", found=names, expected="Cl as one of the ions")
    z = np.array([float(ion.z) for ion in ions])
    strength = float(0.5 * (m * z**2).sum())
    chloride = names.index("Cl")
    potassium = Ion("K", 1, 1.0, "")
    reference = float(np.log(mean_gamma(potassium, ions[chloride], strength, temperature_C)))
    return np.asarray(raw + z * (raw[chloride] - reference))


class _Mixture:
    """Sums over the pairs and triplets of ions of one mixture, in the notation of Harvie, Møller & Weare (1984).

    m, z : (ions,) molalities [mol/kg] and charge numbers;  root : √I;  a : A_φ
    cations, anions : places of the ions that are present
    """

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
        x = ALPHA * root
        second_slope = sum(
            m[c] * m[k] * self._salt(c, k).beta1 * _g_slope(x) / root**2 for c in cations for k in anions
        )
        like = [*combinations(cations, 2), *combinations(anions, 2)]
        theta_slope = sum(m[i] * m[j] * _e_theta(z[i], z[j], root, a)[1] for i, j in like)
        self.f = _long_range(np.asarray(root), a) + second_slope + theta_slope

    def ln_gamma(self, k: int) -> float:
        """ln γ of the ion at place ``k``."""
        like, opposite = (self.cations, self.anions) if self.z[k] > 0 else (self.anions, self.cations)
        m, x = self.m, ALPHA * self.root
        total = self.z[k] ** 2 * self.f + abs(self.z[k]) * self.third
        for j in opposite:
            salt = self._salt(k, j) if self.z[k] > 0 else self._salt(j, k)
            second = salt.beta0 + salt.beta1 * _g(x)
            total += m[j] * (2 * second + self.total_charge * (self._c(k, j) if self.z[k] > 0 else self._c(j, k)))
        for i in like:
            if i == k:
                continue
            phi = _theta(self.ions[i], self.ions[k]) + _e_theta(self.z[i], self.z[k], self.root, self.a)[0]
            total += m[i] * (2 * phi + sum(m[j] * _psi(self.ions[i], self.ions[k], self.ions[j]) for j in opposite))
        total += sum(m[i] * m[j] * _psi(self.ions[i], self.ions[j], self.ions[k]) for i, j in combinations(opposite, 2))
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
    return np.asarray(-a * (root / (1 + B_DEBYE_HUCKEL * root) + 2 / B_DEBYE_HUCKEL * np.log1p(B_DEBYE_HUCKEL * root)))


def _g(x: float) -> float:
    """g(x) = 2 (1 − (1 + x) e^−x)/x², 1 at 0: the factor of β1, which falls with ionic strength."""
    return float(2 * (1 - (1 + x) * np.exp(-x)) / x**2) if x > 1e-4 else 1.0 - 2 * x / 3


def _g_slope(x: float) -> float:
    """I·dg/dI = −2 (1 − (1 + x + x²/2) e^−x)/x²."""
    return float(-2 * (1 - (1 + x + x**2 / 2) * np.exp(-x)) / x**2) if x > 1e-3 else -x / 3


def _h(x: FloatArray) -> FloatArray:
    """2g + I·dg/dI of one salt, 2 (1 − (1 + x − x²/2) e^−x)/x², 2 at 0."""
    away = np.where(x > 1e-4, x, 1.0)
    return np.asarray(np.where(x > 1e-4, 2 * (1 - (1 + away - away**2 / 2) * np.exp(-away)) / away**2, 2 - 5 * x / 3))


def _e_theta(zi: float, zj: float, root: float, a: float) -> tuple[float, float]:
    """E-θ, the electrostatic mixing term of two ions of the same sign and unlike charge, and its derivative in I."""
    if zi == zj:
        return 0.0, 0.0
    strength = root**2
    x = [6 * a * root * product for product in (zi * zj, zi * zi, zj * zj)]
    j = [_j(value) for value in x]
    weight = zi * zj / (4 * strength)
    theta = weight * (j[0][0] - 0.5 * j[1][0] - 0.5 * j[2][0])
    derivative = zi * zj / (8 * strength**2) * (x[0] * j[0][1] - 0.5 * x[1] * j[1][1] - 0.5 * x[2] * j[2][1])
    return theta, -theta / strength + derivative


def _j(x: float) -> tuple[float, float]:
    """Pitzer's approximation of the integral J(x), and its derivative."""
    decay = 4.581 * x**-0.7237 * float(np.exp(-0.0120 * x**0.528))
    value = x / (4 + decay)
    return value, value / x + value**2 / x**2 * decay * (0.7237 + 0.0120 * 0.528 * x**0.528)


def _warn_outside_range(strength: float, temperature_C: float) -> None:
    if strength > MAX_IONIC_STRENGTH_M:
        warnings.warn(
            f"Pitzer's equations hold up to {MAX_IONIC_STRENGTH_M} mol/kg; used at {strength:.3g}",
            ValidityWarning,
            stacklevel=4,
        )
    if abs(temperature_C - PARAMETERS_C) > 0.5:
        warnings.warn(
            f"Pitzer parameters of 25 °C used at {temperature_C:g} °C: only the Debye–Hückel slope is adapted",
            ValidityWarning,
            stacklevel=4,
        )
