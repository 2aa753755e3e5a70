"""Hash of the code that a step uses; the step runs again if and only if this code changes.

A step uses the modules of this package that its script imports, directly or through other modules, at any place in the
code; imports for type checkers do not count. A module or a template uses a data file of the package if it contains the
name of the file in quotes ("ions.tsv"), so no list has to be maintained.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
DATA_SUFFIXES = {".tsv", ".j2", ".typ", ".js"}
FOR_TYPE_CHECKERS = ("TYPE_CHECKING", "typing.TYPE_CHECKING")
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
SIMPLE = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Raise, ast.Import, ast.ImportFrom)


STEPS_OF_CELL = {
    "ingest": ("recordings/ingest_cell.py", "recordings/recording/store.py"),
    "measure": ("measure/measure_cell.py", "tables/results.py"),
    "fit": ("fit/fit_cell.py", "tables/results.py"),
    "report": ("report/cell/cell_report.py", "steps/night.py", "recordings/recording/store.py", "tables/results.py"),
}
"""Modules that do the work of each step of a cell."""
JOB_OF_STEP = {"report": "steps/report_cells.py"}
JOB_OF_TABLES = "steps/measure_cells.py"


@cache
def digest_of_script(script: Path) -> str:
    """Hash of all files of the package that a script uses; Snakemake checks the script itself."""
    return _digest(code_files(script), Path.read_bytes)


@cache
def digest_of_step(step: str) -> str:
    """Hash of all files of the package that one step of a cell uses, in a job that does several steps."""
    return _digest(files_of_step(step), Path.read_bytes)


def files_of_step(step: str) -> set[Path]:
    """Modules and data files of the package that one step of a cell uses, and the module that calls it."""
    modules = [PACKAGE / name for name in STEPS_OF_CELL[step]]
    job = PACKAGE / JOB_OF_STEP.get(step, JOB_OF_TABLES)
    return {job, *modules}.union(*(code_files(module) for module in modules))


def digest_of_code(files: Iterable[Path], wording: Collection[Path] = ()) -> str:
    """Hash of the statements in files of the package, without docstrings and comments.

    wording : modules that only hold sentences: their strings do not count either
    """
    return _digest(files, lambda path: _code_without_strings(path) if path in wording else _statements_of(path))


def _digest(files: Iterable[Path], content: Callable[[Path], bytes]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(content(path))
    return digest.hexdigest()[:16]


def _statements_of(path: Path) -> bytes:
    """Lines of a module without docstrings, lines of comment and empty lines; any other file as it is."""
    if path.suffix != ".py":
        return path.read_bytes()
    text = path.read_text(encoding="utf-8")
    remarks = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    kept = (line for n, line in enumerate(text.splitlines(), start=1) if n not in remarks)
    return "\n".join(line for line in kept if line.strip() and not line.lstrip().startswith("#")).encode()


def _code_without_strings(path: Path) -> bytes:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.unparse(tree).encode()


def code_files(script: Path) -> set[Path]:
    """Modules and data files of the package that a script uses."""
    reached: set[Path] = set()
    waiting = [*_used_by(script)]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += _used_by(path)
    return reached


@cache
def _used_by(path: Path) -> frozenset[Path]:
    """Files of the package that one file uses directly."""
    text = path.read_text(encoding="utf-8")
    named = [_data_by_name()[name] for name in _data_in_quotes().findall(text)]
    statements = _statements(ast.parse(text).body) if path.suffix == ".py" else ()
    modules = {name for statement in statements for name in _imported(statement, path)}
    return frozenset([*chain.from_iterable(named), *(file for name in modules for file in _module_files(name))])


def _statements(block: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All statements of a block and its inner blocks, except those under ``if TYPE_CHECKING``, which never run."""
    for statement in block:
        yield statement
        if isinstance(statement, SIMPLE):
            continue
        never = isinstance(statement, ast.If) and ast.unparse(statement.test) in FOR_TYPE_CHECKERS
        for name in ("orelse",) if never else BLOCKS:
            inner = getattr(statement, name, ())
            yield from _statements(inner if isinstance(inner, list) else ())


def _imported(statement: ast.AST, path: Path) -> Iterator[str]:
    """Names that an import may load as modules: ``from a import b`` loads a, and b if it is a module."""
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
    elif isinstance(statement, ast.ImportFrom):
        level = statement.level
        package = path.relative_to(PACKAGE.parent).parts[:-level] if level else ()
        base = ".".join([*package, *([statement.module] if statement.module else [])])
        yield base
        yield from (f"{base}.{alias.name}" for alias in statement.names)


def _module_files(name: str) -> frozenset[Path]:
    """Files that run when a module of this package is imported: its own file and those of its parent packages."""
    return _files_of_name(name) if name.partition(".")[0] == PACKAGE.name else frozenset()


@cache
def _files_of_name(name: str) -> frozenset[Path]:
    above, _, last = name.rpartition(".")
    if not above:
        return frozenset((PACKAGE / "__init__.py",))
    place = PACKAGE.joinpath(*above.split(".")[1:], last)
    own = (file for file in (place / "__init__.py", place.with_suffix(".py")) if file.is_file())
    return _files_of_name(above).union(own)


@cache
def _data_by_name() -> dict[str, list[Path]]:
    """Data files of the package by name without folder."""
    files: dict[str, list[Path]] = {}
    for path in PACKAGE.rglob("*"):
        if path.suffix in DATA_SUFFIXES:
            files.setdefault(path.name, []).append(path)
    return files


@cache
def _data_in_quotes() -> re.Pattern[str]:
    """Pattern of the name of a data file in quotes, with or without a folder."""
    names = "|".join(map(re.escape, _data_by_name())) or r"(?!)"  # matches nothing if there are no data files
    return re.compile(rf"""["'/]({names})["']""")
