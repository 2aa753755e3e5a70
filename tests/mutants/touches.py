"""Which tests reach a line of the package, and how long each takes.

The tests run once under coverage with one context a test. Only the first test that asks a fixture or a cache is seen
to reach what it computes; therefore the other tests of the same files are tried after those that reach a line.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from coverage import CoverageData
from mutants import PACKAGE, Mutant

LEFT_OUT = (
    *("tests/browser", "tests/benchmarks", "tests/workflow"),  # they drive the whole pipeline
    *("tests/test_constants.py", "tests/test_reference.py"),  # they compare pages with the code: any change fails
)
CONTEXTS = "contexts.coverage"
USUAL_S = 0.05  # taken for a test without a recorded time


def record(copy: Path, work: Path, tests: Sequence[str], processes: int) -> None:
    """Run tests in a copy of the project and keep which test reaches which line.

    tests : files or folders that are recorded anew; empty for all of them, which starts from nothing
    """
    settings = work / "coveragerc"
    settings.write_text("[run]\nrelative_files = true\n", encoding="utf-8")
    times = work / f"times-{len(list(work.glob('times-*.xml')))}.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0", "-m", "not long"]
    command += list(tests) or [f"--ignore={folder}" for folder in LEFT_OUT]
    command += ["-n", str(processes)] if processes > 1 else []
    command += [f"--cov={PACKAGE.name}", f"--cov-config={settings}", "--cov-context=test", "--cov-report="]
    command += ["--cov-append"] if tests else []
    command += ["-o", "junit_family=xunit1", f"--junitxml={times}"]
    here = {"PYTHONPATH": str(copy / PACKAGE.parent), "COVERAGE_FILE": str(work / CONTEXTS)}
    subprocess.run(command, cwd=copy, env={**os.environ, **here}, check=False)


class Touches:
    """The recorded tests of a project."""

    def __init__(self, tree: Path, work: Path) -> None:
        self._tree = tree
        self._data = CoverageData(str(work / CONTEXTS))
        self._data.read()
        self._measured = {_from_package(name): name for name in self._data.measured_files()}
        self._seconds = {name: time for file in sorted(work.glob("times-*.xml")) for name, time in _passed(file)}

    def of(self, mutant: Mutant) -> list[str]:
        """Tests that reach the statement of a mutant, fastest first, then others that may notice it.

        The others are those of the same files and, for what runs at import, those of the module.
        """
        lines = _statement(self._tree / mutant.module, mutant.line)
        touching = self._on(mutant.module, lines or [mutant.line])
        others = set() if lines else self._of_module(mutant.module) - touching
        files = {_file(test) for test in touching | others}
        rest = {test for test in self._seconds if _file(test) in files} - touching - others
        return [test for group in (touching, others, rest) for test in sorted(group, key=self._time)]

    def within(self, tests: list[str], budget_s: float) -> tuple[list[str], float]:
        """First test and those that together usually stay within the budget, with their usual time [s]."""
        total, kept = 0.0, list[str]()
        for test in tests:
            if not kept or total + self._time(test) <= budget_s:
                total += self._time(test)
                kept.append(test)
        return kept, total

    def _time(self, test: str) -> float:
        return self._seconds.get(test, USUAL_S)

    @cache  # noqa: B019 - lives as long as the run
    def _by_line(self, module: str) -> dict[int, list[str]]:
        return dict(self._data.contexts_by_lineno(self._measured.get(_from_package(module), "")))

    def _on(self, module: str, lines: Iterable[int]) -> set[str]:
        by_line = self._by_line(module)
        found = {context.rpartition("|")[0] for line in lines for context in by_line.get(line, [])}
        return found & self._seconds.keys()

    def _of_module(self, module: str, seen: frozenset[str] = frozenset()) -> set[str]:
        """Tests that run a function of the module or, if it has none, of the modules that import it."""
        found = self._on(module, _function_lines(self._tree / module))
        if found or module in seen:
            return found
        users = (user for user in _importers(self._tree, module) if user not in seen)
        return set().union(*(self._of_module(user, seen | {module}) for user in users))


def _passed(times: Path) -> Iterator[tuple[str, float]]:
    """Name and time [s] of every test that passed."""
    for case in ElementTree.parse(times).iter("testcase"):
        unusable = any(child.tag in ("failure", "error", "skipped") for child in case)
        if not unusable and not str(case.get("file")).startswith(LEFT_OUT):
            yield f"{case.get('file')}::{case.get('name')}", float(case.get("time", USUAL_S))


def _from_package(path: str) -> str:
    return path[path.index(f"{PACKAGE.as_posix()}/") + len(PACKAGE.parent.as_posix()) + 1 :]


def _file(test: str) -> str:
    return test.partition("::")[0]


@cache
def _functions(path: Path) -> list[ast.FunctionDef]:
    parsed = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(parsed) if isinstance(node, ast.FunctionDef)]


def _statement(path: Path, line: int) -> range | None:
    """Lines of the statement on a line, of a compound one its head; None for what runs at import."""
    within = (node for function in _functions(path) for part in function.body for node in ast.walk(part))
    here = [node for node in within if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)]
    if not here:
        return None
    innermost = max(here, key=lambda node: node.lineno)
    body = getattr(innermost, "body", None)
    stop = body[0].lineno if body else (innermost.end_lineno or line) + 1
    return range(innermost.lineno, stop) or range(line, line + 1)


def _function_lines(path: Path) -> set[int]:
    return {line for one in _functions(path) for line in range(one.body[0].lineno, (one.end_lineno or 0) + 1)}


@cache
def _importers(tree: Path, module: str) -> list[str]:
    """Modules of the package that import a module."""
    dotted = _from_package(module).removesuffix(".py").replace("/", ".")
    parent, _, stem = dotted.rpartition(".")
    imports = re.compile(
        rf"^\s*(import|from) {re.escape(dotted)}\b|^\s*from {re.escape(parent)} import .*\b{stem}\b", re.MULTILINE
    )
    files = sorted((tree / PACKAGE).rglob("*.py"))
    return [file.relative_to(tree).as_posix() for file in files if imports.search(file.read_text(encoding="utf-8"))]
