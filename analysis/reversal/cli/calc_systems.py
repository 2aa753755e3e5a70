"""Questions of ``reversal calc`` about the systems of the atlas: their options, and the calculation of each."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from reversal.cli.calculations import InputRefused, Result
from reversal.physics import ranges
from reversal.physics.domain import within
from reversal.physics.ranges import Quantity

Calculation = Callable[[argparse.Namespace], list[Result]]


@dataclass(frozen=True, slots=True)
class Option:
    """An option with a number. Without a default it is required, unless it is ``optional``."""

    name: str
    unit: str
    quantity: Quantity
    text: str
    default: float | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class System:
    """One question: its name, what it calculates, options with a number, options with both sides OUT/IN.

    sides : name, text, and default of each; an empty default is an option that may be missing
    """

    name: str
    calculation: Calculation
    text: str
    numbers: tuple[Option, ...] = ()
    sides: tuple[tuple[str, str, str | None], ...] = ()
    temperature: bool = True


def two_ion(options: argparse.Namespace) -> list[Result]:
    """Permeability ratio of two monovalent cations from a voltage of zero current."""
    from reversal.atlas.systems.bi_ionic import two_ion_ratio

    (ref_out, ref_in), (x_out, x_in) = _sides(options.ref), _sides(options.x)
    ratio = float(two_ion_ratio(options.v, ref_out, ref_in, x_out, x_in, options.temperature))
    if not 0 <= ratio < float("inf"):
        remark = "no ratio gives this voltage: it is outside the two equilibrium potentials"
        return [Result("P_X/P_ref", None, "", remark)]
    inverse = Result("P_ref/P_X", 1 / ratio if ratio else None, "", "" if ratio else "P_X is 0")
    return [Result("P_X/P_ref", ratio, "", "GHK, monovalent cations, no pump"), inverse]


def mullins_noda(options: argparse.Namespace) -> list[Result]:
    """Rest with a pump whose currents balance the leaks, and without its current."""
    from reversal.atlas.systems.pump import electrogenic_bound_mV, mullins_noda_mV

    arguments = (*_sides(options.k), *_sides(options.na), options.ratio, options.temperature)
    rest, ghk = float(mullins_noda_mV(*arguments)), float(mullins_noda_mV(*arguments, 1.0))
    return [
        Result("V with 3:2 pump", rest, "mV"),
        Result("V by GHK", ghk, "mV", "without the current of the pump"),
        Result("offset", rest - ghk, "mV", f"at most {float(electrogenic_bound_mV(options.temperature)):.2f} mV"),
    ]


def oxygen(options: argparse.Namespace) -> list[Result]:
    """Leak, pump current, ATP and O₂ of a cell at rest."""
    from reversal.atlas.systems.driving import ohmic_current_pA
    from reversal.atlas.systems.pump import balancing_potassium_nS, cycles_per_s, oxygen_for_leaks

    g_k = float(balancing_potassium_nS(options.g_na, options.v, options.e_na, options.e_k))
    na = float(ohmic_current_pA(options.g_na, options.v, options.e_na))
    k = float(ohmic_current_pA(g_k, options.v, options.e_k))
    return [
        Result("Na⁺ leak", na, "pA"),
        Result("K⁺ leak", k, "pA", f"g_K {g_k:.4g} nS balances a 3:2 pump"),
        Result("pump, net", -(na + k), "pA"),
        Result("ATP", float(cycles_per_s(-(na + k))), "1/s"),
        Result("O₂", float(oxygen_for_leaks(na, k, options.atp_per_oxygen)), "1/s"),
    ]


def motive_force(options: argparse.Namespace) -> list[Result]:
    """Motive force of a coupling ion, and the ions for one ATP."""
    from reversal.atlas.systems.transporters import ion_motive_force_mV, ions_per_atp

    if bool(options.sides) == bool(options.ph):
        raise InputRefused("the coupling ion is not given once", expected="either --sides OUT/IN or --ph OUT/IN")
    out, inside = _sides(options.sides) if options.sides else _ph_sides(options.ph)
    force = float(ion_motive_force_mV(options.v, out, inside, options.temperature))
    results = [Result("motive force", force, "mV", "below 0 it drives the cation in")]
    if force < 0:
        results.append(Result("ions for one ATP", float(ions_per_atp(force, options.atp)), ""))
    return results


def pump_leak(options: argparse.Namespace) -> list[Result]:
    """Rest of the pump–leak cell of the atlas, or its state after a time with a part of its pumps."""
    from reversal.atlas.systems.pump_leak import PumpLeakCell, run, steady_state

    cell = PumpLeakCell()
    if options.time is None:
        course = steady_state(cell, pump=options.pump)
    else:
        course = run(cell, options.time, pump=options.pump, start=steady_state(cell), points=50)
    na, k, cl = course.in_mM[:, -1]
    return [
        Result("V", float(course.v_mV[-1]), "mV"),
        Result("Na⁺ inside", float(na), "mM"),
        Result("K⁺ inside", float(k), "mM"),
        Result("Cl⁻ inside", float(cl), "mM"),
        Result("volume", float(course.volume_pL[-1]), "pL"),
        Result("pump, net", float(course.pump_pA[-1]), "pA"),
    ]


def chloride(options: argparse.Namespace) -> list[Result]:
    """Steady chloride from NKCC1, KCC2 and leak."""
    from reversal.atlas.systems.chloride import TransportConditions, chloride_reversal_mV, steady_chloride_mM

    (na_out, na_in), (k_out, k_in) = _sides(options.na), _sides(options.k)
    conditions = TransportConditions(na_out, na_in, k_out, k_in, options.cl_out, options.v, options.temperature)
    inside = float(steady_chloride_mM(options.nkcc1, options.kcc2, options.leak, conditions))
    e = float(chloride_reversal_mV(inside, options.cl_out, options.temperature))
    sign = "depolarises" if e > options.v else "hyperpolarises"
    return [Result("Cl⁻ inside", inside, "mM"), Result("E_Cl", e, "mV", f"GABA {sign} at {options.v:g} mV")]


def ischaemia(options: argparse.Namespace) -> list[Result]:
    """State of the neurone of the atlas in tissue after a time without oxygen."""
    from reversal.atlas.systems.energy_failure import cell_in_tissue, lose_energy

    failed = lose_energy(cell_in_tissue(space=options.space), options.time, atp_time_s=options.atp_time)
    events = [("Na⁺ channels blocked", failed.blocked_at_s), ("exchanger reversed", failed.reversed_at_s)]
    return [
        Result("V", float(failed.course.v_mV[-1]), "mV"),
        Result("K⁺ outside", float(failed.course.out_mM[1, -1]), "mM"),
        Result("Na⁺ inside", float(failed.course.in_mM[0, -1]), "mM"),
        Result("free Ca²⁺ inside", float(failed.ca_in_mM[-1] * 1e6), "nM"),
        Result("volume / rest", float(failed.relative_volume[-1]), ""),
        *(Result(name, at, "s", "" if at is not None else "not within this time") for name, at in events),
    ]


def axon(options: argparse.Namespace) -> list[Result]:
    """Action potential of the squid axon."""
    from reversal.atlas.systems.hodgkin_huxley import Axon, fire

    patch = Axon(g_na_mS_cm2=options.g_na, temperature_C=options.temperature)
    course = fire(patch, options.duration, options.current, stimulus_ms=options.stimulus)
    return [
        Result("peak", float(course.v_mV.max()), "mV"),
        Result("fastest rise", course.fastest_rise_V_per_s, "V/s"),
        Result("spikes", float(course.spikes), ""),
        Result("available Na⁺ channels", float(course.available[-1]), "", "at the end"),
    ]


def membrane(options: argparse.Namespace) -> list[Result]:
    """Capacitance of a sphere and the fraction of its ions that change its voltage."""
    from reversal.atlas.systems.membrane_charge import fraction_of_bulk, sphere_capacitance_pF

    fraction = float(fraction_of_bulk(options.change, options.radius, options.bulk))
    return [
        Result("capacitance", float(sphere_capacitance_pF(options.radius)), "pF", "1 µF/cm²"),
        Result("fraction of the ions", fraction, ""),
    ]


def conductor(options: argparse.Namespace) -> list[Result]:
    """Conductivity of a solid with one mobile ion."""
    from reversal.atlas.systems.electrodiffusion import ionic_conductivity_S_per_m

    value = ionic_conductivity_S_per_m(options.diffusion, options.concentration, options.charge, options.temperature)
    return [Result("conductivity", float(value), "S/m", "Nernst–Einstein")]


def substitution(options: argparse.Namespace) -> list[Result]:
    """Permeability ratio of a barrier difference, and the shift when X replaces the reference ion outside."""
    from reversal.atlas.systems.bi_ionic import substitution_shift_mV
    from reversal.physics.selectivity import SelectivityEnergy, permeability_ratio

    ratio = float(permeability_ratio(SelectivityEnergy(options.energy), options.temperature))
    shift = float(substitution_shift_mV(ratio, options.ref_out, options.x_out, options.temperature))
    return [
        Result("P_X/P_ref", ratio, ""),
        Result("P_ref/P_X", 1 / ratio, ""),
        Result("shift of E_rev", shift, "mV", "X replaces the reference ion"),
    ]


def davies(options: argparse.Namespace) -> list[Result]:
    """Activity coefficients of two salts of monovalent ions by the Davies equation, and their effect on E."""
    from reversal.atlas.systems.activity_laws import activity_shift_mV, log10_gamma_davies

    out, inside = (
        10 ** float(log10_gamma_davies(1, salt_mM * 1e-3, options.temperature))
        for salt_mM in (options.out, options.inside)
    )
    shift = float(activity_shift_mV(out, inside, 1, options.temperature))
    return [Result("γ outside", out, ""), Result("γ inside", inside, ""), Result("shift of E", shift, "mV")]


def add_systems(
    systems: Iterable[System], parsers: Any, add_parser: Callable[..., Any], add_number: Callable[..., None]
) -> None:
    """Add questions to ``reversal calc``, with its functions that make a parser and an option with a number."""
    for system in systems:
        parser = add_parser(parsers, system.name, system.calculation, system.text, temperature=system.temperature)
        for name, text, default in system.sides:
            parser.add_argument(name, metavar="OUT/IN", required=default is None, default=default, help=text)
        for one in system.numbers:
            required = one.default is None and not one.optional
            add_number(parser, one.name, one.unit, one.quantity, one.text, required=required, default=one.default)


def _sides(text: str) -> tuple[float, float]:
    """Concentrations outside and inside [mM] of ``OUT/IN``."""
    form = "OUT/IN in mM, such as 5/140"
    out, _, inside = text.partition("/")
    try:
        numbers = float(out), float(inside)
    except ValueError:
        raise InputRefused("an argument is not valid", found=text, expected=form) from None
    return (
        float(within(numbers[0], repr(text), ranges.CONCENTRATION)),
        float(within(numbers[1], repr(text), ranges.CONCENTRATION)),
    )


def _ph_sides(text: str) -> tuple[float, float]:
    """H⁺ outside and inside [mol/L] of ``PH_OUT/PH_IN``."""
    out, _, inside = text.partition("/")
    try:
        numbers = float(out), float(inside)
    except ValueError:
        raise InputRefused("an argument is not valid", found=text, expected="pH outside/inside, such as 7/8") from None
    return (
        float(10 ** -within(numbers[0], repr(text), ranges.PH)),
        float(10 ** -within(numbers[1], repr(text), ranges.PH)),
    )


K_SIDES = ("--k", "K⁺ outside/inside [mM]", None)
NA_SIDES = ("--na", "Na⁺ outside/inside [mM]", None)
V = Option("--v", "MV", ranges.VOLTAGE, "membrane potential [mV]")
SYSTEMS = (
    System(
        "two-ion",
        two_ion,
        "permeability ratio of two cations from the voltage of zero current",
        (V,),
        (("--ref", "reference ion outside/inside [mM]", None), ("--x", "ion X outside/inside [mM]", None)),
    ),
    System(
        "mullins-noda",
        mullins_noda,
        "resting potential with the current of a 3:2 pump",
        (Option("--ratio", "RATIO", ranges.RATIO_OR_0, "P_Na/P_K"),),
        (K_SIDES, NA_SIDES),
    ),
    System(
        "oxygen",
        oxygen,
        "O₂ that the pump needs: leak, pump current, ATP, O₂",
        (
            Option("--g-na", "NS", ranges.CONDUCTANCE_ABOVE_0, "Na⁺ leak conductance [nS]"),
            V,
            Option("--e-na", "MV", ranges.VOLTAGE, "E_Na [mV]"),
            Option("--e-k", "MV", ranges.VOLTAGE, "E_K [mV]"),
            Option("--atp-per-oxygen", "ATP", ranges.STOICHIOMETRY, "ATP per O₂ (default 6)", 6.0),
        ),
        temperature=False,
    ),
    System(
        "motive-force",
        motive_force,
        "proton- or sodium-motive force, and the ions for one ATP",
        (V, Option("--atp", "KJ_PER_MOL", ranges.ATP_ENERGY, "free energy of ATP [kJ/mol] (default 50)", 50.0)),
        (("--sides", "coupling ion outside/inside [mM]", ""), ("--ph", "pH outside/inside, instead of --sides", "")),
    ),
    System(
        "pump-leak",
        pump_leak,
        "the pump–leak cell of the atlas at rest, or after a time with a part of its pumps",
        (
            Option("--pump", "FRACTION", ranges.FRACTION, "active part of the pumps (default 1)", 1.0),
            Option("--time", "S", ranges.DURATION, "time from rest [s]; without it, the resting state", optional=True),
        ),
        temperature=False,
    ),
    System(
        "chloride",
        chloride,
        "steady chloride inside from NKCC1, KCC2 and leak; the sign of GABA",
        (
            Option("--nkcc1", "NS", ranges.CONDUCTANCE, "NKCC1 [nS]"),
            Option("--kcc2", "NS", ranges.CONDUCTANCE, "KCC2 [nS]"),
            Option("--leak", "NS", ranges.CONDUCTANCE, "Cl⁻ leak [nS]"),
            Option("--cl-out", "MM", ranges.CONCENTRATION, "Cl⁻ outside [mM] (default 140)", 140.0),
            Option("--v", "MV", ranges.VOLTAGE, "membrane potential [mV] (default −65)", -65.0),
        ),
        (("--na", "Na⁺ outside/inside [mM]", "145/12"), ("--k", "K⁺ outside/inside [mM]", "5/140")),
    ),
    System(
        "ischaemia",
        ischaemia,
        "the neurone of the atlas in tissue after a time without oxygen",
        (
            Option("--time", "S", ranges.DURATION, "time [s] (default 600)", 600.0),
            Option(
                "--space", "FRACTION", ranges.FRACTION_INSIDE, "extracellular part of the tissue (default 0.2)", 0.2
            ),
            Option("--atp-time", "S", ranges.DURATION, "decay time of ATP [s] (default 120)", 120.0),
        ),
        temperature=False,
    ),
    System(
        "axon",
        axon,
        "action potential of the squid axon (Hodgkin & Huxley)",
        (
            Option("--current", "UA_PER_CM2", ranges.STIMULUS, "current [µA/cm²]"),
            Option(
                "--stimulus", "MS", ranges.DURATION, "length of the current [ms]; without it, it lasts", optional=True
            ),
            Option("--duration", "MS", ranges.DURATION, "duration [ms] (default 20)", 20.0),
            Option("--g-na", "MS_PER_CM2", ranges.DENSITY, "largest Na⁺ conductance [mS/cm²] (default 120)", 120.0),
            Option("--temperature", "C", ranges.TEMPERATURE, "temperature [°C] (default 6.3)", 6.3),
        ),
        temperature=False,
    ),
    System(
        "membrane",
        membrane,
        "fraction of the ions of a cell that change its voltage",
        (
            Option("--radius", "UM", ranges.RADIUS, "radius of the cell [µm]"),
            Option("--change", "MV", ranges.VOLTAGE, "change of the voltage [mV]"),
            Option("--bulk", "MM", ranges.CONCENTRATION, "ions inside [mM]"),
        ),
        temperature=False,
    ),
    System(
        "substitution",
        substitution,
        "permeability ratio of a barrier difference, and the shift when X replaces the reference ion",
        (
            Option("--energy", "KJ_PER_MOL", ranges.BARRIER, "ΔΔG of X relative to the reference ion [kJ/mol]"),
            Option("--ref-out", "MM", ranges.CONCENTRATION, "reference ion outside before [mM]"),
            Option("--x-out", "MM", ranges.CONCENTRATION, "X outside after [mM]"),
        ),
    ),
    System(
        "davies",
        davies,
        "effect of activities on E between two salts of monovalent ions, by the Davies equation",
        (
            Option("--out", "MM", ranges.CONCENTRATION, "salt outside [mM]"),
            Option("--inside", "MM", ranges.CONCENTRATION, "salt inside [mM]"),
        ),
    ),
    System(
        "conductor",
        conductor,
        "conductivity of a solid with one mobile ion",
        (
            Option("--diffusion", "UM2_PER_S", ranges.DIFFUSION, "diffusion coefficient [µm²/s]"),
            Option("--concentration", "MM", ranges.SOLID_CONCENTRATION, "mobile ions [mM]"),
            Option("--charge", "E", ranges.MEAN_CHARGE, "charge number"),
        ),
    ),
)
