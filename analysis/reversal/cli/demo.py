"""``reversal demo`` simulates a night of recordings, analyses it, and compares its ratios with the simulated ones."""

from __future__ import annotations

import argparse
import os
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

from reversal.errors import Refusal

RECORDINGS = Path("data", "demo")


def add_demo(subparsers: Any) -> None:
    """Add ``demo`` to the subcommands of ``reversal``."""
    text = "simulate a night of recordings and run the pipeline on it"
    demo = subparsers.add_parser("demo", help=text, description=f"{text[0].upper()}{text[1:]}.", allow_abbrev=False)
    demo.add_argument(
        "folder", type=Path, nargs="?", default=Path("reversal_demo"), help="new folder (default %(default)s)"
    )
    demo.add_argument("--cores", help="number of cores (default: all)")
    demo.set_defaults(run=_demo, passes_on=True)


def _demo(options: argparse.Namespace) -> int:
    from reversal.cli.run import run_pipeline
    from reversal.simulate.truth_comparison import compare_with_truth, truth_table

    demo_project(options.folder)
    os.chdir(options.folder)
    cores = [] if options.cores is None else ["--cores", options.cores]
    code = run_pipeline([*cores, "all", "atlas", *options.further])
    ratios = Path("results", "cohort", "permeabilities.csv")
    if code == 0 and ratios.is_file():  # not after --dry-run
        print(truth_table(compare_with_truth(ratios, RECORDINGS / "truth.json")))
        print(f"Morning page: {Path('reports', 'index.html').resolve()}")
    return code


def demo_project(folder: Path) -> None:
    """Write the simulated recordings and their project; a project that is there is used again.

    Raises Refusal if the folder contains something else.
    """
    from reversal.simulate.synthetic_night import make_night

    if folder.exists() and not (folder / RECORDINGS / "truth.json").is_file() and any(folder.iterdir()):
        raise Refusal("the folder is not empty", file=folder, remedy="Name a new folder")
    make_night(folder / RECORDINGS)
    config = folder / "config"
    config.mkdir(exist_ok=True)
    for name in ("recordings.tsv", "solutions.yaml"):
        shutil.copyfile(folder / RECORDINGS / name, config / name)
    text = (files("reversal.cli") / "project" / "demo.yaml").read_text(encoding="utf-8")
    (config / "config.yaml").write_text(text, encoding="utf-8", newline="\n")
