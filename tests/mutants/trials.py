"""Mutation testing on a sample drawn with a seed: does a test fail when a line of the code is wrong?

    record   run the tests once under coverage: which test reaches which line, and how long it takes
    list     count the mutants of each part
    run      try a sample; one row a mutant in a table; an interrupted run goes on where it stopped. Tests are recorded
             first where the code is not that of the last recording
    score    print the part of the mutants that is killed, without those judged equivalent

Mutants are written to a copy of the project in the working folder; the project itself is only read. A mutant is killed
if a test fails or if the module no longer imports. Tests that compute far beyond their usual time are stopped; such a
time-out is counted apart, to be looked at.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from importlib import import_module
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from mutants import PACKAGE, PARTS, Mutant, changed_line, code_digest, modules, mutants, sample
from touches import Touches, record

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent.tsv")
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", ".mutants*", ".snakemake", "__pycache__", ".*_cache", ".hypothesis", "results", "reports"
)
PRELOADED = (
    *("numpy", "scipy.optimize", "scipy.signal", "scipy.stats", "scipy.special", "pandas", "pydantic", "h5py", "pyabf"),
    *("neo", "hypothesis", "pytest"),
)
PYTEST = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0", "-m", "not long", "--tb=line")
RECORDED_ON = "recorded-on"
ELSEWHERE = 99  # exit code of tests that did not import the package of the copy
GRACE_S, PATIENCE = 30.0, 4.0  # tests of a mutant may compute the grace and so many times their usual time
MAX_WAIT = 10.0  # elapsed time per computing time before tests that wait are stopped


@dataclass(frozen=True)
class Trial:
    """A row of the table: a mutant and what became of it.

    before, after : the changed line;  outcome : killed, timeout, survived or untouched
    by : the test that failed first;  seconds : of the trial
    tests : number tried at most;  left_out : number that reach the mutant or share a file with one that does, beyond
        the budget
    """

    part: str
    module: str
    line: int
    column: int
    operator: str
    occurrence: int
    before: str
    after: str
    outcome: str
    by: str
    seconds: float
    tests: int
    left_out: int

    @property
    def change(self) -> tuple[str, str, str]:
        """Module and line before and after, by which a trial is known again after edits elsewhere."""
        return self.module, self.before, self.after


# --- one trial ----------------------------------------------------------------------------------------------------


def copied(tree: Path, folder: Path) -> Path:
    """Copy the project, with a link to the real recordings, and compile it."""
    copy = folder / "tree"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(tree, copy, ignore=NOT_COPIED)
    if (tree.parent / "shared").exists():
        (folder / "shared").symlink_to((tree.parent / "shared").resolve())
    by_content = ["--invalidation-mode", "checked-hash"]  # a mutant of the same size and second is still seen
    subprocess.run([sys.executable, "-m", "compileall", "-q", *by_content, PACKAGE], cwd=copy, check=True)
    return copy


def tried(mutant: Mutant, tree: Path, copy: Path, touches: Touches, budget_s: float) -> Trial:
    """Write a mutant to the copy, run its tests there, and put the original back."""
    original = (tree / mutant.module).read_text(encoding="utf-8")
    mutated = mutant.source(original)
    reaching = touches.of(mutant)
    tests, usual_s = touches.within(reaching, budget_s)
    started = time.monotonic()
    with _written(copy / mutant.module, mutated, original):
        outcome, by = _outcome(copy, tests, GRACE_S + PATIENCE * usual_s) if tests else ("untouched", "")
    before, after = changed_line(original, mutated)
    seconds = round(time.monotonic() - started, 1)
    return Trial(**asdict(mutant), before=before, after=after, outcome=outcome, by=by, seconds=seconds,
                 tests=len(tests), left_out=len(reaching) - len(tests))  # fmt: skip


@contextmanager
def _written(path: Path, text: str, original: str) -> Iterator[None]:
    path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(original, encoding="utf-8")


def _outcome(copy: Path, tests: list[str], limit_s: float) -> tuple[str, str]:
    """Outcome of tests in a process of their own, and the test that failed first.

    The process is a fork: large libraries are imported already, the package is not. Its limit is a computing time, so
    that other work on the machine does not stop it.
    """
    failed = copy.parent / "failed"
    failed.unlink(missing_ok=True)
    process = multiprocessing.get_context("fork").Process(target=_run_tests, args=(copy, tests, round(limit_s)))
    process.start()
    process.join(MAX_WAIT * limit_s)
    if process.exitcode is None:
        os.killpg(process.pid or 0, signal.SIGKILL)
        process.join()
        return "timeout", ""
    if process.exitcode == -signal.SIGXCPU:
        return "timeout", ""
    if process.exitcode == ELSEWHERE:
        raise RuntimeError("the tests import another copy of the package")
    if process.exitcode == 0:
        return "survived", ""
    return "killed", failed.read_text(encoding="utf-8") if failed.exists() else ""


class _FirstFailure:
    """A pytest plugin that writes down the first test that fails."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and not self._path.exists():
            self._path.write_text(report.nodeid, encoding="utf-8")


def _run_tests(copy: Path, tests: list[str], limit_s: int) -> None:
    import pytest

    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s + 1))
    os.chdir(copy)
    with (copy.parent / "output.txt").open("w") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    sys.dont_write_bytecode = True
    source = str(copy / PACKAGE.parent)
    sys.path[:0] = [source, str(copy)]
    os.environ["PYTHONPATH"] = source
    code = int(pytest.main([*PYTEST, f"--rootdir={copy}", *tests], plugins=[_FirstFailure(copy.parent / "failed")]))
    package = sys.modules.get(PACKAGE.name)
    if package is not None and not str(package.__file__).startswith(str(copy)):
        code = ELSEWHERE
    os._exit(code)


# --- table and score ----------------------------------------------------------------------------------------------


def rows(table: Path) -> list[Trial]:
    """Trials of a table; of a mutant that was tried again the last one."""
    if not table.exists():
        return []
    numbers = {field.name: {"int": int, "float": float}.get(str(field.type), str) for field in fields(Trial)}
    with table.open(encoding="utf-8", newline="") as file:
        read = csv.DictReader(file, delimiter="\t")
        trials = [Trial(**{name: numbers[name](value) for name, value in row.items()}) for row in read]
    return list({(*trial.change, trial.occurrence): trial for trial in trials}.values())


def append(table: Path, trial: Trial) -> None:
    """Append a row to the table."""
    new = not table.exists()
    with table.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Trial)], delimiter="\t", lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(asdict(trial))


def equivalent(path: Path) -> set[tuple[str, str, str]]:
    """Mutants that a person judged to change no result: module, before, after and why, a row each."""
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["module"], row["before"], row["after"]) for row in csv.DictReader(file, delimiter="\t")}


def score(trials: Iterable[Trial], same: set[tuple[str, str, str]]) -> Iterator[str]:
    """A line for each part: killed, of all that are not equivalent; a time-out is not counted as killed."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for trial in trials:
        counts[trial.part]["equivalent" if trial.change in same and trial.outcome != "killed" else trial.outcome] += 1
    for part, count in counts.items():
        killed, total = count["killed"], sum(count.values()) - count["equivalent"]
        yield f"{part:<15}{killed:>4} of {total:<4} {killed / max(total, 1):>6.1%}   {dict(sorted(count.items()))}"


# --- commands -----------------------------------------------------------------------------------------------------


def run(options: argparse.Namespace) -> None:
    """Try the mutants of the sample that the table does not hold yet and, with ``again``, the survivors once more."""
    known = {(*trial.change, trial.occurrence): trial for trial in rows(options.table)}
    drawn = [mutant for part in options.parts for mutant in sample(ROOT, part, options.sample, options.seed)]
    queue = [mutant for mutant in drawn if _wanted(known.get(_key(mutant)), again=options.again)]
    print(f"code {code_digest(ROOT)}: {len(drawn)} mutants drawn, {len(queue)} to try", flush=True)
    touches = Touches(ROOT, options.work)
    for name in PRELOADED:
        import_module(name)
    copy = copied(ROOT, options.work / "copy")
    killers = set[str]()
    for count, mutant in enumerate(queue, 1):
        trial = tried(mutant, ROOT, copy, touches, options.budget)
        append(options.table, trial)
        killers |= {trial.by} - {""}
        print(f"{count:>4} {trial.outcome:<9} {trial.module}:{trial.line}  {trial.after}", flush=True)
    if killers and (failing := _outcome(copy, sorted(killers), 3600.0)[1]):
        raise SystemExit(f"{failing} fails on the code as it is: what it killed does not count")


def _recorded_on(work: Path) -> str | None:
    """Digest of the code on which the tests were recorded; None where they were not."""
    path = work / RECORDED_ON
    return path.read_text(encoding="utf-8") if path.exists() else None


def _wanted(trial: Trial | None, *, again: bool) -> bool:
    return trial is None or (again and trial.outcome != "killed")


def _key(mutant: Mutant) -> tuple[str, str, str, int]:
    original = (ROOT / mutant.module).read_text(encoding="utf-8")
    return mutant.module, *changed_line(original, mutant.source(original)), mutant.occurrence


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("record", "list", "run", "score"))
    parser.add_argument("tests", nargs="*", help="record: files that are recorded anew; default: all tests")
    parser.add_argument("--work", type=Path, default=ROOT / ".mutants", help="where copies, recordings and table go")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--sample", type=int, default=40, help="mutants of each part")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget", type=float, default=60.0, help="usual seconds of the tests run on one mutant")
    parser.add_argument("--processes", type=int, default=1, help="record: processes of pytest")
    parser.add_argument("--again", action="store_true", help="run: try the survivors of the table again")
    options = parser.parse_args()
    options.work.mkdir(exist_ok=True)
    options.table = options.work / f"mutants-{options.seed}.tsv"
    if options.command == "record" or (options.command == "run" and _recorded_on(options.work) != code_digest(ROOT)):
        record(copied(ROOT, options.work / "copy"), options.work, options.tests, options.processes)
        (options.work / RECORDED_ON).write_text(code_digest(ROOT), encoding="utf-8")
    if options.command == "list":
        for part in options.parts:
            count = sum(1 for _ in mutants(ROOT, part))
            print(f"{part:<15}{count:>7} mutants in {len(modules(ROOT, part))} modules")
    if options.command == "run":
        run(options)
    if options.command in ("run", "score"):
        print("\n".join(score(rows(options.table), equivalent(EQUIVALENT))))


if __name__ == "__main__":
    main()
