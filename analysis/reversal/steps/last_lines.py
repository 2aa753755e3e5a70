"""The end of a run: status of the recordings, failures, and the path of the morning page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reversal.steps.step_record import read_document

FAILURES_LISTED = 10


def last_lines(results_dir: Path, reports_dir: Path) -> str:
    """Number of recordings by status, the first failures with reasons, path of the morning page if there is one.

    Empty without a summary, or if it is damaged.
    """
    path = results_dir / "cohort" / "summary.json"
    document = read_document(path)
    if not document:
        return ""
    counts = ", ".join(f"{number} {status}" for status, number in document["counts"]["recordings"].items())
    failed = [f for f in document["failures"] if f["table"] == "recordings"]
    lines = [f"  {f['cell']} {f['recording']}: {f['reason']}" for f in failed[:FAILURES_LISTED]]
    if len(failed) > FAILURES_LISTED:
        lines.append(f"  and {len(failed) - FAILURES_LISTED} more, in {path.with_name('recordings.csv')}")
    lines += [f"  {cell}, fits: {reason}" for cell, reason in document.get("bugs_in_fits", {}).items()]
    page = reports_dir / "index.html"
    of_page = [f"Morning page: {page}"] if page.is_file() else []
    return "\n".join([f"Recordings: {counts or 'none'}", *lines, *of_page])


def lines_of_incomplete_run(results_dir: Path, reports_dir: Path, is_unfinished: Callable[[str], bool]) -> list[str]:
    """The same after a run that is incomplete, and which of it an earlier run has made.

    is_unfinished : whether a rule was to run and did not end
    """
    lines = last_lines(results_dir, reports_dir)
    if not lines:
        return []
    if is_unfinished("cohort"):
        made = "The tables of all cells and the morning page are those of an earlier run:"
    elif is_unfinished("morning_page") and (reports_dir / "index.html").is_file():
        made = "The tables of all cells are finished; the morning page is that of an earlier run:"
    else:
        made = "The tables of all cells are finished:"
    return [made, lines]
