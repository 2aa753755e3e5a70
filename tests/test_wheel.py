"""The wheel: what it carries, and that it works where no source of the project is."""

from __future__ import annotations

import csv
import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from email import message_from_bytes
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from reversal.simulate.rig import record
from reversal.simulate.synthetic_night import planned_night
from reversal.simulate.write_abf2 import write_abf2

DATA = {"py.typed", "reference/README.md", "cli/project/gitignore"}
DATA_SUFFIXES = {".tsv", ".j2", ".typ", ".js", ".yaml"}


@dataclass(frozen=True)
class Installed:
    """An environment that has the wheel, and a folder outside the project to work in."""

    binaries: Path
    work: Path

    def run(self, *words: str | Path) -> str:
        """Run a program of the environment and return what it printed."""
        program = [self.binaries / words[0], *words[1:]]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        result = subprocess.run(program, cwd=self.work, env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the project as it stands."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=root, capture_output=True, check=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a new environment, which has only the libraries that the wheel's metadata require.

    They are links to those of the environment that runs the tests, so that a missing requirement is noticed.
    """
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    program = "import sysconfig; print(sysconfig.get_path('purelib'))"
    place = Path(subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.strip())
    _install(wheel, python)
    for entry in {entry for library in _required_by(wheel) for entry in _entries(library)}:
        (place / entry.name).symlink_to(entry)
    work = folder / "work"
    shutil.copytree(root / "config", work / "config")
    return Installed(python.parent, work)


def _required_by(wheel: Path) -> list[Distribution]:
    """Installed distributions that the wheel requires, and those that they require in turn."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(archive.read(name))
    found: dict[tuple[str, str], Distribution] = {}
    waiting = [(text, "") for text in metadata.get_all("Requires-Dist", [])]
    while waiting:
        text, extra = waiting.pop()
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        for wanted in ("", *requirement.extras):
            key = canonicalize_name(requirement.name), wanted
            if key not in found:
                found[key] = distribution(requirement.name)
                waiting += [(each, wanted) for each in found[key].requires or []]
    return list(found.values())


def _entries(library: Distribution) -> set[Path]:
    """Files and folders of a distribution at the top of the folder of libraries."""
    tops = {file.parts[0] for file in library.files or ()} - {"..", "__pycache__"}
    return {Path(str(library.locate_file(top))).absolute() for top in tops}


def _install(wheel: Path, python: Path) -> None:
    if importlib.util.find_spec("pip"):
        command = [sys.executable, "-m", "pip", "--python", python, "install"]
    elif uv := shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"):
        command = [uv, "pip", "install", "--python", python]
    else:
        pytest.skip("neither pip nor uv is here to install the wheel with")
    subprocess.run([*command, "--quiet", "--no-deps", "--no-index", wheel], check=True)


def test_the_wheel_carries_the_package_and_nothing_else(wheel: Path, root: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if ".dist-info/" not in name}
    package = root / "analysis" / "reversal"
    files = {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()}
    wanted = {file for file in files if file in DATA or Path(file).suffix in {".py", *DATA_SUFFIXES}}
    pipeline = {"Snakefile"} | {
        path.relative_to(root).as_posix()
        for part in ("captions", "rules", "scripts", "profiles")
        for path in (root / "workflow" / part).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert carried == {f"reversal/{file}" for file in wanted} | {f"reversal/pipeline/{file}" for file in pipeline}
    assert {"reference/ions.tsv", "report/templates/cell.html.j2", "atlas/live/rig.js", "py.typed"} <= wanted


def test_the_installed_environment_lacks_the_libraries_of_the_tests(installed: Installed) -> None:
    program = "from importlib.util import find_spec; print([find_spec(name) for name in ('hypothesis', 'pynwb')])"
    assert installed.run("python", "-c", program) == "[None, None]\n"


def test_the_installed_package_is_the_one_of_the_wheel(installed: Installed, root: Path) -> None:
    place = installed.run("python", "-c", "import reversal; print(reversal.__file__)")
    assert Path(place.strip()).is_relative_to(installed.binaries.parent)
    assert not Path(place.strip()).is_relative_to(root)


def test_the_version_is_that_of_the_metadata(installed: Installed, wheel: Path) -> None:
    assert installed.run("reversal", "--version") == f"reversal {wheel.name.split('-')[1]}\n"


def test_the_installed_command_calculates(installed: Installed) -> None:
    said = installed.run("reversal", "calc", "nernst", "K", "--out", "5", "--in", "140", "-t", "37")
    assert float(said.split()[1]) == pytest.approx(-89.06, abs=0.005)  # RT/F ln(5/140) at 310.15 K


def test_the_installed_command_checks_a_project(installed: Installed) -> None:
    with (installed.work / "config/recordings.tsv").open(encoding="utf-8", newline="") as stream:
        files = [row["file"] for row in csv.DictReader(stream, delimiter="\t")]
    raw = installed.work / "data/demo"
    raw.mkdir(parents=True)
    for file in files:
        (raw / file).touch()
    assert f"{len(files)} recordings" in (said := installed.run("reversal", "check"))
    assert "0 faults" in said


def test_the_installed_command_has_the_workflow(installed: Installed) -> None:
    """A new project in a path with a blank, and what a run would do there."""
    folder = installed.work / "a project"
    installed.run("reversal", "init", folder, "--recordings", installed.work / "data" / "demo")
    shutil.copy(installed.work / "config" / "recordings.tsv", folder / "config" / "recordings.tsv")
    said = Installed(installed.binaries, folder).run("reversal", "run", "-n")
    assert "cohort, measure_cells, morning_page, report_cells" in said


def test_the_installed_command_inspects_a_recording(installed: Installed) -> None:
    planned = next(planned_night())
    made = record(planned.cell, planned.amplifier, planned.conditions, planned.protocol, planned.seed)
    write_abf2(installed.work / "one.abf", planned.protocol, made.counts, planned.amplifier, planned.notes)
    assert "reconstructed" in installed.run("reversal", "inspect", "one.abf", "--png", "one.abf.png")
    assert (installed.work / "one.abf.png").read_bytes().startswith(b"\x89PNG")


def test_the_installed_package_finds_its_tables_scripts_and_templates(installed: Installed) -> None:
    """A page of each folder of templates, the tables of the textbooks, and the scripts of the atlas."""
    program = """
from pathlib import Path
from reversal.atlas.atlas_page import ATLAS_TEMPLATES
from reversal.atlas.facts import published_junctions
from reversal.atlas.live.scripts import page_script
from reversal.report.findings_guide import write_findings_page
write_findings_page(Path("findings.html"))
print(len(published_junctions()) > 0, len(page_script({}).text) > 10_000, (ATLAS_TEMPLATES / "atlas.html.j2").is_file())
"""
    assert installed.run("python", "-c", program) == "True True True\n"
    assert "</html>" in (installed.work / "findings.html").read_text(encoding="utf-8")
