"""Writes ``docs/first_report.md``: three commands from a folder of recordings to the first report, with their seconds.

The project is cloned into a folder with a blank in its name and set up there; everything runs in that clone.

    python docs/make_first_report.py [FOLDER OF REAL RECORDINGS]
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "first_report.md"
REAL = "haganenoneko+EphysAnalysisTools/data/recording_abf"
LEFT_OUT = (
    "Using workflow",
    "Config file",
    "Assuming",
    "Building DAG",
    "Using shell",
    "Provided cores",
    "Rules claiming",
)
MAX_LINES = 16  # of the output of one command

HEAD = """# The first report in three commands

Written by `python docs/make_first_report.py`: a fresh clone in a folder with a blank in its name, `make setup`, then
the commands below, with the seconds that each took and what it printed. The machine has {cores} cores, and other work
ran on it: the times are upper limits. Lines of Snakemake about its own settings are left out.
"""
RIG = """
## The folder of a rig: 40 cells, the habits of three laboratories

Simulated recordings: names of cells in folders, in file names, or nowhere; concentrations in comments, tags and names,
some of them wrong; a thermometer in a third of the files; membrane tests between them. The example recipes of
`reversal init` are those of the rig. The project needs one line more, a temperature where no file has one:
`scan: {fill: {temperature_C: 22}}`.
"""
HCN = """
## Real recordings: HCN2 channels

Public recordings of haganenoneko/EphysAnalysisTools (Clampex 8). The recipes are assumed: only their names are known.
Lines added to the project: tails are measured, and what no file says.
"""
HCN_SOLUTIONS = "10Na: {ions_mM: {Na: 10, K: 130, Cl: 140}}\n30K: {ions_mM: {K: 30, Na: 110, Cl: 140}}\n"
HCN_CONFIG = """raw_dir: {raw}
experiments: {{default: {{window: {{measure: tail}}}}}}
scan: {{fill: {{temperature_C: 22, bath: 30K, pipette: 10Na}}}}
"""


@dataclass
class Log:
    """Commands that were run in a folder, with their output."""

    folder: Path
    reversal: Path
    text: str = ""

    def run(self, *words: str) -> None:
        """Run ``reversal`` with some words; its output and its seconds go into the log."""
        began = time.monotonic()
        done = subprocess.run(
            [str(self.reversal), *words], cwd=self.folder, capture_output=True, text=True, check=False, encoding="utf-8"
        )
        seconds = time.monotonic() - began
        shown = " ".join(f"'{word}'" if " " in word else word for word in words)
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line and not line.startswith(LEFT_OUT)]
        lines = [line for line in lines if not re.match(r"\d+ of \d+ jobs, |Complete log|Elapsed", line)]
        self.text += f"$ reversal {shown}      # {seconds:.0f} s, exit code {done.returncode}\n"
        self.text += "".join(f"{line}\n" for line in _short(lines))

    def page(self) -> str:
        """The log as a block of a page, with the temporary folder as ``…``."""
        return "\n```\n" + self.text.replace(str(self.folder.parent), "…") + "```\n"


def _short(lines: list[str]) -> list[str]:
    half = MAX_LINES // 2
    if len(lines) <= MAX_LINES:
        return lines
    return [*lines[:half], f"… {len(lines) - 2 * half} further lines …", *lines[-half:]]


def main(real: Path | None) -> None:
    """Clone, set up, and write the page."""
    folder = Path(tempfile.mkdtemp()) / "patch clamp"
    clone = folder / "reversal clone"
    began = time.monotonic()
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    subprocess.run(["make", "setup"], cwd=clone, check=True, stdout=subprocess.DEVNULL)
    setup = f"\n`git clone` and `make setup`: {time.monotonic() - began:.0f} s.\n"
    reversal = clone / ".venv" / "bin" / "reversal"
    text = HEAD.format(cores=os.cpu_count()) + setup + RIG + _rig(clone, reversal)
    if real is not None and (real / REAL).is_dir():
        text += HCN + _hcn(folder, real / REAL, reversal)
    PAGE.write_text(text, encoding="utf-8")
    shutil.rmtree(folder.parent)
    print(PAGE.relative_to(ROOT))


def _rig(clone: Path, reversal: Path) -> str:
    raw = clone.parent / "rig"
    code = f"from tests.cli.rig_folder import *; write_rig(Path({str(raw)!r}), rig_truth(), with_currents=True)"
    subprocess.run([str(reversal.with_name("python")), "-c", code], cwd=clone, check=True)
    log = Log(clone.parent, reversal)
    log.run("init", "my night", "--recordings", "rig")
    log = Log(clone.parent / "my night", reversal, log.text)
    config = log.folder / "config" / "config.yaml"
    text = config.read_text(encoding="utf-8").replace("scan:\n", "scan:\n  fill: {temperature_C: 22}\n")
    config.write_text(text, encoding="utf-8")
    log.run("scan")
    log.run("run")
    return log.page()


def _hcn(folder: Path, raw: Path, reversal: Path) -> str:
    log = Log(folder, reversal)
    log.run("init", "HCN cells", "--recordings", str(raw))
    log = Log(folder / "HCN cells", reversal, log.text.replace(str(raw), REAL))
    (log.folder / "config" / "solutions.yaml").write_text(HCN_SOLUTIONS, encoding="utf-8")
    added = HCN_CONFIG.format(raw=raw)
    (log.folder / "config" / "config.yaml").write_text(added, encoding="utf-8")
    log.run("scan")
    log.run("run")
    block = f"\n```yaml\n{added.replace(str(raw), REAL)}```\n\n```yaml\n# solutions.yaml\n{HCN_SOLUTIONS}```\n"
    return block + log.page().replace(str(raw), REAL)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
