"""The page of constants: every constant that decides an answer, its reason, and what halving and doubling it does."""

from __future__ import annotations

import math
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from reversal.calibration.constant_answers import Answer, answers
from reversal.calibration.constant_effects import Effect, effect_of
from reversal.calibration.constant_tables import TABLES, Constant, constants_of
from reversal.calibration.page import made_with, table, write_page
from reversal.steps.rerun_digest import digest_of_script

PAGE = Path("docs/reference/constants.md")
HEAD = """# Constants

Every constant that enters an interval or decides an answer, by room. Limits that users may change are not here but in
`config/README.md`. Kinds:

- physics: a law, a property of matter, or mathematics
- rig: a property of amplifiers, filters and digitisers
- numerics: a tolerance or a grid; answers depend on it little or not at all
- decision: chosen; answers depend on it

A reason that starts with "chosen" or "tuned" has no source but the judgement of the authors; "derived" gives the
calculation.

The last two columns show the effect of halving and doubling the constant alone on simulated recordings and membrane
tests (`measure`), on simulated cells in series of baths (`fit`), or on both (`statistics`). Counts stay whole and at
least 1. The effect is the fraction of answers in which any number or finding changes; the largest shift of a value
(E_rev, R_s or log ratio) in half-widths of its interval; the median width, relative to before, of the intervals that
change; and the change of the coverage in percentage points, which is uncertain by several points with so few answers.
"none" means that no answer changes in this simulation: the constant acts in rarer cases. "fails" gives the fraction
of answers for which the changed value has no meaning to the code."""


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
    effects = (said(effect_of(constant, factor, unchanged(module))) for factor in (0.5, 2.0))
    return (f"`{name}`", written(constant), because.unit, because.kind.value, because.reason, *effects)


@cache
def unchanged(module: str) -> tuple[Answer, ...]:
    """Answers with every constant as it is."""
    return tuple(answers(module))


def written(constant: Constant) -> str:
    """Value of a constant as the page shows it."""
    value = constant.value
    return ", ".join(f"{v:g}" for v in value) if isinstance(value, tuple) else f"{value:g}"


def said(effect: Effect) -> str:
    """An effect as the page shows it."""
    if effect.changed == 0:
        return "none"
    parts = [f"{100 * effect.changed:.0f} % change"]
    if effect.failed:
        parts.append(f"{100 * effect.failed:.0f} % fails")
    if math.isfinite(effect.shift):
        parts.append(f"shift ≤ {effect.shift:.2g}")
    if math.isfinite(effect.width):
        parts.append(f"width × {effect.width:.2f}")
    if math.isfinite(effect.coverage):
        parts.append(f"coverage {effect.coverage:+.1f}")
    return ", ".join(parts)
