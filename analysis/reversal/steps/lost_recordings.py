"""Refusal of a run that would replace finished results by empty ones, before it writes anything."""

from __future__ import annotations

from reversal.errors import Refusal
from reversal.experiment.project import Project
from reversal.experiment.raw_file import check_raw_dir

ALWAYS_ALLOWED = 1  # one missing recording keeps its last results and does not stop the run


def refuse_lost_recordings(project: Project) -> None:
    """Raise Refusal if raw_dir is missing or empty, or too many recordings have disappeared since they were read."""
    configuration = project.configuration
    if any(row.entry is None or row.entry.file for row in project.sheet_rows):
        check_raw_dir(configuration.raw_dir)
    missing = [entry.file for entry in project.missing]
    total = sum(row.entry is not None for row in project.sheet_rows)
    if len(missing) > max(ALWAYS_ALLOWED, configuration.max_missing_fraction * total):
        raise Refusal(
            f"{len(missing)} of {total} recordings were read before and their files are missing now",
            file=configuration.raw_dir,
            found=", ".join(missing[:3]) + (", …" if len(missing) > 3 else ""),
            expected=f"at most {configuration.max_missing_fraction:.0%} missing",
            remedy="Connect the disk of the recordings, or correct raw_dir; if the files were removed on purpose, "
            "raise max_missing_fraction: the recordings then keep their last results",
        )
