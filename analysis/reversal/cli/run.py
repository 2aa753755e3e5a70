"""``reversal run`` runs Snakemake with a profile of this project; further options are passed on to Snakemake."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path
from typing import Any

from reversal.cli.notify import command_of, notify
from reversal.cli.slurm_check import check_slurm
from reversal.cli.watch import add_watch, watch, watches
from reversal.errors import Refusal

PROFILES = ("default", "overnight", "slurm")
CHECKOUT = Path(__file__).parents[3]
INSTALLED = Path(__file__).parents[1] / "pipeline"  # where the wheel has the workflow
WORKFLOW = Path("workflow", "rules", "cells.smk")  # another Snakefile may be where the command runs
COMPLETE, INCOMPLETE, NOT_STARTED = 0, 1, 2
NICENESS = 10  # of a run overnight: the acquisition software comes first


def add_run(subparsers: Any) -> None:
    """Add ``run`` to the subcommands of ``reversal``."""
    run = subparsers.add_parser(
        "run",
        help="run the pipeline on a project",
        usage="reversal run [-h] [--config FILE] [--profile NAME] [--cores N] [--notify COMMAND] "
        "[--watch] [--watch-hours H] [--watch-minutes M] [SNAKEMAKE OPTIONS]",
        description="Run the pipeline on a project. It continues where an earlier run stopped. "
        "Any other option is passed on to Snakemake, for example -n, --unlock, --until cohort, --no-keep-going.",
        epilog="Exit codes: 0 the run is complete; 1 it is incomplete, because a step failed; 2 nothing was run.",
        allow_abbrev=False,
    )
    run.add_argument("--config", type=Path, help="configuration (default config/config.yaml)")
    run.add_argument("--profile", choices=PROFILES, default="default", help="where it runs (default %(default)s)")
    run.add_argument("--cores", help="number of cores (default: that of the profile; overnight: all but one)")
    run.add_argument(
        "--notify",
        metavar="COMMAND",
        help="command to run at the end, without a shell; it reads the summary on its standard input, and finds it in "
        "REVERSAL_SUMMARY and the exit code in REVERSAL_EXIT_CODE",
    )
    add_watch(run)
    run.set_defaults(run=_run, passes_on=True)


def run_pipeline(words: list[str]) -> int:
    """Run the pipeline with the words that may follow ``reversal run``; its exit code."""
    parser = argparse.ArgumentParser()
    add_run(parser.add_subparsers())
    options, further = parser.parse_known_args(["run", *words])
    options.further = further
    return _run(options)


class _Sentences(logging.Handler):
    """Keeps what the run reports, without the jobs done so far."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not hasattr(record, "jobs_done"):
            self.kept.append(record.getMessage())


def _run(options: argparse.Namespace) -> int:
    if watches(options):
        return watch(options)
    said = _Sentences()
    logging.getLogger("reversal.run").addHandler(said)
    try:
        command = None if options.notify is None else command_of(options.notify)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return NOT_STARTED
    try:
        end = _end_of_run(options)
    except Refusal as refusal:
        end = str(refusal)
    if isinstance(end, str):
        print(end, file=sys.stderr)
        said.kept.append(end)
    # the run reports nothing before its first job is planned
    code = NOT_STARTED if isinstance(end, str) or (end == INCOMPLETE and not said.kept) else end
    if command is not None:
        notify(command, code, said.kept)
    return code


def _end_of_run(options: argparse.Namespace) -> int | str:
    """Run Snakemake with the options; its exit code, or the message with which the workflow refuses to start.

    Snakemake runs in this process, so that a signal or a kill reaches it.
    """
    words = snakemake_options(options, Path.cwd())
    if options.profile == "slurm":
        check_slurm()
    if options.profile == "overnight" and hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)
    return run_snakemake(words)


def run_snakemake(words: list[str]) -> int | str:
    """Exit code of Snakemake, or the message with which the workflow refuses to start.

    This is the main function of Snakemake, with our reader first: that of Snakemake runs code that a file contains.
    """
    from snakemake.cli import args_to_api, parse_args
    from snakemake.exceptions import print_exception

    from reversal.experiment.project import read_configuration

    python = sys.executable  # the workflow quotes it for the shell
    sys.argv = ["snakemake", *words]
    try:
        parser, chosen = parse_args(words)
        for file in chosen.configfile:
            read_configuration(file)
        return COMPLETE if args_to_api(chosen, parser) else INCOMPLETE
    except SystemExit as end:
        return end.code if end.code is not None else COMPLETE
    except Refusal:
        raise
    except Exception as fault:  # as the main function of Snakemake
        print_exception(fault)
        return INCOMPLETE
    finally:
        sys.executable = python


def snakemake_options(options: argparse.Namespace, folder: Path) -> list[str]:
    """Options for Snakemake.

    folder : where the command runs; its workflow is used, or else that of the folder of this package, or of its wheel
    """
    workflow = next((place for place in (folder, CHECKOUT, INSTALLED) if (place / WORKFLOW).is_file()), None)
    if workflow is None:
        raise Refusal(
            "there is no workflow here", file=folder / "Snakefile", remedy="Run the command in the folder of Reversal"
        )
    words = ["--snakefile", str(workflow / "Snakefile")]
    words += ["--workflow-profile", str(workflow / "workflow" / "profiles" / options.profile)]
    if options.config is not None:
        words += ["--configfile", str(options.config)]
    cores = options.cores
    if cores is None and options.profile == "overnight":
        cores = str(max(1, cores_here() - 1))
    if cores is not None:
        words += ["--cores", cores]
    return [*words, *options.further]


def cores_here() -> int:
    """Number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
