"""``reversal solutions`` prints what each recipe contains: ions, charge, osmolarity, activities, junctions."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reversal.errors import Refusal
from reversal.physics import ranges

CONFIG = Path("config/config.yaml")
MAX_PAIRS = 8  # of ions, in one line


def add_solutions(subparsers: Any) -> None:
    """Add ``solutions`` to the subcommands of ``reversal``."""
    solutions = subparsers.add_parser(
        "solutions",
        help="print what each recipe contains",
        description="Print the ions of each recipe with its charge balance, osmolarity and ionic strength; with a "
        "temperature, also activities and the junction potential against each pipette solution.",
    )
    solutions.add_argument("names", nargs="*", metavar="NAME", help="solutions (default: all)")
    solutions.add_argument("--config", type=Path, default=CONFIG, help="configuration (default %(default)s)")
    text = "temperature [°C]; there is no default"
    solutions.add_argument("-t", "--temperature", type=float, metavar="C", help=text)
    solutions.add_argument("--json", action="store_true", help="print the table as JSON")
    solutions.set_defaults(run=_solutions)


def _solutions(options: argparse.Namespace) -> int:
    from reversal.errors import nearest
    from reversal.experiment.examination import Examination
    from reversal.experiment.faults import all_in_one
    from reversal.experiment.project import read_configuration
    from reversal.physics.domain import within

    if options.temperature is not None:
        within(options.temperature, "-t", ranges.TEMPERATURE)
    examination = Examination(options.config)
    configuration, table = examination.configuration(read_configuration(options.config))
    solutions, faults = examination.solutions(configuration, table)
    if examination.refused:
        raise all_in_one(examination.refused)
    known = solutions or {}
    for name in options.names:
        if name not in known and name not in faults:
            remedy = nearest(name, [*known, *faults])
            raise Refusal(f"solution {name!r} is not in {configuration.solutions}", remedy=remedy)
    wanted = options.names or list(known)
    found = [contents(name, known, table, options.temperature) for name in wanted if name in known]
    wrong = {name: text for name, text in faults.items() if name in (options.names or faults)}
    if options.json:
        faults_of = [{"name": name, "fault": text} for name, text in wrong.items()]
        print(json.dumps([*(one.document() for one in found), *faults_of], ensure_ascii=False, indent=1))
        return 1 if wrong else 0
    print("\n\n".join("\n".join(one.lines()) for one in found))
    for text in wrong.values():
        print(f"{configuration.solutions}: {text}")
    return 1 if wrong else 0


@dataclass(frozen=True, slots=True)
class Contents:
    """What a solution contains.

    ions_mM : concentrations, with the charge of each ion in ``charges``
    charge_mM : net charge;  solutes_mM : ions and uncharged solutes, the osmolarity if they do not interact
    activities_mM, activity_warnings : None without a temperature, or if the equations are not valid
    junctions_mV : V_L against each pipette solution, bath minus pipette
    mobility_sd_mV : error of each V_L from mobilities that were estimated
    """

    name: str
    ions_mM: Mapping[str, float]
    charges: Mapping[str, int]
    free_mM: Mapping[str, float]
    charge_mM: float
    solutes_mM: float
    uncharged_mM: float
    strength_mM: float
    activities_mM: Mapping[str, float] | None
    remarks: tuple[str, ...]
    junctions_mV: Mapping[str, float]
    mobility_sd_mV: Mapping[str, float]
    temperature_C: float | None

    def lines(self) -> Iterator[str]:
        """Lines for the terminal."""
        yield self.name
        ions = ", ".join(f"{ion}{_charge(self.charges[ion])} {amount:.4g}" for ion, amount in self.ions_mM.items())
        yield f"  ions              {ions} mM"
        if self.free_mM:
            yield f"  free              {', '.join(f'{ion} {amount:.4g}' for ion, amount in self.free_mM.items())} mM"
        yield f"  net charge        {self.charge_mM:+.3g} mM"
        uncharged = f"{self.uncharged_mM:.4g} of it uncharged"
        yield f"  osmolarity        {self.solutes_mM:.4g} mOsm/L if solutes do not interact, {uncharged}"
        yield f"  ionic strength    {self.strength_mM:.4g} mM"
        at = "" if self.temperature_C is None else f" at {self.temperature_C:g} °C"
        if self.activities_mM is not None:
            activities = ", ".join(f"{ion} {value:.4g}" for ion, value in self.activities_mM.items())
            yield f"  activities        {activities} mM{at} (Pitzer, Guggenheim convention)"
        for pipette, value in self.junctions_mV.items():
            sd_mV = self.mobility_sd_mV[pipette]
            error = f" ± {sd_mV:.2f}" if sd_mV else ""
            text = f"V_L {value:+.2f}{error} mV against {pipette}{at} (Henderson, bath minus pipette)"
            yield f"  junction          {text}"
        yield from (f"  note              {remark}" for remark in self.remarks)

    def document(self) -> dict[str, object]:
        """The contents for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def contents(name: str, solutions: Mapping[str, Any], table: Any, temperature_C: float | None) -> Contents:
    """What a solution contains; activities and junctions if the temperature is given."""
    from reversal.experiment.activities import activities_of
    from reversal.experiment.declared_values import INSIDE_CATIONS
    from reversal.experiment.step_settings import IonFacts

    one = solutions[name]
    facts = {ion: IonFacts.of(table[ion]) for ion in one.ions_mM}
    activities: dict[str, float] | None = None
    remarks: tuple[str, ...] = ()
    estimated = [ion for ion in one.ions_mM if table[ion].mobility_error]
    if temperature_C is not None:
        try:
            computed = activities_of(one, facts, temperature_C)
            activities, remarks = dict(computed.by_ion_mM), tuple(_remarks(computed.warnings))
        except Refusal as refused:
            remarks = (f"no activities: {refused}",)
    if estimated:
        errors = ", ".join(f"{ion} {table[ion].mobility:g} ± {table[ion].mobility_error:g}" for ion in estimated)
        remarks = (*remarks, f"estimated mobilities, relative to K: {errors}")
    pipettes = {
        other: recipe
        for other, recipe in solutions.items()
        if other != name and sum(recipe.total_mM(ion) for ion in INSIDE_CATIONS) > recipe.total_mM("Na")
    }
    is_pipette = sum(one.total_mM(ion) for ion in INSIDE_CATIONS) > one.total_mM("Na")
    junctions = {}
    if temperature_C is not None and not is_pipette:
        junctions = {other: _junction_mV(one, recipe, table, temperature_C) for other, recipe in pipettes.items()}
    return Contents(
        name,
        dict(one.ions_mM),
        {ion: facts[ion].z for ion in one.ions_mM},
        dict(one.free_mM),
        sum(facts[ion].z * amount for ion, amount in one.ions_mM.items()),
        one.solutes_mM,
        one.uncharged_mM,
        0.5 * sum(facts[ion].z ** 2 * amount for ion, amount in one.ions_mM.items()),
        activities,
        tuple(remarks),
        {name: value for name, (value, _) in junctions.items()},
        {name: sd for name, (_, sd) in junctions.items()},
        temperature_C,
    )


def _remarks(warnings: Iterable[str]) -> Iterator[str]:
    """Each warning once; those about pairs of ions in one line."""
    start, end = "no Pitzer parameters for ", ": only the long-range part is used"
    once = list(dict.fromkeys(warnings))
    pairs = [text for text in once if text.startswith(start) and text.endswith(end)]
    yield from (text for text in once if text not in pairs)
    if pairs:
        names = [text.removeprefix(start).removesuffix(end) for text in pairs]
        more = f" and {len(names) - MAX_PAIRS} other pairs" if len(names) > MAX_PAIRS else ""
        yield f"{start}{', '.join(names[:MAX_PAIRS])}{more}{end}"


def _junction_mV(bath: Any, pipette: Any, table: Any, temperature_C: float) -> tuple[float, float]:
    """Junction potential and its error from mobilities that were estimated [mV]."""
    from reversal.physics.junctions import henderson_mV, mobility_sd_mV

    ions = [table[ion] for ion in sorted({*bath.ions_mM, *pipette.ions_mM})]
    in_bath, in_pipette = ([one.total_mM(ion.name) for ion in ions] for one in (bath, pipette))
    z, mobility = [ion.z for ion in ions], [ion.mobility for ion in ions]
    sd_mV = mobility_sd_mV(in_bath, in_pipette, z, mobility, [ion.mobility_error for ion in ions], temperature_C)
    return float(henderson_mV(in_bath, in_pipette, z, mobility, temperature_C)), sd_mV


def _charge(z: int) -> str:
    number = "" if abs(z) == 1 else str(abs(z)).translate(str.maketrans("234", "²³⁴"))
    return number + ("⁺" if z > 0 else "⁻")
