"""``reversal scan`` opens every recording of the folder, drafts the sheet, and lists what is left for a person."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reversal.errors import printable

CONFIG = Path("config/config.yaml")
MAX_REASONS = 12


def add_scan(subparsers: Any) -> None:
    """Add ``scan`` to the subcommands of ``reversal``."""
    text = "draft the recording sheet from a folder of recordings"
    scan = subparsers.add_parser(
        "scan",
        help=text,
        description=f"{text[0].upper()}{text[1:]}. Every guess is named in the column `guessed`, with its evidence; "
        "what cannot be guessed stays empty. Files of one sweep each are joined where it can be told "
        "which. A further scan adds new recordings and changes no row of the sheet.",
    )
    scan.add_argument("folder", type=Path, nargs="?", help="part of raw_dir to scan (default: all of raw_dir)")
    scan.add_argument("--config", type=Path, default=CONFIG, help="configuration (default %(default)s)")
    scan.add_argument("-n", "--dry-run", action="store_true", help="write nothing; print what would be written")
    scan.add_argument("--json", action="store_true", help="print the summary as JSON")
    scan.set_defaults(run=_scan)


def _scan(options: argparse.Namespace) -> int:
    from reversal.cli.scan.scan_folder import scan_folder

    result = scan_folder(options.config, options.folder, write=not options.dry_run)
    summary = Summary.of(result, options.config, wrote=not options.dry_run)
    text = json.dumps(summary.document(), ensure_ascii=False, indent=1) if options.json else "\n".join(summary.lines())
    print(text if options.json else printable(text))
    return 0


@dataclass(frozen=True, slots=True)
class Summary:
    """What a scan did, in words."""

    sheet: str
    left_out_file: str
    config: str
    solutions: str
    has_example_recipes: bool
    wrote: bool
    opened: int
    new_rows: int
    old_rows: int
    missing_files: tuple[str, ...]
    cells: int
    guessed: Counter[str]
    gaps: Counter[tuple[str, str]]
    left_out: Counter[str]

    @classmethod
    def of(cls, result: Any, config: Path, *, wrote: bool) -> Summary:
        """The summary of a scan."""
        from reversal.cli.init import has_example_recipes

        return cls(
            sheet=str(result.sheet),
            left_out_file=str(result.left_out_file),
            config=str(config),
            solutions=str(result.solutions),
            has_example_recipes=has_example_recipes(result.solutions),
            wrote=wrote,
            opened=result.opened,
            new_rows=len(result.rows),
            old_rows=result.old_rows,
            missing_files=tuple(result.missing_files),
            cells=len({row.values["cell"] for row in result.rows}),
            guessed=Counter(name for row in result.rows for name in row.values["guessed"].split(", ")),
            gaps=Counter((name, why) for row in result.rows for name, why in row.gaps.items()),
            left_out=Counter(_short(found.no_iv or "") for found in result.left_out),
        )

    def lines(self) -> Iterator[str]:
        """Lines for the terminal."""
        would = "" if self.wrote else "would be "
        new = f"{_counted(self.new_rows, 'new row')} of {_counted(self.cells, 'cell')} {would}in {self.sheet}"
        kept = f", {_counted(self.old_rows, 'row')} kept" if self.old_rows else ""
        yield f"{_counted(self.opened, 'recording')} opened: {new}{kept}"
        if self.guessed:
            counts = ", ".join(f"{name} {count}" for name, count in self.guessed.most_common())
            yield f"Guessed (named in the column `guessed`, with the evidence): {counts}"
        for (name, why), count in self.gaps.most_common(MAX_REASONS):
            yield f"To fill in: {name} of {_counted(count, 'row')}: {why or 'no text names it'}"
        if self.left_out:
            yield f"Left out, in {self.left_out_file}: {sum(self.left_out.values())}"
            for reason, count in self.left_out.most_common(MAX_REASONS):
                yield f"  {count} × {reason}"
        if self.missing_files:
            yield f"Files of the sheet that are not in the folder: {', '.join(self.missing_files[:MAX_REASONS])}"
        yield from self._next_step()

    def _next_step(self) -> Iterator[str]:
        from reversal.cli.scan.guesses import NOT_AGREED

        option = "" if self.config == str(CONFIG) else f" --config {self.config}"
        if self.new_rows and self.has_example_recipes:
            yield f"{self.solutions} still has the example recipes of `reversal init`: replace them by yours"
        if any(count > 1 and not why.startswith(NOT_AGREED) for (_, why), count in self.gaps.items()):
            yield (
                f"Rules fill many rows at once: write scan.bath or scan.fill into {self.config}, delete the new rows "
                "of the sheet, and scan again"
            )
        if self.gaps:
            yield f"Next: fill the gaps in {self.sheet}, then: reversal check{option} and reversal run{option}"
        elif self.new_rows or self.old_rows:
            yield f"Next: check the guesses in {self.sheet}, then: reversal run{option}"
        else:
            yield "No recording with an I–V was found."

    def document(self) -> dict[str, object]:
        """The summary for JSON."""
        return {
            "sheet": self.sheet,
            "opened": self.opened,
            "new_rows": self.new_rows,
            "old_rows": self.old_rows,
            "cells": self.cells,
            "guessed": dict(self.guessed),
            "gaps": [{"column": name, "reason": why, "rows": count} for (name, why), count in self.gaps.items()],
            "left_out": dict(self.left_out),
            "missing_files": list(self.missing_files),
            "next": list(self._next_step()),
        }


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _short(reason: str) -> str:
    """A reason without what differs from file to file."""
    first = reason.split(". Found:")[0].split(" Found:")[0]
    return first.partition(". ")[0][:140].rstrip(".")
