"""The command ``reversal``: projects, runs, files of recordings, quantities of electrochemistry, the demo."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from reversal.errors import Refusal

THOUSANDS = re.compile(r"-[1-9]\d{0,2},\d{3}")  # may be a thousand
CLOSED_PIPE, INTERRUPTED = 141, 130  # exit codes of a shell for these ends


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand. A refusal is printed and gives exit code 1."""
    _print_any_character()
    parser = _parser()
    options, further = parser.parse_known_args(_with_points(sys.argv[1:] if arguments is None else arguments))
    if further and not getattr(options, "passes_on", False):
        parser.error(f"unrecognized arguments: {' '.join(further)}")
    options.further = further
    run: Callable[[argparse.Namespace], int | None] = options.run
    try:
        code = run(options) or 0
        sys.stdout.flush()
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of the output has closed it: reversal inspect FILE | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return INTERRUPTED
    return code


def _with_points(words: list[str]) -> list[str]:
    """The words of ``calc`` with a point in negative numbers such as -5,5, which look like an option otherwise."""
    if words[:1] != ["calc"]:
        return words
    return [
        word.replace(",", ".") if re.fullmatch(r"-\d+,\d+", word) and not THOUSANDS.fullmatch(word) else word
        for word in words
    ]


def _print_any_character() -> None:
    """Print what the terminal cannot show as an escape, instead of ending: names of files may have any bytes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    from importlib.metadata import version

    from reversal.cli.calc import add_calc
    from reversal.cli.check_project import add_check
    from reversal.cli.completion import add_completion
    from reversal.cli.demo import add_demo
    from reversal.cli.design.design_command import add_design
    from reversal.cli.init import add_init
    from reversal.cli.inspect import add_inspect
    from reversal.cli.review import add_review
    from reversal.cli.run import add_run
    from reversal.cli.scan.command import add_scan
    from reversal.cli.solutions_table import add_solutions

    parser = argparse.ArgumentParser(prog="reversal", description="Reversal potentials and permeability ratios.")
    parser.add_argument("--version", action="version", version=f"reversal {version('reversal')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    add_demo(commands)
    add_init(commands)
    add_scan(commands)
    add_check(commands)
    simulate = commands.add_parser("simulate", help="write the simulated recordings of the demo")
    simulate.add_argument("folder", type=Path, help="folder to write to; it is created if it does not exist")
    simulate.set_defaults(run=_simulate)

    truth = commands.add_parser("truth", help="compare permeability ratios of the demo with those that were simulated")
    truth.add_argument(
        "--night", type=Path, default=Path("data/demo"), help="folder with truth.json (default %(default)s)"
    )
    truth.add_argument(
        "--cohort",
        type=Path,
        default=Path("results/cohort"),
        help="folder with permeabilities.csv (default %(default)s)",
    )
    truth.set_defaults(run=_truth)
    add_run(commands)
    add_review(commands)
    add_inspect(commands)
    add_solutions(commands)
    add_design(commands)
    add_calc(commands)
    add_completion(commands)
    return parser


def _simulate(options: argparse.Namespace) -> None:
    from reversal.simulate.synthetic_night import make_night

    make_night(options.folder)
    print(f"The simulated recordings are in {options.folder}")


def _truth(options: argparse.Namespace) -> int:
    from reversal.simulate.truth_comparison import compare_with_truth, truth_table

    rows = compare_with_truth(options.cohort / "permeabilities.csv", options.night / "truth.json")
    print(truth_table(rows))
    return 0
