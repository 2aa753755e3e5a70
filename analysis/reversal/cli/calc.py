"""``reversal calc`` calculates one quantity of electrochemistry and prints it with its unit, as text or JSON.

Ions have the names of the ion table. Concentrations are given as outside/inside in mM. The temperature has no default.
"""

from __future__ import annotations

import argparse
import json
import warnings
from pathlib import Path
from typing import Any

from reversal.cli import calculations
from reversal.cli.calc_courses import COURSES
from reversal.cli.calc_systems import SYSTEMS, add_systems
from reversal.cli.calculations import Calculation, Result
from reversal.physics import ranges
from reversal.physics.ranges import Quantity

LIKELY_VOLTS = 0.2  # voltages of membranes are up to 0.2 V; given in volts, they would be this small in mV
ION_HELP = "ion of the ion table, such as K, Ca or Cl"


def add_calc(subparsers: Any) -> None:
    """Add ``calc`` and its calculations to the subcommands of ``reversal``."""
    calc = subparsers.add_parser("calc", help="calculate one quantity: nernst, ghk, ljp, donnan, transporter, …")
    parsers = calc.add_subparsers(required=True, metavar="CALCULATION")
    _add_nernst_and_ghk(parsers)
    _add_permeability_ratios(parsers)
    _add_solutions(parsers)
    _add_transport(parsers)
    add_systems((*SYSTEMS, *COURSES), parsers, _parser, _number)


def _add_nernst_and_ghk(parsers: Any) -> None:
    nernst = _parser(parsers, "nernst", calculations.nernst, "equilibrium potential of an ion")
    nernst.add_argument("ion", help=ION_HELP)
    _sides(nernst, ranges.CONCENTRATION)
    _number(
        nernst, "--v", "MV", ranges.VOLTAGE, "membrane potential [mV]; also print the driving force", required=False
    )

    ghk = _parser(parsers, "ghk", calculations.ghk, "GHK reversal potential of several ions")
    ghk.add_argument("ions", nargs="+", metavar="ION=OUT/IN:P", help="such as K=5/140:1 Na=145/15:0.04")

    current = _parser(parsers, "current", calculations.current, "GHK current of one ion")
    current.add_argument("ion", help=ION_HELP)
    _sides(current, ranges.CONCENTRATION_OR_0)
    _number(current, "--v", "MV", ranges.VOLTAGE, "membrane potential [mV]")
    _number(current, "--p", "UM3_PER_S", ranges.PERMEABILITY, "permeability × area [µm³/s]")


def _add_permeability_ratios(parsers: Any) -> None:
    bi_ionic = _parser(parsers, "bi-ionic", calculations.bi_ionic, "permeability ratio from a bi-ionic E_rev")
    _number(bi_ionic, "--e-rev", "MV", ranges.VOLTAGE, "reversal potential, corrected for the junction potential [mV]")
    _number(bi_ionic, "--out", "MM", ranges.CONCENTRATION, "ion X outside [mM]")
    _number(bi_ionic, "--in", "MM", ranges.CONCENTRATION, "reference ion inside [mM]", dest="inside")
    kind = bi_ionic.add_mutually_exclusive_group()
    kind.add_argument("--divalent", action="store_true", help="X is a divalent cation")
    kind.add_argument("--anion", action="store_true", help="both ions are monovalent anions")

    shift = _parser(parsers, "shift", calculations.shift, "permeability ratio from the shift of E_rev on substitution")
    _number(shift, "--shift", "MV", ranges.VOLTAGE, "E_X − E_ref, both corrected for the junction potential [mV]")
    _number(shift, "--ref-out", "MM", ranges.CONCENTRATION, "reference ion outside, before the substitution [mM]")
    _number(shift, "--x-out", "MM", ranges.CONCENTRATION, "ion X outside, after the substitution [mM]")

    shift.add_argument("--anion", action="store_true", help="both ions are monovalent anions")

    energy = _parser(parsers, "selectivity", calculations.selectivity, "free energy of a permeability ratio")
    _number(energy, "--ratio", "RATIO", ranges.RATIO, "P_X/P_ref")


def _add_solutions(parsers: Any) -> None:
    ljp = _parser(parsers, "ljp", calculations.ljp, "liquid junction potential, bath minus pipette")
    ljp.add_argument("--bath", nargs="+", required=True, metavar="ION=MM", help="such as Na=145 Cl=145 or NaCl=145")
    ljp.add_argument("--pipette", nargs="+", required=True, metavar="ION=MM", help="such as K=140 Cl=140")

    for side in ("bath", "pipette"):
        text = f"ion that balances the charge of the {side}; its concentration is computed"
        ljp.add_argument(f"--{side}-closed-by", metavar="ION", help=text)

    activity = _parser(parsers, "activity", calculations.activity, "single-ion activity coefficients of a solution")
    activity.add_argument("ions", nargs="+", metavar="ION=MM", help="such as Na=145 K=5 Cl=150")
    activity.add_argument(
        "--convention",
        choices=["guggenheim", "macinnes"],
        default="guggenheim",
        help="convention for single-ion activities (default %(default)s)",
    )

    debye = _parser(parsers, "debye", calculations.debye, "Debye length and surface potential")
    _number(debye, "--salt", "MOL_PER_L", ranges.SALT, "concentration of a 1:1 salt [mol/L]")
    _number(
        debye,
        "--charge",
        "C_PER_M2",
        ranges.SURFACE_CHARGE,
        "surface charge [C/m²]; also print its potential",
        required=False,
    )

    donnan = _parser(parsers, "donnan", calculations.donnan, "Donnan equilibrium with an impermeant charge inside")
    donnan.add_argument("--outside", nargs="+", required=True, metavar="ION=MM", help="permeant ions, electroneutral")
    _number(donnan, "--impermeant", "MM", ranges.CONCENTRATION_OR_0, "impermeant solute inside [mM]")
    _number(
        donnan,
        "--charge",
        "E",
        ranges.MEAN_CHARGE,
        "mean charge number of the solute (default −1)",
        required=False,
        default=-1.0,
    )


def _add_transport(parsers: Any) -> None:
    text = "reversal potential, free energy and direction of a transport cycle"
    transporter = _parser(parsers, "transporter", calculations.transporter, text)
    transporter.add_argument("cycle", help="NCX, NKCC1, KCC2, NBCe1, NHE, SGLT1, GAT1 … or '3 Na+ in, 1 Ca^2+ out'")
    transporter.add_argument("species", nargs="+", metavar="SPECIES=OUT/IN", help="such as Na=145/10 Ca=2/0.0001")
    _number(
        transporter, "--v", "MV", ranges.VOLTAGE, "membrane potential [mV]; also print the free energy", required=False
    )

    text = "current of the Na⁺/K⁺ pump that balances a sodium leak"
    pump = _parser(parsers, "pump", calculations.pump, text, temperature=False)
    _number(pump, "--na-leak", "PA", ranges.INWARD_CURRENT, "sodium leak current, inward, so below 0 [pA]")
    _number(
        pump,
        "--g",
        "NS",
        ranges.CONDUCTANCE_ABOVE_0,
        "leak conductance [nS]; also print the electrogenic offset",
        required=False,
    )


def _parser(
    parsers: Any, name: str, calculation: Calculation, description: str, *, temperature: bool = True
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = parsers.add_parser(name, help=description, description=description)
    parser.set_defaults(checks={})
    if temperature:
        _number(parser, "--temperature", "C", ranges.TEMPERATURE, "temperature [°C]; there is no default", short="-t")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--ions-table", type=Path, metavar="FILE", help="your own ion table, added to the built-in one")
    parser.set_defaults(run=_run, question=name, calculation=calculation)
    return parser


def _sides(parser: argparse.ArgumentParser, quantity: Quantity) -> None:
    _number(parser, "--out", "MM", quantity, "concentration outside [mM]")
    _number(parser, "--in", "MM", quantity, "concentration inside [mM]", dest="inside")


def _number(
    parser: argparse.ArgumentParser,
    name: str,
    unit: str,
    quantity: Quantity,
    text: str,
    *,
    required: bool = True,
    default: float | None = None,
    dest: str | None = None,
    short: str | None = None,
) -> None:
    """Add an option with a number, which is checked against the range of its quantity before the calculation."""
    dest = dest or name.removeprefix("--").replace("-", "_")
    names = [short, name] if short else [name]
    parser.add_argument(
        *names, dest=dest, type=calculations.number, required=required, default=default, metavar=unit, help=text
    )
    parser.get_default("checks")[dest] = (", ".join(names), quantity)


def _run(options: argparse.Namespace) -> int:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _check(options)
        results = options.calculation(options)
    notes = list(dict.fromkeys(str(one.message) for one in caught))
    print(_as_json(options, results, notes) if options.json else _as_text(results, notes))
    return 0


def _check(options: argparse.Namespace) -> None:
    """Refuse a number outside the range of its quantity, and warn about one that is likely in another unit."""
    from reversal.physics.domain import within

    for dest, (name, quantity) in options.checks.items():
        value = getattr(options, dest)
        if value is None:
            continue
        within(value, name, quantity)
        if quantity is ranges.VOLTAGE and 0 < abs(value) <= LIKELY_VOLTS:
            calculations.note(f"{name} is {value:g} mV. If it is in volts, write {1e3 * value:g}")


def _as_text(results: list[Result], notes: list[str]) -> str:
    width = max(len(result.name) for result in results)
    lines = [f"{result.name:<{width}}  {_value_text(result)}" for result in results]
    return "\n".join([*lines, *(f"note: {note}" for note in notes)])


def _value_text(result: Result) -> str:
    if result.value is None:
        return f"none: {result.remark}"
    number = f"{result.value:.5g} {result.unit}".rstrip()
    return f"{number}  ({result.remark})" if result.remark else number


def _as_json(options: argparse.Namespace, results: list[Result], notes: list[str]) -> str:
    inputs = {
        k: v
        for k, v in vars(options).items()
        if k not in {"run", "calculation", "question", "json", "checks", "ions_table", "further"} and v is not None
    }
    document = {
        "question": options.question,
        "inputs": inputs,
        "results": [{"name": one.name, "value": one.value, "unit": one.unit, "remark": one.remark} for one in results],
        "notes": notes,
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
