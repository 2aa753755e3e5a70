"""Constants that decide an answer stand in tables, each with unit, kind and reason."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from reversal.calibration.constant_tables import TABLES, Constant, constants_of
from reversal.constant import ConstantKind

CONSTANTS = [constant for table in TABLES for constant in constants_of(table)]
ROOMS = ("measure", "fit", "statistics", "recordings")
PLAIN = {0, 1, 2, 3, 4, -1, 0.5, 10, 60, 100, 1000, 1e-3}
"""Numbers that say what they are: counts, powers, halves, per cent, and unit prefixes."""
PUBLISHED = {
    ("charging_model.py", "bessel"): "Thomson (1959)",
    ("chi_square.py", "normal_deviate"): "Wilson & Hilferty (1931)",
    ("smooth_curve.py", "matern"): "Rasmussen & Williams (2006), ch. 4",
    ("student_t.py", "two_sided_95_by_series"): "Abramowitz & Stegun (1964), 26.7.5",
    ("nwb_series.py", "clamp_series"): "units of NWB: A and V",
    ("nwb_series.py", "telegraph_of"): "units of NWB: F and per cent",
    ("acq4.py", "_telegraph"): "units of acq4: F, ohm and per cent",
    ("intan_clamp.py", "_unpacked"): "units of Intan CLAMP: F and ohm",
    ("syncropatch.py", "read_syncropatch"): "units of the SyncroPatch: F and ohm",
    ("nwb_writer.py", "_response"): "units of NWB: F, ohm and per cent",
    ("reader.py", "read_axon"): "µs in a second",
    ("unpacked_size.py", "refuse_bombs"): "bytes in a GB",
    ("waveform.py", "epoch_name"): "letters of the alphabet",
    ("declared.py", "_by_sweep"): "levels that a message lists",
    ("inspection.py", "_header_lines"): "sweeps that a text lists",
    ("read_recording.py", "_read"): "bytes that a message shows",
}
"""Functions whose numbers are neither chosen nor tuned: coefficients of a published formula, units, texts."""
POSITIONS = {"PRIOR_ROWS"}
"""Rows of a matrix, not values."""
GUARD = 1e-6
"""Smaller numbers only keep a division or a logarithm defined."""
FORMATS = tuple(f"recordings/{place}" for place in ("axon/", "formats/", "files/", "dependencies.py"))
"""Modules of file formats: whole numbers there are offsets, sizes, codes and counts of a format, not choices."""
FACTS = {
    "CURRENT_TO_PA": "units",
    "VOLTAGE_TO_MV": "units",
    "TIME_TO_S": "units",
    "FIRST_VERSION_WITH_LONG_HEADER": "a version of a format",
    "LAYOUT_VERSION": "a version of a format",
    "LAST_VERSION_WITH_WISHED_RATE": "a version of a format",
    "SECONDS_BETWEEN": "times that are not known",
    "FRESH_FILE_S": "how long a copy waits",
    "SECOND_LOOK_S": "how long a copy waits",
    "MAX_LISTED_SWEEPS": "lines of a printed text",
    "MAX_LISTED_RUNS": "lines of a message",
    "BLOCK_SAMPLES": "samples that are read at once",
    "BYTES_IN_MEMORY": "samples that stay in memory",
    "HELD_BYTES": "samples that stay in memory",
    "PIECE_SAMPLES": "samples that are looked at at once",
    "OPEN_FILES": "files that stay open",
    "READABLE_LAYOUTS": "versions of a format",
    "PACKED": "how a file is packed; what is read from it is the same",
    "MOST_NUMBERS": "values of 16 bits",
    "LOOKED_AT": "samples that are looked at to pack them; what is read is the same",
    "NEXT_GAP": "halfway from one step of a converter to two, to pack samples; what is read is the same",
}
"""Constants of recordings outside the formats that choose nothing about a command, its evidence, or a current."""


def modules(root: Path) -> Iterator[Path]:
    for room in ROOMS:
        yield from (p for p in (root / "analysis/reversal" / room).rglob("*.py") if not p.stem.endswith("_constants"))


@pytest.mark.parametrize("constant", CONSTANTS, ids=lambda c: f"{c.module.rsplit('.', 1)[-1]}.{c.name}")
def test_a_constant_has_a_reason(constant: Constant) -> None:
    assert len(constant.because.reason.split()) >= 4
    assert constant.because.kind in ConstantKind
    unit = re.search(r"(?<!PER)_(mV|pA|ms|pF|nS|MOhm|Hz|C)$", constant.name)
    if unit:
        assert constant.because.unit == {"MOhm": "MΩ", "C": "°C"}.get(unit[1], unit[1])


def test_every_name_is_used_once() -> None:
    counted = Counter(constant.name for constant in CONSTANTS)
    assert [name for name, count in counted.items() if count > 1] == []


def test_no_constant_is_outside_the_tables(root: Path) -> None:
    outside = []
    for path in modules(root):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            parts = [part for target in targets if target is not None for part in ast.walk(target)]
            names = [t.id for t in parts if _is_constant_name(t) and t.id not in POSITIONS and t.id not in FACTS]
            value = getattr(node, "value", None)
            if names and value is not None and any(_chosen(number, path) for number in _numbers(value)):
                outside.append(f"{path.name}: {', '.join(names)}")
    assert outside == [], "give each a line in the *_constants.py of its room: name, unit, kind and reason"


def test_no_number_without_a_name_decides(root: Path) -> None:
    outside = []
    for path in modules(root):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and (path.name, function.name) not in PUBLISHED:
                function.decorator_list = []  # the size of a cache decides nothing
                outside += [
                    f"{path.name}: {function.name}: {number}"
                    for number in _numbers(function)
                    if number not in PLAIN and not 0 < abs(number) <= GUARD and _chosen(number, path)
                ]
    assert sorted(set(outside)) == []


def test_the_page_of_constants_lists_them_all(root: Path) -> None:
    page = (root / "docs" / "reference" / "constants.md").read_text(encoding="utf-8")
    for constant in CONSTANTS:
        assert f"| `{constant.name}` | {_written(constant.value)} |" in page, "run: make constants"


def _chosen(number: float, path: Path) -> bool:
    """Whether a number may be a choice: any number but a whole one in the module of a file format."""
    return not (isinstance(number, int) and any(folder in path.as_posix() for folder in FORMATS))


def _is_constant_name(target: object) -> bool:
    return isinstance(target, ast.Name) and re.fullmatch(r"[A-Z][A-Z0-9_]*(_[a-zA-Z]{1,4})?", target.id) is not None


def _numbers(node: ast.AST) -> Iterator[float]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, int | float) and not isinstance(part.value, bool):
            yield part.value


def _written(value: object) -> str:
    return ", ".join(f"{v:g}" for v in value) if isinstance(value, tuple) else f"{value:g}"


def test_every_table_is_listed(root: Path) -> None:
    files = {path.stem for path in (root / "analysis" / "reversal").rglob("*_constants.py")}
    assert {table.__name__.rsplit(".", 1)[-1] for table in TABLES} == files
