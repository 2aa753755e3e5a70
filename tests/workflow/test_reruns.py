"""Steps that run again after a change: only those that use the changed files or settings."""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from reversal.review.review_server import Review
from reversal.review.wanted_row import WantedRow
from reversal.simulate.rig import record
from reversal.simulate.synthetic_night import PIPETTE, SERIES, planned_night
from reversal.simulate.write_abf2 import write_abf2
from reversal.steps.rerun_digest import PACKAGE, code_files

CELLS = ("cell01", "cell03")
BATHS = ("K5", "K20")
COHORT = {"cohort", "morning_page"}
# Python imports it at the start. At the end of a script of the workflow, it lists the files that the script opened.
WATCH = """
import atexit, os, sys
package, opened = os.environ["WATCHED_PACKAGE"], set()
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(package):
        opened.add(arguments[0])
def leave():
    modules = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    files = sorted({file for file in opened | modules if file.startswith(package) and not file.endswith(".pyc")})
    folder, script = os.environ["WATCHED_LISTS"], os.path.basename(sys.argv[0]).split(".")
    with open(os.path.join(folder, script[-2] + "." + str(os.getpid())), "w") as stream:
        stream.write("\\n".join(files))
if os.environ.get("WATCHED_LISTS"):
    sys.addaudithook(hook)
    atexit.register(leave)
"""


class Project:
    """A project of two cells that has run once, on a copy of the package; both may be changed."""

    def __init__(self, folder: Path, run_pipeline: Callable[..., object]) -> None:
        self.folder = folder
        self.package = folder / "source" / PACKAGE.name
        self.opened = folder / "opened"
        self._run = run_pipeline
        shutil.copytree(PACKAGE, self.package, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "source" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
        self.opened.mkdir()

    def run(self, *words: str, watched: bool = False) -> str:
        """Run the pipeline on the copy of the package and return what Snakemake wrote."""
        variables = {"PYTHONPATH": str(self.package.parent)}
        if watched:
            variables |= {"WATCHED_PACKAGE": str(self.package), "WATCHED_LISTS": str(self.opened)}
        result = self._run(self.folder / "config.yaml", *words, variables=variables)
        return result.stdout + result.stderr  # type: ignore[attr-defined]

    def jobs(self, *words: str) -> set[str]:
        """Jobs that would run, as 'rule' or 'rule cell'; each batch of this small project is one cell."""
        output = self.run("-n", "--quiet", "host", *words)
        found = set()
        for block in re.split(r"^(?=(?:local)?rule )", output, flags=re.MULTILINE)[1:]:
            rule = re.match(r"(?:local)?rule (\w+):", block)
            batch = re.search(r"wildcards: batch=(\d+)", block)
            assert rule is not None
            found.add(" ".join(filter(None, [rule[1], batch and CELLS[int(batch[1]) - 1]])))
        assert found or "Nothing to do" in output, output
        return found - {"all"}

    def change(self, file: str, old: str, new: str) -> None:
        """Replace a text that occurs once in a file of the project."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (file, old)
        path.write_text(text.replace(old, new), encoding="utf-8")

    def comment(self, *files: str) -> None:
        """Add a line to files of the package."""
        for file in files:
            with (self.package / file).open("a", encoding="utf-8") as stream:
                stream.write("# a comment\n")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, run_pipeline: Callable[..., object]) -> Project:
    """The project after its first run."""
    project = Project(tmp_path_factory.mktemp("reruns"), run_pipeline)
    rows = []
    for planned in planned_night():
        around = planned.conditions
        if planned.cell.name in CELLS and around.bath.name in BATHS:
            path = project.folder / "raw" / f"{planned.recording}.abf"
            path.parent.mkdir(exist_ok=True)
            made = record(planned.cell, planned.amplifier, around, planned.protocol, planned.seed)
            write_abf2(path, planned.protocol, made.counts, planned.amplifier, planned.notes)
            names = {"recording": planned.recording, "cell": planned.cell.name, "file": path.name}
            solutions = {"bath": around.bath.name, "pipette": around.pipette.name}
            rows.append({**names, **solutions, "temperature_C": "22.5", "note": "", "operator": "KL"})
    with (project.folder / "recordings.tsv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    recipes = {one.name: {"ions_mM": dict(one.ions_mM), "note": one.note} for one in (*SERIES, PIPETTE)}
    (project.folder / "solutions.yaml").write_text(yaml.safe_dump(recipes), encoding="utf-8")
    paths = {"raw_dir": "raw", "recordings": "recordings.tsv", "solutions": "solutions.yaml"}
    paths |= {"results_dir": "results", "reports_dir": "reports"}
    config = {name: str(project.folder / path) for name, path in paths.items()}
    (project.folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    project.run(watched=True)
    return project


@pytest.fixture
def project(made: Project) -> Iterator[Project]:
    """The project after its first run; changes by a test are undone after it."""
    kept = made.folder / "kept"
    declared = ("recordings.tsv", "solutions.yaml", "config.yaml")
    kept.mkdir()
    shutil.copytree(made.package, kept / "package")
    for name in declared:
        shutil.copy2(made.folder / name, kept)
    yield made
    shutil.rmtree(made.package)
    shutil.move(kept / "package", made.package)
    for name in declared:
        shutil.copy2(kept / name, made.folder)
    shutil.rmtree(kept)


def steps(cell: str, *rules: str) -> set[str]:
    return {f"{rule} {cell}" for rule in rules}


def test_changes_in_unused_code_and_tables_run_nothing(project: Project) -> None:
    project.comment(
        "cli/main.py", "atlas/atlas_page.py", "atlas/systems/pump.py", "recordings/survey.py", "simulate/rig.py"
    )
    project.comment("reference/textbook_cases.tsv", "atlas/templates/atlas.html.j2", "steps/rerun_digest.py")
    assert project.jobs() == set()


def test_a_change_of_measurement_runs_every_cell(project: Project) -> None:
    project.comment("measure/reversal/sign_changes.py")
    after = {step for cell in CELLS for step in steps(cell, "measure_cells", "report_cells")}
    assert project.jobs() == after | COHORT


def test_a_changed_note_runs_only_the_page_of_its_cell(project: Project) -> None:
    lines = (project.folder / "recordings.tsv").read_text(encoding="utf-8").splitlines()
    last = next(line for line in reversed(lines) if "\tcell01\t" in line)
    project.change("recordings.tsv", last, last.replace("\t\tKL", "\tseal was noisy\tother person"))
    assert project.jobs() == steps("cell01", "report_cells")


def test_a_changed_temperature_runs_the_measurement_of_its_cell(project: Project, tmp_path: Path) -> None:
    """Also if the command is given in another folder, where Snakemake has no memory of the project."""
    row = next(line for line in (project.folder / "recordings.tsv").read_text().splitlines() if "\tcell01\t" in line)
    project.change("recordings.tsv", row, row.replace("22.5", "24.0"))
    elsewhere = ("--directory", str(tmp_path))
    assert project.jobs(*elsewhere) == steps("cell01", "measure_cells", "report_cells") | COHORT


@pytest.mark.long
def test_tables_that_another_workflow_wants_are_made_again_without_memory(project: Project, tmp_path: Path) -> None:
    named = {"cohort_files", "morning_files"}  # rules without a job
    elsewhere = ("--directory", str(tmp_path), *named)
    assert project.jobs(*elsewhere) <= named
    with (project.folder / "config.yaml").open("a", encoding="utf-8") as stream:
        stream.write("atlas: true\n")
    assert project.jobs(*elsewhere) == COHORT | named


@pytest.mark.long
def test_a_cut_file_is_made_again(project: Project) -> None:
    for file, expected in (("reports/figures/slopes.png", {"morning_page"}), ("results/cohort/answers.csv", COHORT)):
        path = project.folder / file
        content = path.read_bytes()
        os.truncate(path, len(content) // 2)
        assert project.jobs() == expected
        path.write_bytes(content)
    assert project.jobs() == set()


def test_a_saved_review_runs_the_measurement_of_its_cell(project: Project) -> None:
    """Also if the sheet has no columns for it yet, and nothing else of the sheet is changed."""
    review = Review(project.folder / "config.yaml")
    recording = next(row for row in csv.DictReader(_lines(project), delimiter="\t") if row["cell"] == "cell01")
    state = review.state_of("cell01")
    review.saved(recording["recording"], state, WantedRow(window_start_ms=50.0, window_stop_ms=90.0, reviewed=True))
    assert "\twindow_start_ms\twindow_stop_ms\treviewed" in _lines(project)[0]
    assert project.jobs() == steps("cell01", "measure_cells", "report_cells") | COHORT


def _lines(project: Project) -> list[str]:
    return (project.folder / "recordings.tsv").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("reports/figures", {"morning_page"}),
        pytest.param("reports/index.html", {"morning_page"}, marks=pytest.mark.long),
        pytest.param("results/cohort/shifts.csv", COHORT, marks=pytest.mark.long),
        pytest.param("results/cohort/summary.json", COHORT, marks=pytest.mark.long),
    ],
)
def test_a_removed_table_or_page_is_made_again(project: Project, file: str, expected: set[str]) -> None:
    removed, kept = project.folder / file, project.folder / "aside"
    removed.rename(kept)
    try:
        assert project.jobs() == expected
    finally:
        kept.rename(removed)


def test_an_atlas_that_is_wanted_is_made_with_the_tables_and_the_pages_are_linked_to_it(project: Project) -> None:
    """No cell is measured again. The sections depend on no table, the atlas on those of the cohort."""
    with (project.folder / "config.yaml").open("a", encoding="utf-8") as stream:
        stream.write("atlas: true\n")
    pages = {step for cell in CELLS for step in steps(cell, "report_cells")}
    assert project.jobs() == pages | COHORT | {"atlas_sections", "atlas"}


@pytest.mark.long
def test_the_atlas_alone_measures_nothing(project: Project) -> None:
    """It takes the tables as they are, although every cell would be measured again."""
    project.comment("measure/reversal/sign_changes.py")
    assert "2 jobs (1 atlas_sections, 1 atlas)" in project.run("-n", "atlas")


def test_every_file_that_a_step_opened_is_in_its_digest(made: Project, root: Path) -> None:
    lists = list(made.opened.iterdir())
    rules = {path.name.split(".")[0] for path in lists}
    scripts = {"measure_cells", "report_cells", "cohort", "morning_page"}
    assert scripts <= rules
    for path in lists:
        rule = path.name.split(".")[0]
        if rule in scripts:
            opened = {Path(line).relative_to(made.package) for line in path.read_text().splitlines()}
            counted = code_files(root / "workflow/scripts" / f"{rule}.py")
            assert opened
            assert opened <= {file.relative_to(PACKAGE) for file in counted}, rule


def test_the_page_of_a_cell_has_the_hash_of_its_own_settings(made: Project) -> None:
    def hash_of(page: str) -> set[str]:
        text = (made.folder / "reports" / page).read_text(encoding="utf-8")
        return set(re.findall(r'class="hash">(\w{16})<', text))

    pages = [hash_of("cells/cell01.html"), hash_of("cells/cell03.html"), hash_of("index.html")]
    assert all(len(one) == 1 for one in pages), pages
    assert len(set.union(*pages)) == 3


@pytest.mark.long
def test_report_of_snakemake_shows_the_figures_with_captions(made: Project) -> None:
    report = made.folder / "report.html"
    made.run("--report", str(report), "all", "morning_files")
    page = report.read_text(encoding="utf-8")
    for path in (made.folder / "reports/figures").glob("*.svg"):
        assert path.name in page
    assert page.count("Figure of all cells with 95 % intervals") >= 3


@pytest.mark.long
def test_figures_of_cells_are_drawn_if_asked_for(made: Project) -> None:
    drawn = made.folder / "reports/cell_figures"
    assert not drawn.exists()
    made.run("--cores", "1", "figures", "atlas")
    for cell in CELLS:
        assert {"iv_column.svg", "iv_slide.pdf", "reversals_column.png", "iv.csv"} <= {
            path.name for path in (drawn / cell).iterdir()
        }
    assert "Nothing to do" in made.run("-n", "figures", "atlas")
    assert made.jobs() == set()
