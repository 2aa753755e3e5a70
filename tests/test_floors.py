"""The floors: a floor imports only from those below it, and the contract would notice if one did."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

# libraries whose import is slow; no floor may need them just to be imported
HEAVY = ["pandas", "scipy.optimize", "neo", "pyabf", "pynwb", "statsmodels", "matplotlib.pyplot", "lmfit", "myokit"]


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = (
        "import sys; from importlinter.cli import lint_imports_command as c; sys.path[:0] = ['.', 'analysis']; c()"
    )
    command = [sys.executable, "-c", program, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_floors_import_downward_only(root: Path) -> None:
    result = _lint(root)
    assert result.returncode == 0, result.stdout


def test_an_upward_import_is_noticed_by_name(root: Path, tmp_path: Path) -> None:
    """Plant an import of `measure` in `physics` in a copy of the contract and see it named."""
    contract = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ][0]
    package = tmp_path / "reversal"
    for layer in (name.strip() for floor in contract["layers"] for name in floor.split("|")):
        (package / layer.removeprefix("reversal.")).mkdir(parents=True)
        (package / layer.removeprefix("reversal.") / "__init__.py").write_text("", encoding="utf-8")
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "physics" / "__init__.py").write_text("import reversal.measure\n", encoding="utf-8")
    names = ", ".join(f'"{layer}"' for layer in contract["layers"])
    text = f"""
        [tool.importlinter]
        root_package = "reversal"
        [[tool.importlinter.contracts]]
        name = "floors"
        type = "layers"
        layers = [{names}]
    """
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    result = _lint(tmp_path)
    assert result.returncode != 0
    assert "reversal.physics is not allowed to import reversal.measure" in result.stdout


@pytest.mark.parametrize(
    "module",
    [
        "reversal.measure.measure_cell",
        "reversal.fit.fit_cell",
        "reversal.steps",
        "reversal.recordings.read_recording",
        "reversal.cli.main",
    ],
)
def test_import_is_lean(module: str) -> None:
    program = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
