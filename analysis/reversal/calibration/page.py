"""Shared parts of the calibration pages: tables, counts, and the code that the figures were made with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from reversal.steps.rerun_digest import PACKAGE, code_files, digest_of_code

FINDINGS = PACKAGE / "tables" / "findings"
WORDING = frozenset({FINDINGS / "definition.py", *FINDINGS.glob("of_*.py")})
"""Modules with the sentences of the findings. No number depends on a sentence; the severities in them count."""


def digest_of_page(module: Path) -> str:
    """Hash of the statements that the figures of a page come from: its module and all that it imports."""
    return digest_of_code({module, *code_files(module)}, WORDING)


def made_with(calibration: str, digest: str) -> str:
    """Line of a page with the command that writes it and the code its figures were made with."""
    return f"Written by `python -m reversal.calibration {calibration}` with the code of digest `{digest}`."


def table(head: Sequence[str], rows: Iterable[Sequence[str]], align: str | None = None) -> list[str]:
    """Lines of a Markdown table.

    align : one character a column, r for right; None for the default alignment
    """
    rule = ["---:" if side == "r" else "---" for side in align or "l" * len(head)]
    return [f"| {' | '.join(line)} |" for line in (head, rule, *rows)]


def percent(share: float, digits: int = 1) -> str:
    """A share in per cent, a dash if there is none."""
    return "–" if math.isnan(share) else f"{100 * share:.{digits}f} %"


def write_page(path: Path, lines: Sequence[str]) -> None:
    """Write a page; its folder is made if necessary."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
