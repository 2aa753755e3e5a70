"""Words of a line of titles in a text."""

from __future__ import annotations

import csv
from pathlib import Path

from reversal.recordings.recording.recording import RecordingRefused


def title_words(line: str, delimiter: str, path: Path) -> list[str]:
    """Words of a line; a delimiter in quotes does not divide. Raises RecordingRefused for a word without an end."""
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        raise RecordingRefused(
            "a line of titles has a word that is too long",
            file=path,
            place=f"the line of {len(line)} letters",
            found=line[:40],
            expected=f"words of at most {csv.field_size_limit()} letters",
            remedy="The file is damaged, or a line break or a quote was lost: export the recording again",
        ) from None
