"""The epoch that carries the I–V, the kind of I–V, and the samples of each sweep that are measured.

Recognition uses the command alone. The measured epoch is the step whose level changes from sweep to sweep; if it
directly follows a conditioning step, it is a tail. Without such a step, a ramp of at least 30 mV is measured. Anything
else is refused, with the remedy to name the epoch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reversal.errors import Refusal
from reversal.experiment.measure_settings import Window
from reversal.measure.protocol.protocol_constants import (
    MIN_WINDOW_SAMPLES,
    MIN_FAMILY_SPAN_mV,
    MIN_RAMP_mV,
)
from reversal.measure.protocol.protocol_kind import is_flat, protocol_kind
from reversal.recordings.recording.recording import Epoch, Evidence, Recording, Shape
from reversal.tables.findings.finding import Finding
from reversal.tables.iv_table import IVKind


class NotMeasurable(Refusal):
    """A recording in which no I–V can be measured as declared."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured in a recording.

    kind : how the current is measured
    protocol_kind : step | ramp | tail | other
    epochs : the measured epoch of each sweep, in order of the sweeps
    sweeps : index of the sweeps that have it
    findings : reasons against this kind of I–V
    chosen : whether steady state or peak was chosen from the currents
    """

    kind: IVKind
    protocol_kind: str
    epochs: tuple[Epoch, ...]
    sweeps: tuple[int, ...]
    findings: tuple[Finding, ...] = ()
    chosen: bool = False


def plan(recording: Recording, window: Window) -> Plan:
    """Find the epoch to measure and the kind of I–V.

    Raises NotMeasurable if the command is unknown or no epoch carries an I–V.
    """
    if recording.command.evidence is Evidence.UNKNOWN:
        raise NotMeasurable(
            f"the command is not known: {recording.command.basis.rstrip('.')}",
            file=recording.file,
            remedy="Declare the protocol in config.yaml and name it in the sheet",
        )
    commands = _aligned([command.epochs for command in recording.command.sweeps])
    if not commands or not any(commands):
        raise NotMeasurable("the command has no epochs", file=recording.file)
    index = _named(commands, window.epoch, recording) if window.epoch else _measured(commands, recording)
    kind_of_protocol = protocol_kind(commands, index)
    kind = _kind(kind_of_protocol, window)
    if kind is IVKind.RAMP and commands[0][index].shape is not Shape.RAMP:
        raise NotMeasurable("the measured epoch is not a ramp", file=recording.file, found=commands[0][index].name)
    here = [n for n, epochs in enumerate(commands) if index < len(epochs) and _is_used(epochs[index], window)]
    if not here:
        raise NotMeasurable("no sweep has a voltage within window.from_mV and window.to_mV", file=recording.file)
    return Plan(kind, kind_of_protocol, tuple(commands[n][index] for n in here), tuple(here))


def window_samples(plan: Plan, recording: Recording, window: Window, blank_ms: float) -> tuple[np.ndarray, int]:
    """First sample of the window in each sweep of the plan, and the length of the window, the same in all sweeps.

    A declared window is relative to the start of the epoch. Otherwise steady state is the last part of the epoch, and
    other kinds start after the blank. Raises NotMeasurable for a window outside the epoch or with too few samples.
    """
    rate = recording.sample_rate_Hz / 1000.0
    starts = np.array([epoch.start for epoch in plan.epochs])
    length = int(min(epoch.stop - epoch.start for epoch in plan.epochs))
    blank = max(int(np.ceil(blank_ms * rate)), 1)
    last = length if window.stop_ms is None else round(window.stop_ms * rate)
    if window.start_ms is not None:
        first = round(window.start_ms * rate)
    elif plan.kind is IVKind.STEADY:
        first = max(last - max(round(window.last_fraction * length), MIN_WINDOW_SAMPLES), blank)
    else:
        first = blank
    if last > length or last - first < MIN_WINDOW_SAMPLES:
        raise NotMeasurable(
            "the window does not fit the measured epoch",
            file=recording.file,
            found=f"{first / rate:g} to {last / rate:g} ms",
            expected=f"at least {MIN_WINDOW_SAMPLES} samples of {length / rate:g} ms, {blank_ms:.3g} ms of it blanked",
            remedy="Set window.start_ms and window.stop_ms (for one recording, window_start_ms and window_stop_ms in "
            "the sheet), or window.epoch",
        )
    by_default = window.start_ms is None and window.stop_ms is None
    if plan.kind is IVKind.STEADY and by_default:  # in epochs of unequal length, the window is at the end of each
        ends = np.array([epoch.stop for epoch in plan.epochs])
        return ends - (length - first), last - first
    return starts + first, last - first


def _kind(kind_of_protocol: str, window: Window) -> IVKind:
    if window.measure != "auto":
        return IVKind(window.measure)
    return {"tail": IVKind.TAIL, "ramp": IVKind.RAMP}.get(kind_of_protocol, IVKind.STEADY)


def _is_used(epoch: Epoch, window: Window) -> bool:
    """Whether an epoch has samples and, for a step, a level within the declared range."""
    if epoch.stop <= epoch.start:
        return False
    if not is_flat(epoch):
        return True
    low = -math.inf if window.from_mV is None else window.from_mV
    high = math.inf if window.to_mV is None else window.to_mV
    return low <= epoch.level_mV <= high


def _aligned(commands: list[tuple[Epoch, ...]]) -> list[tuple[Epoch, ...]]:
    """Epochs of every sweep such that the n-th is the same in all: a sweep may lack an epoch of zero length."""
    if len({tuple(epoch.name for epoch in epochs) for epochs in commands}) < 2:
        return commands
    names = [[epoch.name for epoch in epochs] for epochs in commands]
    if any(len(set(one)) < len(one) for one in names):
        return commands
    shared = set.intersection(*map(set, names))
    return [tuple(epoch for epoch in epochs if epoch.name in shared) for epochs in commands]


def _named(commands: Sequence[Sequence[Epoch]], name: str, recording: Recording) -> int:
    names = [epoch.name for epoch in commands[0]]
    if name not in names:
        raise NotMeasurable(
            "the declared epoch is not in the protocol",
            file=recording.file,
            found=name,
            expected=f"one of {', '.join(names)}",
        )
    return names.index(name)


def _measured(commands: Sequence[Sequence[Epoch]], recording: Recording) -> int:
    """Index of the epoch that carries the I–V: a family of steps rather than a ramp, the widest first."""
    shortest = min(len(epochs) for epochs in commands)
    span = [np.ptp([epochs[n].level_mV for epochs in commands]) for n in range(shortest)]
    families = [
        n for n in range(shortest) if span[n] > MIN_FAMILY_SPAN_mV and all(is_flat(epochs[n]) for epochs in commands)
    ]
    families = [n for n in families if commands[0][n].name not in ("before", "after")]
    if families:
        return max(families, key=lambda n: (span[n], -n))
    ramps = [n for n in range(shortest) if _ramp_mV(commands[0][n]) >= MIN_RAMP_mV]
    if ramps:
        return max(ramps, key=lambda n: (_ramp_mV(commands[0][n]), -n))
    raise NotMeasurable(
        "no epoch carries an I–V: no step changes from sweep to sweep and there is no ramp of 30 mV or more",
        file=recording.file,
        found=", ".join(f"{epoch.name} {epoch.shape} {epoch.level_mV:g} mV" for epoch in commands[0]),
        remedy="Name the epoch under window.epoch if there is one",
    )


def _ramp_mV(epoch: Epoch) -> float:
    return abs(epoch.level_mV - epoch.from_mV) if epoch.shape is Shape.RAMP else 0.0
