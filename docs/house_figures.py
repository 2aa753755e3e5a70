"""Print the figures of the house: sizes of functions, documentation, types, rooms and the arrows between them."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "analysis" / "reversal"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> None:
    """Print every figure on a line of its own."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
    functions = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, Function)]
    lengths = sorted((node.end_lineno or 0) - node.lineno + 1 for node in functions)
    longest = max(functions, key=lambda node: (node.end_lineno or 0) - node.lineno)
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in trees)
    print(f"modules {len(trees)}, lines {lines}, functions {len(functions)}")
    print(
        f"lines of a function: median {statistics.median(lengths):.0f}, 90 % {lengths[int(0.9 * len(lengths))]}, "
        f"longest {lengths[-1]} ({longest.name})"
    )
    print(f"functions with a return type: {_percent([f.returns is not None for f in functions])}")
    public = [node for tree in trees.values() for node in _public(tree)]
    print(f"public names with a docstring: {_percent([ast.get_docstring(node) is not None for node in public])}")
    sizes = sorted((len(path.read_text(encoding="utf-8").splitlines()), path) for path in trees)
    print(f"longest module: {sizes[-1][0]} lines ({sizes[-1][1].relative_to(PACKAGE)})")
    imports = {path: set(_imports(tree)) for path, tree in trees.items()}
    for floor in ("measure", "recordings", "fit", "report"):
        rooms, arrows = _graph(floor, imports)
        print(f"{floor}: {len(rooms)} rooms at its top level, {len(arrows)} arrows between them")


def _percent(answers: list[bool]) -> str:
    return f"{100 * sum(answers) / len(answers):.1f} % of {len(answers)}"


def _public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Public functions and classes of a module, and public methods of its public classes."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (m for m in node.body if isinstance(m, Function) and not m.name.startswith("_"))


def _imports(tree: ast.Module) -> Iterator[str]:
    """Dotted names of the package that a module imports, in any form and place."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("reversal"):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("reversal"))


def _graph(floor: str, imports: dict[Path, set[str]]) -> tuple[set[str], set[tuple[str, str]]]:
    """Rooms of a floor (its folders, and its modules outside them) and the imports between different rooms."""
    folder = PACKAGE / floor
    rooms = {p.stem if p.suffix == ".py" else p.name for p in folder.iterdir() if p.name[0] not in "_."}
    rooms = {room for room in rooms if (folder / f"{room}.py").exists() or (folder / room / "__init__.py").exists()}
    arrows = set()
    for path, names in imports.items():
        if path.is_relative_to(folder) and path.stem != "__init__":
            here = path.relative_to(folder).parts[0].removesuffix(".py")
            targets = {name.split(".")[2] for name in names if name.startswith(f"reversal.{floor}.")}
            arrows |= {(here, there) for there in targets & rooms if there != here}
    return rooms, arrows


if __name__ == "__main__":
    main()
