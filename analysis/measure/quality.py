"""Quality of a recording: one function, one sentence; limits come from the configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analysis.experiment.measuring import Quality


@dataclass(frozen=True, slots=True)
class RecordingQuality:
    """The numbers that the checks look at; None where not known."""

    series_resistance_MOhm: float | None
    input_resistance_MOhm: float | None
    voltage_error_mV: float | None
    saturated_samples: int


@dataclass(frozen=True, slots=True)
class Found:
    """What one check found: its name, the number, its limit and a sentence."""

    name: str
    number: float
    limit: float
    sentence: str


def series_resistance(quality: RecordingQuality, limits: Quality) -> Found | None:
    """I × R_s moves the membrane away from the command."""
    rs, limit = quality.series_resistance_MOhm, limits.series_resistance_MOhm
    if rs is None or rs <= limit:
        return None
    return Found("series_resistance", rs, limit, f"R_s {rs:.1f} MΩ is above {limit:.1f} MΩ")


def input_resistance(quality: RecordingQuality, limits: Quality) -> Found | None:
    """A leaky seal carries its own current and reversal into every number."""
    rm, limit = quality.input_resistance_MOhm, limits.input_resistance_MOhm
    if rm is None or rm >= limit:
        return None
    return Found("input_resistance", rm, limit, f"input resistance {rm:.0f} MΩ is below {limit:.0f} MΩ")


def voltage_error(quality: RecordingQuality, limits: Quality) -> Found | None:
    """A large correction of the voltage axis is only as good as R_s."""
    error, limit = quality.voltage_error_mV, limits.voltage_error_mV
    if error is None or error <= limit:
        return None
    return Found("voltage_error", error, limit, f"R_s moves the membrane by up to {error:.1f} mV, above {limit:.1f} mV")


def saturation(quality: RecordingQuality, limits: Quality) -> Found | None:  # noqa: ARG001
    """A clipped current is not the current."""
    count = quality.saturated_samples
    if not count:
        return None
    return Found(
        "saturation", float(count), 0.0, f"{count} samples of the measured windows are at the digitiser's limit"
    )


CHECKS: tuple[Callable[[RecordingQuality, Quality], Found | None], ...] = (
    series_resistance,
    input_resistance,
    voltage_error,
    saturation,
)


def checked(quality: RecordingQuality, limits: Quality) -> tuple[Found, ...]:
    """Answers of all checks that found something."""
    return tuple(found for check in CHECKS if (found := check(quality, limits)) is not None)
