"""The simulator imports no formula of the package, so that a wrong formula elsewhere gives a wrong result."""

from __future__ import annotations

import ast
from pathlib import Path

ALLOWED = {"reversal.simulate", "reversal.tables", "reversal.errors", "reversal.arrays"}


def imported_modules(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add("." * node.level + node.module)
    return found


def test_simulator_imports_no_other_floor(root: Path) -> None:
    modules = sorted((root / "analysis" / "reversal" / "simulate").glob("*.py"))
    assert modules
    for path in modules:
        ours = {name for name in imported_modules(path) if name.startswith((".", "reversal"))}
        strangers = {name for name in ours if ".".join(name.split(".")[:2]) not in ALLOWED}
        assert not strangers, f"{path.name} imports {sorted(strangers)}"
