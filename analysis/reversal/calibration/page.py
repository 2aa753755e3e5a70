"""Shared parts of the calibration pages: tables, counts, and the code that the figures were made with."""

from __future__ import annotations

import ast
import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


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


def code_digest(module: Path) -> str:
    """Digest of a module and of every module of the package that it imports, directly or through others."""
    reached: set[Path] = set()
    waiting = [module]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += _imported(path)
    digest = hashlib.sha256()
    for path in sorted(reached):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _imported(path: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE.name}."):
            file = PACKAGE.parent.joinpath(*str(node.module).split(".")).with_suffix(".py")
            yield from (one for one in (file, file.with_suffix("") / "__init__.py") if one.is_file())
