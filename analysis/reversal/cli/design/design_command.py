"""``reversal design`` prints the intervals to expect of a planned series, and the bath that narrows them most."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reversal.errors import Refusal, nearest
from reversal.physics import ranges

if TYPE_CHECKING:
    from reversal.cli.design.candidates import Candidate
    from reversal.cli.design.planned_series import PlannedSeries
    from reversal.cli.design.precision import Expected, Precision, RatioPrecision

CONFIG = Path("config/config.yaml")
DEFAULT_CELLS, MAX_CELLS = 5, 100
DEFAULT_RATIO = 0.02
MAX_NOISE_mV = 50.0
SHOWN = 3  # baths to add, for each quantity
GAIN = 0.9  # a bath that narrows no interval to this part of its width is not worth a recording
NUMBERS = (
    (("-t", "--temperature"), "C", "temperature [°C]"),
    (("--noise",), "MV", "standard error of one reversal potential, se_mV of your table `reversals` [mV]"),
)
NOT_INCLUDED = "Leaks, R_s errors that differ from bath to bath, and run-down are not in these intervals."


def add_design(subparsers: Any) -> None:
    """Add ``design`` to the subcommands of ``reversal``."""
    design = subparsers.add_parser(
        "design",
        help="the intervals to expect of a planned series of baths, and which bath to add",
        description="Print the intervals of permeability ratio and slope to expect of a planned series, the smallest "
        "ratio that it can resolve, and which bath to add. The recipes are those of the project.",
    )
    design.add_argument("baths", nargs="*", metavar="BATH", help="baths of the series (default: all baths)")
    design.add_argument("--config", type=Path, default=CONFIG, help="configuration (default %(default)s)")
    design.add_argument("--experiment", metavar="NAME", help="experiment (default: the only one)")
    design.add_argument("--pipette", metavar="NAME", help="pipette solution (default: the only one)")
    text = "solution in the cell, where the configuration needs it, for example perforated"
    design.add_argument("--inside", metavar="NAME", help=text)
    for names, unit, text in NUMBERS:
        text = f"{text}; there is no default"
        design.add_argument(*names, type=_number, metavar=unit, required=True, help=text)
    design.add_argument(
        "--cells", type=int, metavar="N", default=DEFAULT_CELLS, help="number of cells (default %(default)s)"
    )
    design.add_argument(
        "--ratio",
        action="append",
        default=[],
        metavar="ION=P",
        help=f"assumed ratio P_ION/P_reference (default {DEFAULT_RATIO:g} for each other permeant ion)",
    )
    design.add_argument("--json", action="store_true", help="print the result as JSON")
    design.set_defaults(run=_design)


def _design(options: argparse.Namespace) -> int:
    from reversal.cli.design.candidates import candidates
    from reversal.cli.design.precision import precision

    plan = plan_of(options)
    found = precision(plan)
    added = candidates(plan)
    print(_json(plan, found, added) if options.json else "\n".join(_lines(plan, found, added)))
    return 0


def _number(text: str) -> float:
    from reversal.cli.calculations import number

    return number(text)


def plan_of(options: argparse.Namespace) -> PlannedSeries:
    """The plan that the options state. Raises Refusal for what is not in the project or out of range."""
    from reversal.cli.design.planned_series import PlannedSeries
    from reversal.physics.domain import within

    within(options.temperature, "-t", ranges.TEMPERATURE)
    _check(0 < options.noise <= MAX_NOISE_mV, "--noise", options.noise, f"above 0 and at most {MAX_NOISE_mV:g} mV")
    _check(1 <= options.cells <= MAX_CELLS, "--cells", options.cells, f"1 to {MAX_CELLS}")
    configuration, recipes, table, warnings = _project(options)
    name = options.experiment or _only(list(configuration.experiments), "experiment", "--experiment")
    experiment = _known(name, configuration.experiments, "an experiment of the configuration")
    if experiment.configuration.needs_inside and options.inside is None:
        what = f"the solution in the cell, because the experiment has `configuration: {experiment.configuration.value}`"
        raise Refusal("a solution is missing", expected=what, remedy="Name it with --inside")
    baths, pipette = _sides(options, recipes, str(configuration.solutions))
    return PlannedSeries(
        name=name,
        experiment=experiment,
        solutions=recipes,
        ions=table,
        baths=tuple(baths),
        pipette=pipette,
        inside=options.inside,
        temperature_C=options.temperature,
        noise_mV=options.noise,
        cells=options.cells,
        p_ratios=_ratios(options.ratio, experiment, table),
        warnings=warnings,
    )


def _project(options: argparse.Namespace) -> tuple[Any, dict[str, Any], Any, tuple[str, ...]]:
    """Configuration, solutions, ion table, and warnings: a faulty solution that nobody named is left out.

    Raises Refusal for a fault of the configuration or of a named solution.
    """
    from reversal.experiment.examination import Examination
    from reversal.experiment.faults import all_in_one
    from reversal.experiment.project import read_configuration

    examination = Examination(options.config)
    configuration, table = examination.configuration(read_configuration(options.config))
    solutions, faults = examination.solutions(configuration, table)
    if examination.refused:
        raise all_in_one(examination.refused)
    recipes, file = solutions or {}, str(configuration.solutions)
    for name in (*options.baths, options.pipette, options.inside):
        if name in faults:
            raise Refusal(faults[name], file=file)
        if name:
            _known(name, recipes, f"a solution of {file}")
    all_named = options.baths and options.pipette
    warnings = tuple(f"left out: {file}: {fault}" for fault in dict.fromkeys(faults.values()) if not all_named)
    for warning in warnings:  # before a refusal of what is left
        print(f"Warning: {warning}", file=sys.stderr)
    return configuration, recipes, table, warnings


def _sides(options: argparse.Namespace, recipes: Mapping[str, Any], file: str) -> tuple[list[str], str]:
    """Names of the baths and of the pipette solution."""
    pipettes = [name for name in recipes if _is_pipette(recipes[name])]
    pipette = options.pipette or _only(pipettes, "pipette solution", "--pipette")
    baths = options.baths or [name for name in recipes if name not in (*pipettes, pipette, options.inside)]
    if not baths:
        raise Refusal("the project has no bath", file=file, remedy="Write the recipes of the series into it")
    repeated = [name for name in dict.fromkeys(baths) if baths.count(name) > 1]
    if repeated:
        raise Refusal("a bath is named twice", found=repeated[0], remedy="A repeat halves the variance: lower --noise")
    return baths, pipette


def _check(valid: bool, place: str, found: object, expected: str) -> None:
    if not valid:
        raise Refusal("a number is outside its range", place=place, found=found, expected=expected)


def _known(name: str, known: Mapping[str, Any], what: str) -> Any:
    if name not in known:
        raise Refusal("the name is not known", found=name, expected=what, remedy=nearest(name, known))
    return known[name]


def _only(names: list[str], what: str, option: str) -> str:
    if len(names) == 1:
        return names[0]
    found = ", ".join(names) if names else f"no {what}"
    raise Refusal(f"the {what} is not clear", found=found, remedy=f"Name it with {option}")


def _is_pipette(one: Any) -> bool:
    from reversal.experiment.declared_values import INSIDE_CATIONS

    return bool(sum(one.total_mM(ion) for ion in INSIDE_CATIONS) > one.total_mM("Na"))


def _ratios(texts: list[str], experiment: Any, table: Any) -> dict[str, float]:
    """Assumed ratios by ion; 1 for the reference."""
    from reversal.experiment.ion_table import known_ion

    free = [ion for ion in (*experiment.permeant, *experiment.divalents) if ion != experiment.reference]
    ratios = dict.fromkeys(free, DEFAULT_RATIO)
    for text in texts:
        name, _, value = text.partition("=")
        ion = known_ion(name, table).name
        if ion not in ratios:
            expected = ", ".join(free) or "none: only the reference is permeant"
            raise Refusal("the ion has no free ratio", found=ion, expected=expected)
        try:
            ratios[ion] = _number(value)
        except ValueError:
            raise Refusal("a ratio is not valid", found=text, expected="ION=P, such as Na=0.02") from None
        _check(0 <= ratios[ion] <= ranges.RATIO_OR_0.high, "--ratio", text, f"0 to {ranges.RATIO_OR_0.high:g}")
    return {experiment.reference: 1.0, **ratios}


def _lines(plan: PlannedSeries, found: Precision, added: list[Candidate]) -> Iterator[str]:
    """Lines for the terminal."""
    experiment, inside = plan.experiment, plan.inside or plan.pipette
    baths, cells = _counted(len(plan.baths), "bath"), _counted(plan.cells, "cell")
    yield f"{baths}, {inside} on the other side, {plan.temperature_C:g} °C, {cells}"
    own = f"{plan.noise_mV:g} mV of noise and {experiment.fitting.bath_sd_mV:g} mV between baths"
    yield f"errors of E_rev      {own}; {experiment.junction.sd_mV:g} mV of junction, shared by a cell"
    yield f"expected E_rev       {', '.join(f'{bath} {e:.1f}' for bath, e in found.e_rev_mV.items())} mV"
    for ratio in found.ratios:
        yield from _ratio_lines(ratio, plan)
    yield from _slope_lines(found, plan)
    yield from _candidate_lines(plan, found, added)
    yield NOT_INCLUDED


def _counted(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _ratio_lines(one: RatioPrecision, plan: PlannedSeries) -> Iterator[str]:
    name = f"P_{one.ion}/P_{plan.experiment.reference}"
    if one.reason is not None:
        yield f"{name:<20} no value: {one.reason}"
        return
    yield f"{name:<20} if it is {one.assumed:g}: {_shown(one.cell)} in one cell{_of_cohort(one.cohort, plan)}"
    yield f"{'':<20} {_resolved(one.smallest, one.cell)}"


def _resolved(smallest: float | None, cell: Expected) -> str:
    """From which ratio on one cell distinguishes it from 0. No such ratio is given if all or none are distinguished."""
    from reversal.fit.fit_constants import MIN_RESOLVABLE_RATIO

    if smallest is not None:
        return f"one cell distinguishes a ratio of {smallest:.2g} or more from 0"
    if cell.low is not None:
        return f"one cell distinguishes every ratio above {MIN_RESOLVABLE_RATIO:g} from 0"
    return "one cell distinguishes no ratio from 0"


def _slope_lines(found: Precision, plan: PlannedSeries) -> Iterator[str]:
    slope = found.slope
    if slope.cell.value is None or slope.nernst_mV is None:
        yield f"{'slope':<20} no value: {slope.reason}"
        return
    value = f"{slope.cell.value * slope.nernst_mV:.2f} mV per decade, {slope.cell.value:.3f} of the Nernst slope"
    yield f"{'slope':<20} {value}"
    yield f"{'':<20} ratio to Nernst {_shown(slope.cell)} in one cell{_of_cohort(slope.cohort, plan)}"
    if slope.decided is not None:
        margin = plan.experiment.equivalence_margin
        yield f"{'':<20} {100 * slope.decided:.0f} % of the cells give a verdict (within 1 ± {margin:g} or different)"


def _of_cohort(cohort: Expected | None, plan: PlannedSeries) -> str:
    if cohort is None:
        return "" if plan.cells == 1 else ", no mean over cells"
    return f", {_shown(cohort)} for the mean of {plan.cells} cells"


def _shown(one: Expected) -> str:
    if one.low is None:
        return "no limits" if one.high is None else f"below {one.high:.3g}"
    return f"above {one.low:.3g}" if one.high is None else f"{one.low:.3g} to {one.high:.3g}"


def _candidate_lines(plan: PlannedSeries, found: Precision, added: list[Candidate]) -> Iterator[str]:
    for ratio in found.ratios:
        name = f"P_{ratio.ion}/P_{plan.experiment.reference}"
        order = sorted(added, key=lambda one: _ratio_merit(one.ratios[ratio.ion]) if ratio.ion in one.ratios else NONE)
        better = [one for one in order if ratio.ion in one.ratios and _narrows(one.ratios[ratio.ion], ratio.cell)]
        yield f"bath to add for {name}:" if better else f"bath to add for {name}: none narrows its interval by a tenth"
        for one in better[:SHOWN]:
            interval = one.ratios[ratio.ion]
            yield f"  {_name(one)}: {_shown(interval)}; {_resolved(one.smallest[ratio.ion], interval)}; " + _e_rev(one)
    order = sorted(added, key=lambda one: one.slope.width)
    better = [one for one in order if one.slope.width < GAIN * found.slope.cell.width]
    yield "bath to add for the slope:" if better else "bath to add for the slope: none narrows its interval by a tenth"
    for one in better[:SHOWN]:
        yield f"  {_name(one)}: ratio to Nernst {_shown(one.slope)}; {_e_rev(one)}"


NONE = (float("inf"), float("inf"))


def _ratio_merit(one: Expected) -> tuple[float, float]:
    """The better the smaller: width of the logarithm, then the upper limit of a ratio that may be 0."""
    return one.log_width, float("inf") if one.high is None else one.high


def _narrows(with_it: Expected, without: Expected) -> bool:
    """Whether an interval is narrower by a tenth; of two that are open, whether its upper limit is lower."""
    if without.log_width < float("inf"):
        return with_it.log_width < GAIN * without.log_width
    if with_it.log_width < float("inf"):
        return True
    return with_it.high is not None and (without.high is None or with_it.high < GAIN * without.high)


def _e_rev(one: Candidate) -> str:
    return f"E_rev {one.e_rev_mV:.1f} mV"


def _name(one: Candidate) -> str:
    if one.made_from is None:
        return f"{one.name} of the project"
    return f"{one.made_from} with {', '.join(f'{ion} {mM:g}' for ion, mM in one.ions_mM.items())} mM"


def _json(plan: PlannedSeries, found: Precision, added: list[Candidate]) -> str:
    document = {
        "baths": plan.baths,
        "pipette": plan.pipette,
        "inside": plan.inside,
        "temperature_C": plan.temperature_C,
        "noise_mV": plan.noise_mV,
        "cells": plan.cells,
        "assumed": plan.p_ratios,
        **asdict(found),
        "baths_to_add": [asdict(one) for one in added],
        "warnings": plan.warnings,
        "notes": [NOT_INCLUDED],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
