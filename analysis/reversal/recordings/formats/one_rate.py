"""Files that give a sampling rate for each sweep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reversal.recordings.recording.recording import RecordingRefused
from reversal.recordings.recordings_constants import SERIES_RATE_TOLERANCE


def refuse_other_rates(rates_Hz: Sequence[float], file: Path) -> None:
    """Raise RecordingRefused if sweeps have different sampling rates."""
    if not all(is_same_rate(rate_Hz, rates_Hz[0]) for rate_Hz in rates_Hz):
        raise RecordingRefused(
            "the sweeps have different sampling rates",
            file=file,
            found=f"{min(rates_Hz):.7g} to {max(rates_Hz):.7g} Hz",
            remedy="Choose sweeps of one rate in the column 'sweeps' of the recording sheet",
        )


def is_same_rate(one_Hz: float, other_Hz: float) -> bool:
    """Whether two rates are equal but for rounding to single precision."""
    return abs(one_Hz / other_Hz - 1) <= SERIES_RATE_TOLERANCE
