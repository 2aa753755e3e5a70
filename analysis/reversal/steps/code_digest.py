"""Hash of the code that a step uses: a change there runs the step again, a change elsewhere does not.

A step uses the modules of this package that its script imports, directly or through other modules, wherever the
import statement stands; imports for type checkers only do not count. A module or a template uses a data file of the
package when one of its strings names the file ("ions.tsv"), so there is no list to keep.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
DATA_SUFFIXES = {".tsv", ".j2"}
QUOTED = re.compile(r"""["']([^"'\n]+)["']""")


@cache
def digest_of_script(script: Path) -> str:
    """Hash of every file of the package that a script uses; the script itself is watched by Snakemake."""
    digest = hashlib.sha256()
    for path in sorted(code_files(script)):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


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
    """Files of the package that one file uses itself."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return frozenset(_data_files(QUOTED.findall(text)))
    nodes = list(_running_nodes(ast.parse(text)))
    strings = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    modules = [name for node in nodes for name in _imported(node, path)]
    return frozenset([*_data_files(strings), *(file for name in modules for file in _module_files(name))])


def _running_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node of a module but those under ``if TYPE_CHECKING``, which never run."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            waiting += node.orelse
        else:
            waiting += ast.iter_child_nodes(node)


def _imported(node: ast.AST, path: Path) -> Iterator[str]:
    """Names that an import statement may load as modules: ``from a import b`` loads a, and b where it is a module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        package = path.relative_to(PACKAGE.parent).parts[: -node.level] if node.level else ()
        base = ".".join([*package, *([node.module] if node.module else [])])
        yield base
        yield from (f"{base}.{alias.name}" for alias in node.names)


def _module_files(name: str) -> Iterator[Path]:
    """Files that run when a module of this package is imported: its own and those of the packages around it."""
    top, *rest = name.split(".")
    if top != PACKAGE.name:
        return
    yield PACKAGE / "__init__.py"
    for depth in range(1, len(rest) + 1):
        place = PACKAGE.joinpath(*rest[:depth])
        yield from (file for file in (place / "__init__.py", place.with_suffix(".py")) if file.is_file())


def _data_files(strings: list[str]) -> Iterator[Path]:
    """Data files of the package that strings name, with or without a folder before the name."""
    for string in strings:
        yield from _data_by_name().get(string.rsplit("/", 1)[-1], ())


@cache
def _data_by_name() -> dict[str, list[Path]]:
    """Data files of the package by their name without folder."""
    files: dict[str, list[Path]] = {}
    for path in PACKAGE.rglob("*"):
        if path.suffix in DATA_SUFFIXES:
            files.setdefault(path.name, []).append(path)
    return files
