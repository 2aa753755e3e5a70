"""Writes the tutorial for notebooks, ``docs/notebook.ipynb``: runs its cells and stores what they give.

The cells run in this process, as those of a notebook do, one after another with the same names. No Jupyter is needed.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"

CELLS: tuple[tuple[str, str], ...] = (
    (
        "markdown",
        "# Reversal in a notebook\n\nOne recording, then the cells of a project. `pip install reversal pandas "
        "jupyter`; this page was written by `python docs/make_notebook.py`, and a test runs it.",
    ),
    (
        "code",
        "import os\nfrom pathlib import Path\n\nimport reversal\n\n"
        "# the folder of Reversal, also if the notebook was opened in docs/\n"
        'here = next(p for p in (Path.cwd(), *Path.cwd().parents) if (p / "examples").is_dir())\nos.chdir(here)',
    ),
    (
        "markdown",
        "## One recording\n\nThe file is made by the simulated rig: a potassium channel in 5 mM K⁺. With a recording "
        "of your own, write its path.",
    ),
    (
        "code",
        "import tempfile\n\nfrom reversal.simulate.rig import record\n"
        "from reversal.simulate.synthetic_night import planned_night\n"
        "from reversal.simulate.write_abf2 import write_abf2\n\n"
        "one = list(planned_night())[1]\n"
        "made = record(one.cell, one.amplifier, one.conditions, one.protocol, one.seed)\n"
        'path = Path(tempfile.mkdtemp()) / "one.abf"\n'
        "write_abf2(path, one.protocol, made.counts, one.amplifier, one.notes)\n\n"
        "recording = reversal.read(path)\n"
        "print(recording.format, len(recording.sweeps), recording.command.evidence)",
    ),
    (
        "code",
        "found = reversal.measure(\n    recording,\n"
        '    bath={"salts_mM": {"NaCl": 147, "KCl": 5, "CaCl2": 1.8, "MgCl2": 1}},\n'
        '    pipette={"salts_mM": {"K-gluconate": 118, "KCl": 22, "NaCl": 6, "MgCl2": 1}},\n'
        "    temperature_C=one.conditions.temperature_C,\n    rs_compensation=one.amplifier.rs_compensation,\n"
        "    seal_GOhm=1 / one.cell.leak_nS,\n)\n"
        'print(f"E_rev {found.e_rev_mV:.1f} mV", [round(limit, 1) for limit in found.interval_mV], found.status)\n'
        "for sentence in found.findings:\n    print(sentence)",
    ),
    (
        "code",
        'columns = ["v_membrane_mV", "i_pA", "bath", "temperature_C", "ion", "out_mM", "in_mM"]\n'
        "found.to_frame()[columns].round(1).head()",
    ),
    ("code", "found.figure()"),
    (
        "markdown",
        "## The cells of a project\n\nA project is its configuration. Its cells can be measured here as in a run, or "
        "the tables of the last run be read: `reversal.results()`.",
    ),
    (
        "code",
        'project = reversal.project("examples/potassium_leak/config.yaml")\nprint(project.cells)\n'
        'cell = project.cell("w1")\nprint(cell.recordings)\ntables = cell.measure()\nprint(*tables.names)',
    ),
    (
        "code",
        'columns = ["recording", "bath", "out_mM", "e_rev_mV", "ci_low_mV", "ci_high_mV", "status"]\n'
        'tables.to_frame("reversals")[columns].round(1)',
    ),
    (
        "code",
        'columns = ["ion", "reference", "ci_high", "bound", "n_baths"]\n'
        'tables.to_frame("permeabilities")[columns].round(4)',
    ),
    ("code", "reversal.series_figure(tables)"),
    ("code", 'print(tables.to_frame("answers")["sentence"].iloc[0])'),
    ("markdown", "A fault is a sentence with the place, what was found and what helps:"),
    ("code", 'try:\n    tables.to_frame("reversal")\nexcept Exception as fault:\n    print(fault)'),
)


def run_cells() -> list[dict[str, Any]]:
    """The cells of the notebook with their outputs."""
    names: dict[str, Any] = {"__name__": "__main__"}
    folder = Path.cwd()
    try:
        return [_cell(number, kind, text, names) for number, (kind, text) in enumerate(CELLS)]
    finally:
        os.chdir(folder)


def _cell(number: int, kind: str, text: str, names: dict[str, Any]) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": text}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": _outputs(text, names)}
    return cell


def _outputs(text: str, names: dict[str, Any]) -> list[dict[str, Any]]:
    """What a cell prints, and the value of its last line."""
    tree = ast.parse(text)
    last = ast.Expression(tree.body.pop().value) if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - text of this file
        value = None if last is None else eval(compile(last, "cell", "eval"), names)  # noqa: S307
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append({"output_type": "stream", "name": "stdout", "text": printed.getvalue()})
    if value is not None:
        svg = {"image/svg+xml": value.svg} if hasattr(value, "svg") else {}
        html = {"text/html": value.to_html()} if hasattr(value, "to_html") else {}
        data = {**svg, **html, "text/plain": "a figure" if svg else repr(value)}
        outputs.append({"output_type": "execute_result", "execution_count": None, "metadata": {}, "data": data})
    return outputs


def document(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """The notebook in the format 4.5 of Jupyter."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def main() -> None:
    """Write the notebook."""
    text = json.dumps(document(run_cells()), ensure_ascii=False, indent=1) + "\n"
    NOTEBOOK.write_text(text, encoding="utf-8")
    print(NOTEBOOK.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
