"""The page of constants: every constant that decides an answer, its reason, and what halving and doubling it does."""

from __future__ import annotations

import math
from pathlib import Path

from reversal.calibration.constant_effects import Answers, Effect, answers, effect_of
from reversal.calibration.page import made_with, table, write_page
from reversal.constant import Constant, constant_tables, constants_of
from reversal.steps.rerun_digest import digest_of_script

PAGE = Path("docs/reference/constants.md")
HEAD = """# Constants

Every constant that enters an interval or decides an answer, by room. Limits that users may change are not here but in
`config/README.md`. Kinds:

- physics: a law or a property of matter
- rig: a property of amplifiers, filters and digitisers
- numerics: a tolerance or a grid; the answer does not depend on it
- decision: chosen; the answer depends on it

The last two columns show the effect of halving and doubling the constant on simulated recordings (measure, statistics)
or series of baths (fit): the fraction of answers in which value, interval or findings change; the largest shift of a
value in half-widths of its interval; the median width of the interval relative to before; the change of the coverage
in percentage points. "none" means that no answer changed in this simulation: the constant acts in rarer cases.
"""


def write() -> str:
    """Write the page; returns what was written."""
    before: dict[str, Answers] = {}
    lines = [*HEAD.splitlines(), "", made_with("constants", digest_of_script(Path(__file__))), ""]
    for module in constant_tables():
        constants = list(constants_of(module))
        floor = "fit" if ".fit." in module.__name__ else "measure"
        before.setdefault(floor, answers(module.__name__))
        lines += [f"## `{module.__name__.replace('.', '/')}.py`", ""]
        lines += table(
            ("name", "value", "unit", "kind", "reason", "halved", "doubled"),
            [_row(constant, before[floor]) for constant in constants],
        )
        lines.append("")
        print(f"{module.__name__}: {len(constants)} constants", flush=True)
    write_page(PAGE, lines[:-1])
    return f"{PAGE}: {sum(line.startswith('| `') for line in lines)} constants"


def _row(constant: Constant, before: Answers) -> tuple[str, ...]:
    because = constant.because
    effects = (_said(effect_of(constant, factor, before)) for factor in (0.5, 2.0))
    return (f"`{constant.name}`", _written(constant.value), because.unit, because.kind.value, because.reason, *effects)


def _written(value: object) -> str:
    return ", ".join(f"{v:g}" for v in value) if isinstance(value, tuple) else f"{value:g}"


def _said(effect: Effect) -> str:
    if effect.changed == 0:
        return "none"
    parts = [f"{100 * effect.changed:.0f} % change"]
    if math.isfinite(effect.shift):
        parts.append(f"shift ≤ {effect.shift:.2g}")
    if math.isfinite(effect.width):
        parts.append(f"width × {effect.width:.2f}")
    if math.isfinite(effect.coverage):
        parts.append(f"coverage {effect.coverage:+.1f}")
    return ", ".join(parts)
