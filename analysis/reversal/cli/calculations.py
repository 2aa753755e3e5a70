"""The calculations of ``reversal calc``: each takes the parsed arguments and returns its results."""

from __future__ import annotations

import argparse
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reversal.errors import Refusal
from reversal.physics import ranges

MIN_TOTAL_mM = 1.0  # a solution with less is likely given in mol/L
MAX_TOTAL_RATIO = 100.0  # two solutions that differ by more than this are probably given in different units
NEUTRALITY_mM = 0.5  # as the default of neutrality_tolerance_mM of a project
MAX_LIKELY_mV = 150.0  # equilibrium potentials of cells are within ±140 mV, that of Ca²⁺ being the largest


@dataclass(frozen=True, slots=True)
class Result:
    """One calculated number. If there is none, ``value`` is None and ``remark`` gives the reason."""

    name: str
    value: float | None
    unit: str
    remark: str = ""


class InputRefused(Refusal):
    """An argument of ``reversal calc`` that is not valid."""


class UnitWarning(UserWarning):
    """A number that is allowed but is likely in another unit."""


Calculation = Callable[[argparse.Namespace], list[Result]]


def nernst(options: argparse.Namespace) -> list[Result]:
    """Equilibrium potential and, with --v, the driving force."""
    from reversal.atlas.systems.driving import current_direction, driving_force_mV, ion_flux_direction
    from reversal.physics.nernst import nernst_mV

    ion = _ion(options.ion, options)
    e = float(nernst_mV(options.out, options.inside, ion.z, options.temperature))
    _note_large(f"E_{ion.name}", e)
    results = [Result(f"E_{ion.name}", e, "mV")]
    if options.v is not None:
        current = current_direction(options.v, e)
        flux = ion_flux_direction(options.v, e, ion.z)
        remark = f"current {current}, ion {flux}"
        results.append(Result("V − E", float(driving_force_mV(options.v, e)), "mV", remark))
    return results


def ghk(options: argparse.Namespace) -> list[Result]:
    """GHK reversal potential."""
    from reversal.physics.ghk_constant_field import ghk_voltage_mV

    ions, out, inside, p = zip(*(_ion_sides_and_p(text, options) for text in options.ions), strict=True)
    _refuse_repeated([ion.name for ion in ions])
    e = ghk_voltage_mV(p, out, inside, [ion.z for ion in ions], options.temperature)
    _note_large("E_rev", float(e))
    return [Result("E_rev", float(e), "mV")]


def current(options: argparse.Namespace) -> list[Result]:
    """GHK current and its slope."""
    from reversal.atlas.systems.slope_conductance import ghk_slope_conductance_nS
    from reversal.physics.ghk_constant_field import ghk_current

    _note_dilute(options.out + options.inside)
    arguments = (options.v, options.p, options.out, options.inside, _ion(options.ion, options).z, options.temperature)
    return [
        Result("I", float(ghk_current(*arguments)), "pA", "outward positive"),
        Result("dI/dV", float(ghk_slope_conductance_nS(*arguments)), "nS"),
    ]


def ljp(options: argparse.Namespace) -> list[Result]:
    """Liquid junction potential by both methods, and the correction of the command voltage."""
    from reversal.physics.junctions import henderson_mV, mobility_sd_mV
    from reversal.physics.planck import steady_junction

    bath = _amounts(options.bath, options, "the bath", options.bath_closed_by)
    pipette = _amounts(options.pipette, options, "the pipette", options.pipette_closed_by)
    for side, amounts in (("bath", bath), ("pipette", pipette)):
        _refuse_charge(side, amounts)
    _note_mixed_units("bath", _total(bath), "pipette", _total(pipette))
    ions = {ion.name: ion for ion in [*(one for one, _ in bath.values()), *(one for one, _ in pipette.values())]}
    in_bath, in_pipette = ([side[name][1] if name in side else 0.0 for name in ions] for side in (bath, pipette))
    z, u = [ion.z for ion in ions.values()], [ion.mobility for ion in ions.values()]
    sd_mV = mobility_sd_mV(
        in_bath, in_pipette, z, u, [ion.mobility_error for ion in ions.values()], options.temperature
    )
    if sd_mV > 0:
        errors = ", ".join(
            f"{ion.name} {ion.mobility:g} ± {ion.mobility_error:g}" for ion in ions.values() if ion.mobility_error
        )
        note(f"estimated mobilities, relative to K: {errors}. V_L may differ by {sd_mV:.2f} mV")
    henderson = float(henderson_mV(in_bath, in_pipette, z, u, options.temperature))
    nernst_planck = steady_junction(in_bath, in_pipette, z, u, options.temperature, NEUTRALITY_mM).junction_mV
    return [
        Result("V_L Henderson", henderson, "mV", "bath minus pipette"),
        Result("V_L Nernst–Planck", nernst_planck, "mV", "bath minus pipette"),
        Result("model error", nernst_planck - henderson, "mV", "Nernst–Planck minus Henderson"),
        Result(
            "whole cell: add",
            -henderson,
            "mV",
            "to the command voltage, if the pipette potential was zeroed in this bath",
        ),
    ]


def donnan(options: argparse.Namespace) -> list[Result]:
    """Donnan potential, concentrations inside, and osmotic pressure."""
    from reversal.atlas.systems.donnan import donnan as donnan_equilibrium
    from reversal.atlas.systems.donnan import osmotic_pressure_kPa

    outside = _amounts(options.outside, options)
    _note_dilute(_total(outside))
    _note_mixed_units("outside", _total(outside), "impermeant solute", options.impermeant)
    found = donnan_equilibrium(
        [amount for _, amount in outside.values()],
        [ion.z for ion, _ in outside.values()],
        options.impermeant,
        options.charge,
        options.temperature,
    )
    inside = [Result(f"{name} inside", float(c), "mM") for name, c in zip(outside, found.in_mM, strict=True)]
    excess = float(found.osmotic_excess_mOsm)
    return [
        Result("V", float(found.potential_mV), "mV"),
        *inside,
        Result("osmotic excess", excess, "mOsm"),
        Result("pressure", float(osmotic_pressure_kPa(excess, options.temperature)), "kPa"),
    ]


def transporter(options: argparse.Namespace) -> list[Result]:
    """Reversal potential and free energy of a transport cycle."""
    from reversal.atlas.systems.transporters import NAMED, free_energy_kJ_per_mol, mode, reversal_mV, stoichiometry

    named = {name.casefold(): cycle for name, cycle in NAMED.items()}
    cycle = named.get(options.cycle.casefold()) or stoichiometry(options.cycle)
    species = [_species(text) for text in options.species]
    sides = dict(species)
    _refuse_repeated([name for name, _ in species])
    results = [Result("net charge inward", float(cycle.net_charge), "e")]
    if cycle.net_charge:
        results.append(Result("E_rev", float(reversal_mV(cycle, sides, options.temperature)), "mV"))
    else:
        results.append(Result("E_rev", None, "mV", "the cycle is electroneutral"))
    if options.v is not None or not cycle.net_charge:
        v = options.v if options.v is not None else 0.0
        energy = float(free_energy_kJ_per_mol(cycle, sides, v, options.temperature))
        results.append(Result("ΔG forward", energy, "kJ/mol", f"runs {mode(cycle, sides, v, options.temperature)}"))
    return results


def bi_ionic(options: argparse.Namespace) -> list[Result]:
    """Permeability ratio in bi-ionic conditions."""
    from reversal.atlas.systems.bi_ionic import bi_ionic_ratio, divalent_ratio

    formula = divalent_ratio if options.divalent else bi_ionic_ratio
    e_rev = -options.e_rev if options.anion else options.e_rev  # the charges of both ions are reversed
    return [Result("P_X/P_ref", float(formula(e_rev, options.out, options.inside, options.temperature)), "")]


def shift(options: argparse.Namespace) -> list[Result]:
    """Permeability ratio from a shift of the reversal potential."""
    from reversal.physics.substitution import substitution_ratio

    shift_mV = -options.shift if options.anion else options.shift
    ratio = float(substitution_ratio(shift_mV, options.ref_out, options.x_out, options.temperature))
    kind = "anions" if options.anion else "cations"
    return [Result("P_X/P_ref", ratio, "", f"monovalent {kind}, inside unchanged")]


def selectivity(options: argparse.Namespace) -> list[Result]:
    """Free energy of a permeability ratio."""
    from reversal.physics.selectivity import selectivity_energy

    energy = selectivity_energy(options.ratio, options.temperature)
    return [Result("ΔΔG", float(energy.kJ_per_mol), "kJ/mol", energy.convention)]


def activity(options: argparse.Namespace) -> list[Result]:
    """Ionic strength and activity coefficients."""
    from reversal.atlas.systems.activity_laws import ionic_strength_M
    from reversal.physics.domain import electroneutral
    from reversal.physics.pitzer import Convention, single_ion_gammas

    amounts = _amounts(options.ions, options)
    _note_dilute(_total(amounts))
    ions, c = [ion for ion, _ in amounts.values()], [amount for _, amount in amounts.values()]
    remedy = "Add the missing ion: activity coefficients are those of whole solutions"
    electroneutral(c, [ion.z for ion in ions], "the solution", remedy=remedy)
    found = single_ion_gammas(ions, c, options.temperature, Convention[options.convention.upper()])
    strength = Result("ionic strength", float(ionic_strength_M(c, [ion.z for ion in ions])), "mol/L", found.convention)
    return [
        strength,
        *(
            Result(f"γ {ion.name}", float(gamma), "", f"activity {gamma * amount:.5g} mM")
            for ion, gamma, amount in zip(ions, found.gamma, c, strict=True)
        ),
    ]


def debye(options: argparse.Namespace) -> list[Result]:
    """Debye length and, with --charge, the surface potential."""
    from reversal.atlas.systems.membrane_charge import debye_length_nm, surface_potential_mV
    from reversal.physics.water import water_permittivity

    permittivity = float(water_permittivity(options.temperature))
    length = debye_length_nm(options.salt, permittivity, options.temperature)
    results = [Result("Debye length", float(length), "nm", f"relative permittivity {permittivity:.1f}")]
    if options.charge is not None:
        psi = surface_potential_mV(options.charge, options.salt, permittivity, options.temperature)
        results.append(
            Result("surface potential", float(psi), "mV", "the driving force V − E is that of the bulk solutions")
        )
    return results


def pump(options: argparse.Namespace) -> list[Result]:
    """Currents of the Na⁺/K⁺ pump and, with --g, its electrogenic offset."""
    from reversal.atlas.systems.pump import currents_for_sodium_leak, cycles_per_s, electrogenic_offset_mV

    pump = currents_for_sodium_leak(options.na_leak)
    results = [
        Result("pump, Na⁺ component", float(pump.sodium_pA), "pA"),
        Result("pump, K⁺ component", float(pump.potassium_pA), "pA"),
        Result("pump, net", float(pump.net_pA), "pA", "one charge a cycle"),
        Result("ATP", float(cycles_per_s(pump.net_pA)), "1/s"),
    ]
    if options.g is not None:
        results.append(Result("electrogenic offset", float(electrogenic_offset_mV(pump.net_pA, options.g)), "mV"))
    return results


def _ion(name: str, options: argparse.Namespace) -> Any:
    from reversal.experiment.ion_table import known_ion

    return known_ion(name, _table(options))


def _table(options: argparse.Namespace) -> Any:
    """The built-in ions, and those of the user's own table if it is given."""
    from reversal.experiment.ion_table import ion_table

    return ion_table(options.ions_table)


def _amounts(
    texts: list[str], options: argparse.Namespace, what: str = "the solution", closed_by: str | None = None
) -> dict[str, tuple[Any, float]]:
    """Ion and concentration [mM] of each ``ION=MM`` or ``SALT=MM``, by name; salts add to the ions.

    closed_by : ion whose concentration is computed so that the charges balance
    """
    table = _table(options)
    amounts: dict[str, float] = {}
    given: set[str] = set()
    for text in texts:
        name, _, amount = text.partition("=")
        mM = _within(_number(amount, text, "ION=MM, such as Na=145 or KCl=140"), text, ranges.CONCENTRATION_OR_0)
        parts = _parts(name, options, what)
        if len(parts) == 1 and given & set(parts):
            raise InputRefused("an ion is given twice", found=text)
        given |= set(parts) if len(parts) == 1 else set()
        for ion, count in parts.items():
            amounts[ion] = amounts.get(ion, 0.0) + count * mM
    found = {ion: (table[ion], mM) for ion, mM in amounts.items()}
    return _closed(found, what, _ion(closed_by, options) if closed_by else None)


def _parts(name: str, options: argparse.Namespace, what: str) -> dict[str, int]:
    """An ion, or the ions of a salt with their numbers."""
    from reversal.experiment.salts import is_salt, salt_ions

    table = _table(options)
    if name in table or not is_salt(name, table):
        return {_ion(name, options).name: 1}
    return salt_ions(name, table, what)


def _closed(amounts: dict[str, tuple[Any, float]], what: str, ion: Any) -> dict[str, tuple[Any, float]]:
    """The amounts with the closing ion, if there is one."""
    net = sum(one.z * amount for one, amount in amounts.values())
    if ion is None:
        return amounts
    before = amounts[ion.name][1] if ion.name in amounts else 0.0
    closing = before - net / ion.z
    if closing < 0:
        raise InputRefused(f"{ion.name} cannot balance the charge of {what}", found=f"net charge {net:+.4g} mM")
    return {**amounts, ion.name: (ion, closing)}


def _refuse_charge(side: str, amounts: dict[str, tuple[Any, float]]) -> None:
    """Refuse a solution with a net charge, with the option that names the closing ion."""
    net = sum(ion.z * mM for ion, mM in amounts.values())
    if abs(net) > NEUTRALITY_mM:
        raise InputRefused(
            f"the {side} is not electroneutral",
            found=f"net charge {net:+.4g} mM",
            expected=f"0 ± {NEUTRALITY_mM:g} mM",
            remedy="Correct a concentration, add the missing ion, or give the ion that balances the charge, for "
            f"example --{side}-closed-by Cl",
        )


def _total(amounts: dict[str, tuple[Any, float]]) -> float:
    return sum(amount for _, amount in amounts.values())


def _within(value: float, text: str, quantity: ranges.Quantity) -> float:
    """The number. Raises DomainError, which gives the whole argument, if it is outside the range of its quantity."""
    from reversal.physics.domain import within

    return float(within(value, repr(text), quantity))


def _refuse_repeated(names: list[str]) -> None:
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise InputRefused("an ion is given twice", found=repeated[0], remedy="Add up its amounts")


def note(text: str) -> None:
    """Print a note below the results."""
    warnings.warn(text, UnitWarning, stacklevel=2)


def _note_dilute(total_mM: float) -> None:
    """Note a solution that is so dilute that it is likely given in mol/L."""
    if 0 < total_mM < MIN_TOTAL_mM:
        note(f"{total_mM:g} mM in total. If the concentrations are in mol/L, multiply them by 1000")


def _note_mixed_units(name: str, total_mM: float, other: str, other_mM: float) -> None:
    """Note two solutions so different that one is likely given in mol/L."""
    low, high = sorted((total_mM, other_mM))
    if 0 < low * MAX_TOTAL_RATIO < high:
        note(f"{name} {total_mM:g} mM and {other} {other_mM:g} mM in total: is one in mol/L? Give both in mM")


def _note_large(name: str, potential_mV: float) -> None:
    """Note a potential that no cell has."""
    if abs(potential_mV) > MAX_LIKELY_mV:
        note(f"{name} is outside ±{MAX_LIKELY_mV:g} mV. Check that all concentrations are in mM")


def _species(text: str) -> tuple[str, tuple[float, float]]:
    return _sides_of(text, text, "SPECIES=OUT/IN, such as Na=145/10", ranges.CONCENTRATION)


def _ion_sides_and_p(text: str, options: argparse.Namespace) -> tuple[Any, float, float, float]:
    form = "ION=OUT/IN:P, such as Na=145/15:0.04"
    sides, _, p = text.partition(":")
    name, (out, inside) = _sides_of(sides, text, form, ranges.CONCENTRATION_OR_0)
    return _ion(name, options), out, inside, _within(_number(p, text, form), text, ranges.PERMEABILITY)


def _sides_of(part: str, whole: str, form: str, quantity: ranges.Quantity) -> tuple[str, tuple[float, float]]:
    name, _, sides = part.partition("=")
    out, _, inside = sides.partition("/")
    out_mM, in_mM = (_within(_number(side, whole, form), whole, quantity) for side in (out, inside))
    return name, (out_mM, in_mM)


def _number(text: str, whole: str, form: str) -> float:
    try:
        return number(text)
    except ValueError:
        raise InputRefused("an argument is not valid", found=whole, expected=form) from None


def number(text: str) -> float:
    """A number with a decimal point or comma. Raises ValueError, also for 1,234, which may be a thousand.

    >>> number("2,5")
    2.5
    """
    if re.fullmatch(r"[+-]?\d+,\d+", text) and not re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", text):
        text = text.replace(",", ".")
    return float(text)
