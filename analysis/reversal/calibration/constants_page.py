"""The page of constants: every constant that decides an answer, its reason, and its effect if halved or doubled."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from reversal.calibration.constant_cases.case import Value
from reversal.calibration.constant_cases.without_effect import WITHOUT_EFFECT
from reversal.calibration.constant_cases_page import written_answer
from reversal.calibration.constant_effects import FACTORS, Effect, effect_of
from reversal.calibration.constant_tables import TABLES, Constant, constants_of
from reversal.calibration.page import made_with, table, write_page
from reversal.steps.rerun_digest import digest_of_script

PAGE = Path("docs/reference/constants.md")
HEAD = """# Constants

Every constant that enters an interval or decides an answer, by folder. Limits that users may change are in
`config/README.md`. Kinds:

- physics: a law, a property of matter, or mathematics
- rig: a property of amplifiers, filters and digitisers
- numerics: a tolerance or a grid; answers depend on it little or not at all
- decision: chosen; answers depend on it

A reason that starts with "chosen" or "tuned" is the judgement of the authors; "derived" gives the calculation.

The last two columns show the effect of halving and doubling the constant alone on the
[cases with known truth](constant_cases.md) that read it. Counts stay whole and at least 1. If a constant has several
values, each is changed alone, and the smallest effect is shown. The effect is the number of cases in which an answer
changes. For one of these cases, the answer that changes most is given with its value before and after. "fails" means
that the code cannot use the changed value. "none in any case" occurs for numerics, and for the constants of a reviewed
list, with the reason. The tests fail if a constant of another kind has no effect."""


def write() -> str:
    """Write the page; returns what was written."""
    tables = [(module.__name__, [one.name for one in constants_of(module)]) for module in TABLES]
    lines = [*HEAD.splitlines(), "", made_with("constants", digest_of_script(Path(__file__))), ""]
    with ProcessPoolExecutor() as pool:
        for module, names in tables:
            rows = list(pool.map(_row, [module] * len(names), names))
            lines += [f"## `{module.replace('.', '/')}.py`", ""]
            lines += [*table(("name", "value", "unit", "kind", "reason", "halved", "doubled"), rows), ""]
            print(f"{module}: {len(names)} constants", flush=True)
    write_page(PAGE, lines[:-1])
    return f"{PAGE}: {sum(len(names) for _, names in tables)} constants"


def _row(module: str, name: str) -> tuple[str, ...]:
    constant = next(
        one for table in TABLES if table.__name__ == module for one in constants_of(table) if one.name == name
    )
    because = constant.because
    effects = (said(effect_of(constant, factor), name, factor) for factor in FACTORS)
    return (f"`{name}`", written(constant), because.unit, because.kind.value, because.reason, *effects)


def written(constant: Constant) -> str:
    """Value of a constant as the page shows it."""
    value = constant.value
    return ", ".join(f"{v:g}" for v in value) if isinstance(value, tuple) else f"{value:g}"


def said(effect: Effect, name: str, factor: float) -> str:
    """An effect as the page shows it."""
    if not effect.changes:
        reviewed = WITHOUT_EFFECT.get(name)
        why = f": {reviewed.reason}" if reviewed is not None and factor in reviewed.factors else ""
        return f"none in any case{why}"
    most = effect.changes[0]
    return (
        f"{len(effect.changes)} of {effect.asked} cases; "
        f"`{most.case}` {most.answer} {_short(most.before)} → {_short(most.after)}"
    )


def _short(value: Value) -> str:
    return written_answer(value, 3)
