"""The figures that a calibration page prints."""

from __future__ import annotations

from pathlib import Path

Table = list[list[str]]
"""Rows of a table without its head and its rule."""


def tables_below(page: Path, heading: str) -> list[Table]:
    """Tables below the heading that starts with these words, before the next one."""
    section = page.read_text(encoding="utf-8").split(f"\n## {heading}")[1].split("\n## ")[0]
    blocks = [block.strip().splitlines() for block in section.split("\n\n")]
    return [
        [line.strip("| ").split(" | ") for line in lines[2:]] for lines in blocks if lines and lines[0].startswith("|")
    ]


def rows_below(page: Path, heading: str) -> Table:
    """Rows of the first table below a heading."""
    return tables_below(page, heading)[0]


def percent(figure: str) -> float:
    """A share as it is printed, with or without its unit."""
    return float(figure.removesuffix(" %"))
