"""``reversal inspect`` prints the content of one file; ``reversal survey`` makes a table of all files in a folder."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reversal.errors import Refusal, nearest, printable

if TYPE_CHECKING:
    from reversal.experiment.protocols import Protocol
    from reversal.recordings.inspection import Inspection


def add_inspect(subparsers: Any) -> None:
    """Add ``inspect`` and ``survey`` to the subcommands of ``reversal``."""
    inspect = subparsers.add_parser(
        "inspect",
        help="print the content of a recording and the evidence for its command",
        description="Print the content of a recording and the evidence for its command; with --png, draw its sweeps.",
    )
    inspect.add_argument("file", type=Path, help="recording in any supported format")
    inspect.add_argument(
        "--channel", help="current channel; HEKA: group/number of a series; NWB: electrode or electrode/run"
    )
    inspect.add_argument("--output", help="Axon: output that commands the voltage of the cell")
    inspect.add_argument("--sweeps", help="sweeps to read, such as 1-9,12 (default: all)")
    _add_files(inspect)
    inspect.add_argument("--protocol", help="name of a protocol that is declared in the configuration")
    inspect.add_argument(
        "--config", type=Path, default=Path("config/config.yaml"), help="configuration with the protocol (%(default)s)"
    )
    inspect.add_argument("--compare", action="store_true", help="read an Axon file with pyABF and Neo and compare them")
    inspect.add_argument("--png", type=Path, help="file for a picture of the sweeps")
    inspect.add_argument("--json", action="store_true", help="print the content as JSON, without sweeps")
    inspect.set_defaults(run=_inspect)

    survey = subparsers.add_parser(
        "survey",
        help="make a table of all recordings in a folder, with the reason for each refusal",
        description="Make a table of all recordings in a folder and its subfolders, with the reason for each refusal.",
    )
    survey.add_argument("folders", type=Path, nargs="+", metavar="folder", help="folder of recordings")
    survey.add_argument("--out", type=Path, help="CSV file to write (default: print the table)")
    survey.add_argument("--json", action="store_true", help="print the table as JSON")
    _add_files(survey)
    survey.set_defaults(run=_survey)


def _add_files(parser: argparse.ArgumentParser) -> None:
    help_text = "folder with stimulus files; can be given more than once"
    parser.add_argument("--stimulus-dir", type=Path, action="append", default=[], help=help_text)
    help_text = "a larger file is refused [MB] (%(default)g)"
    parser.add_argument("--max-file-MB", type=float, default=2000.0, dest="max_file_MB", help=help_text)


def _inspect(options: argparse.Namespace) -> int:
    from reversal.experiment.sweep_numbers import sweep_ranges
    from reversal.recordings.choices.reading_options import ReadingOptions
    from reversal.recordings.inspection import inspect, inspection_text

    protocol = _declared_protocol(options.protocol, options.config) if options.protocol else None
    sweeps = None if options.sweeps is None else sweep_ranges(options.sweeps)
    reading = ReadingOptions(
        options.channel,
        protocol,
        tuple(options.stimulus_dir),
        options.compare,
        sweeps,
        max_file_MB=options.max_file_MB,
        output=options.output,
    )
    found = inspect(options.file, reading)
    if options.json:
        print(json.dumps(_document(found), ensure_ascii=False, indent=1))
    else:
        print(printable(inspection_text(found)))
    if found.recording is None:
        return 1
    if options.png is not None:
        from reversal.report.figure.recording_picture import write_picture

        write_picture(found.recording, options.png)
        print(f"picture    {options.png}", file=sys.stderr if options.json else sys.stdout)
    return 0


def _document(found: Inspection) -> dict[str, object]:
    """The content of a file for JSON."""
    recording = found.recording
    if recording is None:
        return {"file": str(found.path), "refused": str(found.refusal)}
    telegraph = recording.telegraph
    return {
        "file": str(found.path),
        "sha256": recording.sha256,
        "format": recording.format,
        "started": recording.started,
        "sweeps": len(recording.sweeps),
        "sample_rate_Hz": recording.sample_rate_Hz,
        "channels": [{"name": one.name, "unit": one.unit, "role": one.role} for one in recording.channels],
        "current_channel": recording.current_channel.name,
        "command": {"evidence": recording.command.evidence.value, "basis": recording.command.basis},
        "telegraph": {name: getattr(telegraph, name) for name in telegraph.__slots__},
        "header": dict(recording.header),
        "tags": [{"time_s": tag.time_s, "text": tag.text} for tag in recording.tags],
        "warnings": list(recording.warnings),
    }


def _declared_protocol(name: str, config: Path) -> Protocol:
    from reversal.experiment.project import load_project, read_configuration

    protocols = load_project(read_configuration(config), config).configuration.protocols
    if name not in protocols:
        raise Refusal(f"protocol {name!r} is not in the configuration", file=config, remedy=nearest(name, protocols))
    return protocols[name]


def _survey(options: argparse.Namespace) -> int:
    from reversal.recordings.choices.reading_options import ReadingOptions
    from reversal.recordings.survey import survey
    from reversal.tables.files import write_table
    from reversal.tables.survey_table import SurveyRow

    reading = ReadingOptions(stimulus_dirs=tuple(options.stimulus_dir), max_file_MB=options.max_file_MB)
    rows = [row for folder in options.folders for row in survey(folder, reading)]
    if options.out is not None:
        write_table(options.out, rows, SurveyRow)
    elif options.json:
        print(json.dumps([row.model_dump() for row in rows], ensure_ascii=False, indent=1))
    else:
        content = "format\tstarted\tsweeps\trate [Hz]\tprotocol"
        print(f"file and channel\t{content}\treaders\tcommand\tstatus\treason")
        for row in rows:
            source = printable(f"{row.file} {row.channel}".strip(), kept="")
            content = f"{row.format}\t{row.started}\t{row.sweeps or ''}\t{row.sample_rate_Hz or ''}\t{row.protocol}"
            print(f"{source}\t{content}\t{row.readers}\t{row.command_evidence}\t{row.status}\t{row.reason}")
    counts = ", ".join(f"{sum(r.status == s for r in rows)} {s}" for s in ("read", "no command", "refused"))
    print(f"{len(rows)} recordings: {counts}", file=sys.stderr)
    return 0
