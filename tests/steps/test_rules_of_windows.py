"""What Windows demands, as far as it can be tested on another system.

Names without reserved characters, no file replaced while this process has it open, paths of Windows in configuration
and sheet, no links.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePath, PureWindowsPath

import pytest
import yaml

from reversal.cli.init import _quoted, init_project
from reversal.cli.main import main
from reversal.experiment.project import Project, load_project
from reversal.experiment.step_settings import CellsToMeasure, CellsToReport, CellToMeasure, CellToReport
from reversal.steps.measure_cells import measure_cells
from reversal.steps.report_cells import report_cells
from reversal.steps.run_log import begin_log

CELL = "cell06"  # two recordings
RESERVED = set('<>:"|?*\\')
DEVICES = {"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(1, 10))}
OPEN_FILES = Path("/proc/self/fd")


def is_name_for_windows(name: str) -> bool:
    """Whether a name is allowed on Windows."""
    return not (set(name) & RESERVED or name.endswith((".", " ")) or name.partition(".")[0].lower() in DEVICES)


@pytest.fixture
def replaced(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """Files that were replaced; fails if this process has one of them, or what replaces it, open."""
    done: list[Path] = []
    replace = Path.replace

    def watched(source: Path, target: str | PurePath) -> Path:
        opened = {os.path.realpath(link) for link in OPEN_FILES.iterdir() if link.exists()}
        assert not opened & {os.path.realpath(source), os.path.realpath(target)}, f"{target} is open"
        done.append(Path(target))
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", watched)
    return done


@pytest.fixture
def project(synthetic_night: Path, tmp_path: Path) -> Project:
    sheets = {"recordings": "recordings.tsv", "solutions": "solutions.yaml"}
    folders = {"results_dir": str(tmp_path / "results"), "reports_dir": str(tmp_path / "reports")}
    sources = {key: str(synthetic_night / file) for key, file in sheets.items()}
    return load_project({"raw_dir": str(synthetic_night), **folders, **sources})


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="no list of open files on this system")
def test_a_repeated_run_closes_files_before_it_replaces_them(
    project: Project, replaced: list[Path], tmp_path: Path
) -> None:
    results, reports = project.folders
    measuring, fitting = project.measuring_settings(CELL), project.fitting_settings(CELL)
    cell = CellToMeasure(reading=project.reading_settings(CELL), measuring=measuring, fitting=fitting)
    page = CellToReport(settings=project.reporting_settings(CELL), configuration_hash=project.digest)
    for code in ("first", "second"):  # the second run replaces every file of the first one
        measure_cells(
            CellsToMeasure(cells=(cell,), code=dict.fromkeys(("ingest", "measure", "fit"), code)), *project.folders
        )
        report_cells(CellsToReport(cells=(page,), code=code), *project.folders)
    twice = {path for path in replaced if replaced.count(path) > 1}
    assert {"recordings.h5", "iv.csv", "permeabilities.csv", f"{CELL}.html", f"{CELL}.pdf"} <= {p.name for p in twice}
    begin_log(project.folders, {"0": (CELL,)}, writes=True)
    made = [path for folder in (results, reports) for path in folder.rglob("*")]
    assert [path.name for path in made if not is_name_for_windows(path.name)] == []
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize("path", [r"D:\rig data\2026", r"\\server\share\Müller's rig", r"C:\a#b: c", "E:\\"])
def test_a_path_of_windows_in_a_configuration_stays_the_path(path: str) -> None:
    """With / as ``init`` writes it, or with \\ between single quotation marks or without any."""
    written = PureWindowsPath(path)
    for text in (_quoted(written), "'" + path.replace("'", "''") + "'"):  # type: ignore[arg-type]
        assert PureWindowsPath(yaml.safe_load(f"raw_dir: {text}")["raw_dir"]) == written


@pytest.mark.parametrize(("written", "message"), [(r"D:\new\temp", "double quotation marks"), (r"D:\2026", "with /")])
def test_a_backslash_between_double_quotation_marks_is_explained(
    tmp_path: Path, written: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    r"""YAML reads \n as the end of a line, and refuses \2."""
    config = tmp_path / "config.yaml"
    config.write_text(f'raw_dir: "{written}"\n', encoding="utf-8")
    assert main(["check", "--config", str(config)]) == 1
    printed = capsys.readouterr()
    assert message in printed.out + printed.err


@pytest.mark.parametrize("name", ["con", "NUL.abf", "a:b", "x?", "end.", "blank "])
def test_the_rule_for_names_refuses_what_windows_refuses(name: str) -> None:
    assert not is_name_for_windows(name)


@pytest.mark.long
def test_a_run_needs_neither_bash_nor_make(tmp_path: Path) -> None:
    """The programs of a bare system; `which` is what the Slurm plugin of the test environment asks for."""
    binaries, raw = tmp_path / "bin", tmp_path / "raw"
    binaries.mkdir()
    raw.mkdir()
    (raw / "notes.txt").write_text("reversal potentials from the notebook", encoding="utf-8")
    for name in ("sh", "which"):
        program = shutil.which(name)
        if program is None:
            pytest.skip(f"no {name} on this system")
        (binaries / name).symlink_to(program)
    init_project(tmp_path, raw.as_posix())
    title = "recording\tcell\tbath\tpipette\ttemperature_C\te_rev_mV\te_rev_sd_mV\n"
    rows = "r1\tc1\tK5\tKglu\t22\t-80\t0.5\nr2\tc1\tK20\tKglu\t22\t-47\t0.5\n"
    (tmp_path / "config" / "recordings.tsv").write_text(title + rows, encoding="utf-8")
    reversal = Path(sys.executable).with_name("reversal")
    done = subprocess.run(
        [reversal, "run", "--cores", "1"],
        cwd=tmp_path,
        env={"PATH": str(binaries), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "The run is complete" in done.stderr
    assert (tmp_path / "reports" / "index.html").is_file()
