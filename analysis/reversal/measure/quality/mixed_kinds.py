"""Recordings of a cell with the same steps, of which some were measured at peaks and others at steady state."""

from __future__ import annotations

from collections.abc import Sequence

from reversal.measure.quality.cell_recording import CellRecording
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.iv_table import IVKind


def mixed_kinds(recordings: Sequence[CellRecording]) -> dict[str, Finding]:
    """Findings by recording; voltages and baths may differ.

    A drug may block the current that has the peak, so two conditions are compared only if one is subtracted.
    """
    found = {}
    for one in recordings:
        others = [other.recording for other in recordings if _same_steps(one, other) and _kind(other) != _kind(one)]
        if others:
            place, kind, other_kind = ", ".join(others), _kind(one), "steady state" if _is_peak(one) else "peak"
            found[one.recording] = finding(Code.KIND_DIFFERS, len(others), place=place, kind=kind, other=other_kind)
    return found


def _same_steps(one: CellRecording, other: CellRecording) -> bool:
    """Whether the currents of both decided how they are measured, in steps of the same timing."""
    alike = one.condition == other.condition or one.subtracted or other.subtracted
    return alike and one.chosen_step_ms is not None and one.chosen_step_ms == other.chosen_step_ms


def _is_peak(one: CellRecording) -> bool:
    return one.curve.kind is IVKind.PEAK


def _kind(one: CellRecording) -> str:
    return "peak" if _is_peak(one) else "steady state"
