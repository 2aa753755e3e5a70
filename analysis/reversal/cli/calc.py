"""The command ``reversal calc``: one question of electrochemistry, answered with units, as text or JSON.

Ions are named as in the ion table; concentrations are outside/inside in mM. No temperature is assumed.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reversal.errors import Refusal


@dataclass(frozen=True, slots=True)
class Result:
    """One number of an answer; value None = there is none, and ``remark`` says why."""

    name: str
    value: float | None
    unit: str
    remark: str = ""


class QuestionRefused(Refusal):
    """A question that cannot be read."""


def add_calc(subparsers: Any) -> None:
    """Add ``calc`` and its questions to the subcommands of ``reversal``."""
    calc = subparsers.add_parser("calc", help="answer one question: nernst, ghk, ljp, donnan, transporter, …")
    questions = calc.add_subparsers(required=True, metavar="QUESTION")

    nernst = _question(questions, "nernst", _nernst, "equilibrium potential of an ion")
    nernst.add_argument("ion", help="ion of the table, such as K, Ca or Cl")
    _sides(nernst)
    nernst.add_argument("--v", type=float, metavar="MV", help="membrane potential [mV]: adds the driving force")

    ghk = _question(questions, "ghk", _ghk, "reversal potential of several ions")
    ghk.add_argument("ions", nargs="+", metavar="ION=OUT/IN:P", help="such as K=5/140:1 Na=145/15:0.04")

    current = _question(questions, "current", _current, "GHK current of one ion")
    current.add_argument("ion")
    _sides(current)
    current.add_argument("--v", type=float, required=True, metavar="MV", help="membrane potential [mV]")
    current.add_argument("--p", type=float, required=True, metavar="UM3_PER_S", help="permeability × area [µm³/s]")

    ljp = _question(questions, "ljp", _ljp, "liquid junction potential, bath minus pipette")
    ljp.add_argument("--bath", nargs="+", required=True, metavar="ION=MM", help="such as Na=145 Cl=145")
    ljp.add_argument("--pipette", nargs="+", required=True, metavar="ION=MM")

    donnan = _question(questions, "donnan", _donnan, "Donnan equilibrium with an impermeant charge inside")
    donnan.add_argument("--outside", nargs="+", required=True, metavar="ION=MM", help="permeant ions, electroneutral")
    donnan.add_argument("--impermeant", type=float, required=True, metavar="MM", help="solute that cannot leave [mM]")
    donnan.add_argument("--charge", type=float, default=-1.0, help="its mean charge (default −1)")

    transporter = _question(questions, "transporter", _transporter, "reversal, free energy and direction of a cycle")
    transporter.add_argument("cycle", help="NCX, NKCC1, KCC2, NBCe1, NHE, SGLT1, GAT1 … or '3 Na+ in, 1 Ca^2+ out'")
    transporter.add_argument("species", nargs="+", metavar="SPECIES=OUT/IN", help="such as Na=145/10 Ca=2/0.0001")
    transporter.add_argument("--v", type=float, metavar="MV", help="membrane potential [mV]: adds the free energy")

    bi_ionic = _question(questions, "bi-ionic", _bi_ionic, "permeability ratio, X outside and the reference inside")
    bi_ionic.add_argument("--e-rev", type=float, required=True, metavar="MV", help="corrected for the junction [mV]")
    bi_ionic.add_argument("--out", type=float, required=True, metavar="MM", help="X outside [mM]")
    bi_ionic.add_argument("--in", dest="inside", type=float, required=True, metavar="MM", help="reference inside [mM]")
    bi_ionic.add_argument("--divalent", action="store_true", help="X is a divalent cation")

    shift = _question(questions, "shift", _shift, "permeability ratio from the shift of E_rev on substitution")
    shift.add_argument("--shift", type=float, required=True, metavar="MV", help="E_X − E_ref, both corrected [mV]")
    shift.add_argument("--ref-out", type=float, required=True, metavar="MM", help="reference outside, before [mM]")
    shift.add_argument("--x-out", type=float, required=True, metavar="MM", help="X outside, after [mM]")

    energy = _question(questions, "selectivity", _selectivity, "free energy of a permeability ratio")
    energy.add_argument("--ratio", type=float, required=True, help="P_X/P_ref")

    activity = _question(questions, "activity", _activity, "single-ion activity coefficients of a solution")
    activity.add_argument("ions", nargs="+", metavar="ION=MM", help="such as Na=145 K=5 Cl=150")
    activity.add_argument("--convention", choices=["guggenheim", "macinnes"], default="guggenheim")

    debye = _question(questions, "debye", _debye, "Debye length and surface potential")
    debye.add_argument("--salt", type=float, required=True, metavar="M", help="1:1 salt [mol/L]")
    debye.add_argument("--charge", type=float, metavar="C_PER_M2", help="surface charge [C/m²]: adds the potential")

    pump = _question(questions, "pump", _pump, "Na⁺/K⁺ pump that holds a sodium leak", temperature=False)
    pump.add_argument("--na-leak", type=float, required=True, metavar="PA", help="sodium leak, inward < 0 [pA]")
    pump.add_argument("--g", type=float, metavar="NS", help="leak conductance [nS]: adds the electrogenic offset")


def _question(
    questions: Any,
    name: str,
    answer: Callable[[argparse.Namespace], list[Result]],
    words: str,
    temperature: bool = True,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = questions.add_parser(name, help=words, description=words)
    if temperature:
        parser.add_argument("-t", "--temperature", type=float, required=True, metavar="C", help="[°C]; none is assumed")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=_run, question=name, answer=answer)
    return parser


def _sides(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=float, required=True, metavar="MM", help="outside [mM]")
    parser.add_argument("--in", dest="inside", type=float, required=True, metavar="MM", help="inside [mM]")


def _run(options: argparse.Namespace) -> int:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        results = options.answer(options)
    notes = list(dict.fromkeys(str(one.message) for one in caught))
    print(_as_json(options, results, notes) if options.json else _as_text(results, notes))
    return 0


def _as_text(results: list[Result], notes: list[str]) -> str:
    width = max(len(result.name) for result in results)
    lines = [f"{result.name:<{width}}  {_shown(result)}" for result in results]
    return "\n".join([*lines, *(f"note: {note}" for note in notes)])


def _shown(result: Result) -> str:
    if result.value is None:
        return f"none: {result.remark}"
    number = f"{result.value:.5g} {result.unit}".rstrip()
    return f"{number}  ({result.remark})" if result.remark else number


def _as_json(options: argparse.Namespace, results: list[Result], notes: list[str]) -> str:
    inputs = {
        k: v for k, v in vars(options).items() if k not in {"run", "answer", "question", "json"} and v is not None
    }
    document = {
        "question": options.question,
        "inputs": inputs,
        "results": [{"name": one.name, "value": one.value, "unit": one.unit, "remark": one.remark} for one in results],
        "notes": notes,
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)


def _nernst(options: argparse.Namespace) -> list[Result]:
    from reversal.atlas.systems.driving import current_direction, driving_force_mV, ion_flux_direction
    from reversal.physics.nernst import nernst_mV

    ion = _ion(options.ion)
    e = float(nernst_mV(options.out, options.inside, ion.z, options.temperature))
    results = [Result(f"E_{ion.name}", e, "mV")]
    if options.v is not None:
        current = current_direction(options.v, e)
        flux = ion_flux_direction(options.v, e, ion.z)
        remark = f"current {current}, ion {flux}"
        results.append(Result("V − E", float(driving_force_mV(options.v, e)), "mV", remark))
    return results


def _ghk(options: argparse.Namespace) -> list[Result]:
    from reversal.physics.ghk import ghk_voltage_mV

    named = [_ion_sides_and_p(text) for text in options.ions]
    ions, out, inside, p = zip(*named, strict=True)
    e = ghk_voltage_mV(p, out, inside, [ion.z for ion in ions], options.temperature)
    return [Result("E_rev", float(e), "mV")]


def _current(options: argparse.Namespace) -> list[Result]:
    from reversal.atlas.systems.slope_conductance import ghk_slope_conductance_nS
    from reversal.physics.ghk import ghk_current

    question = (options.v, options.p, options.out, options.inside, _ion(options.ion).z, options.temperature)
    return [
        Result("I", float(ghk_current(*question)), "pA", "outward positive"),
        Result("dI/dV", float(ghk_slope_conductance_nS(*question)), "nS"),
    ]


def _ljp(options: argparse.Namespace) -> list[Result]:
    from reversal.physics.junctions import henderson_mV
    from reversal.physics.planck import steady_junction

    bath, pipette = _amounts(options.bath), _amounts(options.pipette)
    ions = {ion.name: ion for ion in [*(one for one, _ in bath.values()), *(one for one, _ in pipette.values())]}
    in_bath, in_pipette = ([side[name][1] if name in side else 0.0 for name in ions] for side in (bath, pipette))
    z, u = [ion.z for ion in ions.values()], [ion.mobility for ion in ions.values()]
    henderson = float(henderson_mV(in_bath, in_pipette, z, u, options.temperature))
    nernst_planck = steady_junction(in_bath, in_pipette, z, u, options.temperature).junction_mV
    return [
        Result("V_L Henderson", henderson, "mV", "bath minus pipette"),
        Result("V_L Nernst–Planck", nernst_planck, "mV", "bath minus pipette"),
        Result("model error", nernst_planck - henderson, "mV", "Nernst–Planck minus Henderson"),
        Result("whole cell: add", -henderson, "mV", "to the command, if the amplifier was zeroed in this bath"),
    ]


def _donnan(options: argparse.Namespace) -> list[Result]:
    from reversal.atlas.systems.donnan import donnan, osmotic_pressure_kPa

    outside = _amounts(options.outside)
    found = donnan(
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


def _transporter(options: argparse.Namespace) -> list[Result]:
    from reversal.atlas.systems.transporters import NAMED, free_energy_kJ_per_mol, mode, reversal_mV, stoichiometry

    named = {name.casefold(): cycle for name, cycle in NAMED.items()}
    cycle = named.get(options.cycle.casefold()) or stoichiometry(options.cycle)
    sides = dict(_species(text) for text in options.species)
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


def _bi_ionic(options: argparse.Namespace) -> list[Result]:
    from reversal.atlas.systems.bi_ionic import bi_ionic_ratio, divalent_ratio

    formula = divalent_ratio if options.divalent else bi_ionic_ratio
    return [Result("P_X/P_ref", float(formula(options.e_rev, options.out, options.inside, options.temperature)), "")]


def _shift(options: argparse.Namespace) -> list[Result]:
    from reversal.physics.substitution import substitution_ratio

    ratio = float(substitution_ratio(options.shift, options.ref_out, options.x_out, options.temperature))
    return [Result("P_X/P_ref", ratio, "", "monovalent cations, inside unchanged")]


def _selectivity(options: argparse.Namespace) -> list[Result]:
    from reversal.physics.selectivity import selectivity_energy

    energy = selectivity_energy(options.ratio, options.temperature)
    return [Result("ΔΔG", float(energy.kJ_per_mol), "kJ/mol", energy.convention)]


def _activity(options: argparse.Namespace) -> list[Result]:
    from reversal.atlas.systems.activity_laws import ionic_strength_M
    from reversal.physics.pitzer import Convention, single_ion_gammas

    amounts = _amounts(options.ions)
    ions, c = [ion for ion, _ in amounts.values()], [amount for _, amount in amounts.values()]
    found = single_ion_gammas(ions, c, options.temperature, Convention[options.convention.upper()])
    strength = Result("ionic strength", float(ionic_strength_M(c, [ion.z for ion in ions])), "mol/L", found.convention)
    return [
        strength,
        *(
            Result(f"γ {ion.name}", float(gamma), "", f"activity {gamma * amount:.5g} mM")
            for ion, gamma, amount in zip(ions, found.gamma, c, strict=True)
        ),
    ]


def _debye(options: argparse.Namespace) -> list[Result]:
    from reversal.atlas.systems.membrane_charge import debye_length_nm, surface_potential_mV
    from reversal.physics.water import water_permittivity

    permittivity = float(water_permittivity(options.temperature))
    length = debye_length_nm(options.salt, permittivity, options.temperature)
    results = [Result("Debye length", float(length), "nm", f"relative permittivity {permittivity:.1f}")]
    if options.charge is not None:
        psi = surface_potential_mV(options.charge, options.salt, permittivity, options.temperature)
        results.append(Result("surface potential", float(psi), "mV", "the driving force V − E stays that of the bulk"))
    return results


def _pump(options: argparse.Namespace) -> list[Result]:
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


def _ion(name: str) -> Any:
    from reversal.experiment.ion_table import ion_table, known_ion

    return known_ion(name, ion_table())


def _amounts(texts: list[str]) -> dict[str, tuple[Any, float]]:
    """``ION=MM`` parts as name: (ion, amount)."""
    amounts: dict[str, tuple[Any, float]] = {}
    for text in texts:
        name, _, amount = text.partition("=")
        ion = _ion(name)
        if ion.name in amounts:
            raise QuestionRefused("an ion is named twice", found=text)
        amounts[ion.name] = (ion, _number(amount, text, "ION=MM, such as Na=145"))
    return amounts


def _species(text: str) -> tuple[str, tuple[float, float]]:
    return _sides_of(text, text, "SPECIES=OUT/IN, such as Na=145/10")


def _ion_sides_and_p(text: str) -> tuple[Any, float, float, float]:
    form = "ION=OUT/IN:P, such as Na=145/15:0.04"
    sides, _, p = text.partition(":")
    name, (out, inside) = _sides_of(sides, text, form)
    return _ion(name), out, inside, _number(p, text, form)


def _sides_of(part: str, whole: str, form: str) -> tuple[str, tuple[float, float]]:
    name, _, sides = part.partition("=")
    out, _, inside = sides.partition("/")
    return name, (_number(out, whole, form), _number(inside, whole, form))


def _number(text: str, whole: str, form: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise QuestionRefused("a part of the question cannot be read", found=whole, expected=form) from None
