"""The structure of the package: imports run downward without circles, and every name means one thing."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

# slow libraries, which no module may import when it is imported itself
HEAVY = [
    "pandas",
    "scipy.optimize",
    "neo",
    "pyabf",
    "pynwb",
    "statsmodels",
    "matplotlib.pyplot",
    "lmfit",
    "myokit",
    "flask",
    "waitress",
    "lxml",
]


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = (
        "import sys; from importlinter.cli import lint_imports_command as c; sys.path[:0] = ['.', 'analysis']; c()"
    )
    command = [sys.executable, "-c", program, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_floors_import_downward_only(root: Path) -> None:
    result = _lint(root)
    assert result.returncode == 0, result.stdout


def test_an_upward_import_is_reported(root: Path, tmp_path: Path) -> None:
    """A copy of the contract reports an import of `measure` in `physics`."""
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
        "reversal.review.review_server",
    ],
)
def test_import_is_lean(module: str) -> None:
    program = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def _modules(root: Path) -> dict[str, Path]:
    """File of every module of the package, by its full name."""
    source = root / "analysis"
    files = sorted((source / "reversal").rglob("*.py"))
    return {".".join(file.relative_to(source).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def _imports(file: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    """Modules of the package that a file imports, also inside functions and for type checking."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [node.module]
        else:
            continue
        yield from (name for name in names if name in modules and modules[name].name != "__init__.py")


def _graph(root: Path) -> dict[str, set[str]]:
    modules = _modules(root)
    return {name: set(_imports(file, modules)) for name, file in modules.items()}


def test_no_import_circles(root: Path) -> None:
    """Also no circle that is hidden by an import inside a function or for type checking."""
    graph, circles = _graph(root), []
    while True:
        try:
            list(graphlib.TopologicalSorter(graph).static_order())
        except graphlib.CycleError as error:
            circle = error.args[1]
            circles.append(set(circle))
            graph[circle[1]].discard(circle[0])
        else:
            break
    assert circles == []


def test_no_two_modules_have_the_same_name(root: Path) -> None:
    files = defaultdict(list)
    for name, file in _modules(root).items():
        if file.name != "__init__.py":
            files[file.stem].append(name)
    assert {stem for stem, names in files.items() if len(names) > 1} == set()


def test_no_two_public_classes_have_the_same_name(root: Path) -> None:
    places = defaultdict(list)
    for name, file in _modules(root).items():
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(name)
    assert {name for name, modules in places.items() if len(modules) > 1} == set()


def test_array_types_are_defined_once(root: Path) -> None:
    """``FloatArray`` and ``SampleArray`` are imported from ``reversal.arrays`` only."""
    for name, file in _modules(root).items():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and {"FloatArray", "SampleArray"} & {one.name for one in node.names}:
                assert node.module == "reversal.arrays", name
