"""``reversal run`` starts Snakemake with a profile of this project; further options are passed on to Snakemake."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from reversal.errors import Refusal

PROFILES = ("default", "overnight", "slurm")
CHECKOUT = Path(__file__).parents[3]


def add_run(subparsers: Any) -> None:
    """Add ``run`` to the subcommands of ``reversal``."""
    run = subparsers.add_parser(
        "run",
        help="run the pipeline on a project",
        usage="reversal run [-h] [--config FILE] [--profile NAME] [--cores N] [SNAKEMAKE OPTIONS]",
        description="Run the pipeline on a project. It continues where an earlier run stopped. "
        "Any other option is passed on to Snakemake, for example -n, --unlock, --until cohort, --no-keep-going.",
        allow_abbrev=False,
    )
    run.add_argument("--config", type=Path, help="configuration (default config/config.yaml)")
    run.add_argument("--profile", choices=PROFILES, default="default", help="where it runs (default %(default)s)")
    run.add_argument("--cores", help="number of cores (default: that of the profile)")
    run.set_defaults(run=_run, passes_on=True)


def _run(options: argparse.Namespace) -> int:
    if options.config is not None:
        from reversal.experiment.project import read_configuration

        read_configuration(options.config)  # Snakemake would answer a damaged file with an error of its own
    command = snakemake_command(options, Path.cwd())
    sys.stdout.flush()
    os.execv(command[0], command)


def snakemake_command(options: argparse.Namespace, folder: Path) -> list[str]:
    """Words of the command that runs Snakemake.

    folder : where the command runs; its workflow is used, or else that of the folder of this package
    """
    workflow = next((place for place in (folder, CHECKOUT) if (place / "Snakefile").is_file()), None)
    if workflow is None:
        raise Refusal(
            "there is no workflow here", file=folder / "Snakefile", remedy="Run the command in the folder of Reversal"
        )
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(workflow / "Snakefile")]
    command += ["--workflow-profile", str(workflow / "workflow" / "profiles" / options.profile)]
    if options.config is not None:
        command += ["--configfile", str(options.config)]
    if options.cores is not None:
        command += ["--cores", options.cores]
    return [*command, *options.further]
