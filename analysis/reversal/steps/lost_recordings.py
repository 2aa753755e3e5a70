"""Refusal of a run that would replace finished results by empty ones, before it writes anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reversal.errors import Refusal
from reversal.experiment.project import Project
from reversal.experiment.raw_file import check_raw_dir, why_unreadable
from reversal.experiment.step_settings import SheetRow
from reversal.recordings.earlier_copy import cells_of_files, was_read

ALWAYS_ALLOWED = 1  # one lost recording keeps its last results and does not stop the run


def refuse_lost_recordings(project: Project) -> None:
    """Raise Refusal if raw_dir is missing or empty, or too many recordings can no longer be read."""
    configuration = project.configuration
    if any(row.entry is None or row.entry.file for row in project.sheet_rows):
        check_raw_dir(configuration.raw_dir)
    lost = list(_lost(project))
    faulty = [row for row, _ in lost if row.entry is None]
    total = len(faulty) + sum(row.entry is not None for row in project.sheet_rows)
    if len(lost) > max(ALWAYS_ALLOWED, configuration.max_missing_fraction * total):
        reasons = Counter(why for _, why in lost).most_common()
        raise Refusal(
            f"{len(lost)} of {total} recordings were read before and cannot be read now: "
            + "; ".join(f"{why} ({number})" for why, number in reasons),
            file=configuration.raw_dir,
            found=", ".join(row.file for row, _ in lost[:3]) + (", …" if len(lost) > 3 else ""),
            expected=f"at most {configuration.max_missing_fraction:.0%} lost",
            remedy="Connect the disk of the recordings, or correct raw_dir or the permissions; if it is on purpose, "
            "raise max_missing_fraction: the recordings then keep their last results",
        )


def _lost(project: Project) -> Iterator[tuple[SheetRow, str]]:
    """Rows whose recording was read before and cannot be read now, each with the reason.

    A row counts if there is a copy of its recording, or if the last run read its file: the row may have another
    protocol or another fault since then. Files are opened here, and not where rows are checked, because every job
    checks them.
    """
    configuration = project.configuration
    results = configuration.results_dir
    for one in project.unreached:
        row, of_file = one.line.row, one.of_file
        if of_file.has_copy or row.file in cells_of_files(results):
            yield row, of_file.unreached or ""
    unreached = {one.line.row.row for one in project.unreached}
    for row in project.sheet_rows:
        if row.entry is None or not row.file or row.row in unreached:
            continue
        why = why_unreadable(configuration.raw_dir / row.file)
        if why is not None and (row.file in cells_of_files(results) or was_read(configuration, row.entry)):
            yield row, why
