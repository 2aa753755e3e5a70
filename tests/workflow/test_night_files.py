"""The files with which a night is started by cron or systemd, and the environment for a cluster."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.chaos.kills import small_project

NIGHT = "run --profile overnight --config my/config.yaml"


def lab(folder: Path) -> Path:
    """A home folder whose command only writes down how it was called."""
    command = folder / "reversal/.venv/bin/reversal"
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\necho "$PWD $*" > "$HOME/called"\n', encoding="utf-8")
    command.chmod(0o755)
    return folder


def test_the_line_of_cron_works_in_the_environment_of_cron(root: Path, tmp_path: Path) -> None:
    """Cron has few variables, a short PATH and /bin/sh."""
    home = lab(tmp_path)
    text = (root / "workflow/night/crontab").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if not line.startswith("#")]
    command = line.split(maxsplit=5)[5]
    assert "%" not in command, "cron takes % for the end of the command"
    few = {"HOME": str(home), "LOGNAME": "lab", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
    subprocess.run(["/bin/sh", "-c", command], env=few, check=True, cwd="/")
    assert (home / "called").read_text(encoding="utf-8") == f"{home}/reversal {NIGHT}\n"


@pytest.mark.parametrize("name", ["reversal.service", "reversal.timer"])
def test_systemd_accepts_the_units(root: Path, tmp_path: Path, name: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    home = lab(tmp_path / "home")
    units = tmp_path / "units"
    units.mkdir()
    for unit in ("reversal.service", "reversal.timer"):
        text = (root / "workflow/night" / unit).read_text(encoding="utf-8")
        (units / unit).write_text(text.replace("%h", str(home)), encoding="utf-8")
    words = ["systemd-analyze", "verify", "--man=no", str(units / name)]
    checked = subprocess.run(words, capture_output=True, text=True, check=False)
    complaints = [line for line in checked.stderr.splitlines() if name in line or str(units) in line]
    assert (checked.returncode, complaints) == (0, [])


def test_cron_and_systemd_start_the_same_command(root: Path) -> None:
    texts = [(root / "workflow/night" / name).read_text(encoding="utf-8") for name in ("crontab", "reversal.service")]
    assert all(re.search(rf"\.venv/bin/reversal {re.escape(NIGHT)}$", text, re.MULTILINE) for text in texts)


def test_the_environment_of_a_cluster_has_the_python_of_the_project(root: Path) -> None:
    """Everything else comes from the lock: ``make setup`` installs it with the given Python."""
    environment = yaml.safe_load((root / "workflow/environment.yaml").read_text(encoding="utf-8"))
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert environment["dependencies"] == [f"python {project['requires-python']}", "make"]
    assert '"${PYTHON:-}"' in (root / "workflow/setup.sh").read_text(encoding="utf-8")


def names_in_lock(root: Path) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", (root / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))


def test_the_lock_has_every_library_of_the_project_and_of_the_cluster(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ranges = project["dependencies"] + project["optional-dependencies"]["slurm"]
    needed = {match[0] for text in ranges if (match := re.match(r"[a-z0-9-]+", text))}
    assert "snakemake-executor-plugin-slurm" in needed
    assert needed - names_in_lock(root) == set()


def in_container(root: Path) -> set[str]:
    """Files and folders of the project that the image contains."""
    lines = (root / "workflow/container/Dockerfile").read_text(encoding="utf-8").splitlines()
    return {name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]}


def test_the_image_and_the_definition_have_the_same_content(root: Path) -> None:
    definition = (root / "workflow/container/reversal.def").read_text(encoding="utf-8")
    copied = dict(re.findall(r"^    (\S+) /opt/reversal/(\S+)$", definition, re.MULTILINE))
    assert all(source == target for source, target in copied.items())
    assert set(copied) == in_container(root)
    image = re.search(
        r"^FROM (\S+)$", (root / "workflow/container/Dockerfile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert image is not None
    assert f"\nFrom: {image[1]}\n" in definition


def test_a_user_without_a_name_can_run_the_image(root: Path) -> None:
    dockerfile = (root / "workflow/container/Dockerfile").read_text(encoding="utf-8")
    variables = dict(re.findall(r"(\w+)=(\S+)", "".join(re.findall(r"^ENV (.*)$", dockerfile, re.MULTILINE))))
    code = "import getpass, os, pwd; os.getuid = lambda: 2**31 - 7; print(getpass.getuser())"
    environment = {name: value for name, value in variables.items() if name != "PATH"}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_the_files_of_the_image_are_enough_for_a_run(root: Path, tmp_path: Path, synthetic_night: Path) -> None:
    """Only the libraries are those of this environment; the image installs the same ones with ``workflow/setup.sh``."""
    opt = tmp_path / "opt"
    opt.mkdir()
    for name in in_container(root):
        place = root / name
        if place.is_dir():
            shutil.copytree(place, opt / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(place, opt / name)
    project = small_project(tmp_path / "project", synthetic_night)
    code = "import sys; from reversal.cli.main import main; sys.exit(main())"
    words = [sys.executable, "-c", code, "run", "-n"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(opt / "analysis")}
    ended = subprocess.run(words, cwd=project, env=environment, capture_output=True, text=True, check=False)
    messages = ended.stdout + ended.stderr
    assert ended.returncode == 0, messages
    assert f"{opt}/workflow/profiles/default" in messages
    assert "measure_cells" in messages
    assert str(root) not in messages
