"""The end of a run: status of the recordings, failures, and the path of the morning page."""

from __future__ import annotations

import json
from pathlib import Path


def last_lines(results_dir: Path, reports_dir: Path) -> str:
    """Number of recordings by status, failures with reasons, path of the morning page if there is one.

    Empty without a summary.
    """
    path = results_dir / "cohort" / "summary.json"
    if not path.is_file():
        return ""
    document = json.loads(path.read_text(encoding="utf-8"))
    counts = ", ".join(f"{number} {status}" for status, number in document["counts"]["recordings"].items())
    failed = [f for f in document["failures"] if f["table"] == "recordings"]
    lines = [f"  {f['cell']} {f['recording']}: {f['reason']}" for f in failed]
    page = reports_dir / "index.html"
    of_page = [f"Morning page: {page}"] if page.is_file() else []
    return "\n".join([f"Recordings: {counts or 'none'}", *lines, *of_page])
