"""The commands that look at files: ``reversal inspect`` for one, ``reversal survey`` for a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any


def add_inspect(subparsers: Any) -> None:
    """Add ``inspect`` and ``survey`` to the subcommands of ``reversal``."""
    inspect = subparsers.add_parser(
        "inspect", help="print what a recording holds and how its command is known; draw its sweeps"
    )
    inspect.add_argument("file", type=Path, help="recording in any format that is read")
    inspect.add_argument("--channel", help="current channel, or group/number of a HEKA series")
    inspect.add_argument("--stimulus-dir", type=Path, action="append", default=[], help="folder with stimulus files")
    inspect.add_argument("--protocol", help="a protocol declared in the configuration")
    inspect.add_argument("--config", type=Path, default=Path("config/config.yaml"), help="where --protocol is declared")
    inspect.add_argument("--compare", action="store_true", help="hold the samples of pyABF and Neo against each other")
    inspect.add_argument("--png", type=Path, help="the picture (default: FILE's name with .png, in this folder)")
    inspect.set_defaults(run=_inspect)

    survey = subparsers.add_parser("survey", help="table of a folder: every file, its evidence, and why one is refused")
    survey.add_argument("folder", type=Path, help="folder of recordings; looked through to the bottom")
    survey.add_argument("--out", type=Path, help="CSV to write (default: printed)")
    survey.add_argument("--stimulus-dir", type=Path, action="append", default=[], help="folder with stimulus files")
    survey.set_defaults(run=_survey)


def _inspect(options: argparse.Namespace) -> int:
    from reversal.experiment.project import load_project, read_configuration
    from reversal.recordings.inspection import described, inspect
    from reversal.recordings.read_recording import Reading

    protocol = None
    if options.protocol:
        known = load_project(read_configuration(options.config), options.config).configuration.protocols
        if options.protocol not in known:
            print(f"{options.config}: no protocol '{options.protocol}'. Known: {', '.join(known)}", file=sys.stderr)
            return 1
        protocol = known[options.protocol]
    how = Reading(options.channel, protocol, tuple(options.stimulus_dir), options.compare)
    found = inspect(options.file, how)
    print(described(found))
    if found.recording is None:
        return 1
    from reversal.report.figure.recording_picture import write_picture

    picture = options.png or Path(f"{options.file.name}.png")
    write_picture(found.recording, picture)
    print(f"picture    {picture}")
    return 0


def _survey(options: argparse.Namespace) -> int:
    from reversal.recordings.read_recording import Reading
    from reversal.recordings.survey import survey
    from reversal.tables.files import write_table
    from reversal.tables.survey_table import SurveyRow

    rows = survey(options.folder, Reading(stimulus_dirs=tuple(options.stimulus_dir)))
    if options.out is not None:
        write_table(options.out, rows, SurveyRow)
    else:
        for row in rows:
            where = f"{row.file} {row.channel}".strip()
            print(f"{where}\t{row.readers}\t{row.command_evidence}\t{row.status}\t{row.reason}")
    counts = ", ".join(f"{sum(r.status == s for r in rows)} {s}" for s in ("read", "no command", "refused"))
    print(f"{len(rows)} recordings: {counts}", file=sys.stderr)
    return 0
