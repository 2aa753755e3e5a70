"""``reversal check`` lists everything that is wrong with a project: the worst first, each cause once."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reversal.errors import Refusal, printable

CONFIG = Path("config/config.yaml")


def add_check(subparsers: Any) -> None:
    """Add ``check`` to the subcommands of ``reversal``."""
    text = "list every error of configuration, solutions and recording sheet"
    check = subparsers.add_parser(
        "check",
        help=text,
        description=f"{text[0].upper()}{text[1:]}: the worst first, each cause once.",
        epilog="Exit codes: 0 no faults; 1 faults. Warnings alone give 0.",
    )
    check.add_argument("--config", type=Path, default=CONFIG, help="configuration (default %(default)s)")
    check.add_argument("--read", action="store_true", help="also read every recording, as a run does")
    check.add_argument("--json", action="store_true", help="print the list as JSON")
    check.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    from reversal.cli.junction_warnings import junction_warnings
    from reversal.experiment.project import examined_project, read_configuration

    try:
        document = read_configuration(options.config)
    except Refusal as refusal:
        if not options.json:
            raise
        return _report(options, [str(refusal)], [], [], {})
    project, refused = examined_project(document, options.config)
    faults = [*(str(one) for one in refused), *project.faults]
    # a project that cannot be read completely has no plausible values to compare
    warnings = [] if refused else [*project.warnings, *junction_warnings(project)]
    if options.read:
        from reversal.cli.read_all import read_all

        unread, of_recordings = read_all(project)
        faults += unread
        warnings += of_recordings
    counts = {
        "recordings": len(project.sheet_rows),
        "cells": len(project.cells),
        "solutions": len(project.solutions) + len(project.solution_faults),
    }
    return _report(options, faults, warnings, list(project.notes), counts)


def _report(
    options: argparse.Namespace, faults: list[str], warnings: list[str], notes: list[str], counts: Mapping[str, int]
) -> int:
    if options.json:
        document = {"config": str(options.config), "faults": faults, "warnings": warnings, "notes": notes, **counts}
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return 1 if faults else 0
    for fault in faults:
        print(printable(fault))
    for warning in warnings:
        print(printable(f"Warning: {warning}"))
    for note in notes:
        print(printable(f"Note: {note}"))
    if counts:
        of = f"{counts['recordings']} recordings of {counts['cells']} cells, {counts['solutions']} solutions"
        print(f"{options.config}: {of}, {_counted(warnings, 'warning')}, {_counted(faults, 'fault')}")
    return 1 if faults else 0


def _counted(things: list[str], name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"
