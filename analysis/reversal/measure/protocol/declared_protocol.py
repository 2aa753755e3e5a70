"""Whether the current shows the steps of a declared protocol: at its times, and with its levels.

A step of the command makes the current jump, by the capacitive transient and by the channels that are open. The jump is
proportional to a small step, and zero without one, whatever flows otherwise. A wrong sampling rate, an undeclared time
at holding, lost samples and shifted levels therefore show in the current itself, if its jumps are not cancelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from reversal.arrays import FloatArray, SampleArray
from reversal.measure.protocol.protocol_constants import (
    LEVEL_DECIMALS,
    MIN_JUMP_SD,
    MIN_STEP_CORRELATION,
    NEAREST_LEVELS,
    SMALL_JUMP_FRACTION,
    JUMP_ms,
    MAX_LEVEL_SHIFT_mV,
    MAX_TIME_SHIFT_ms,
    MIN_FAMILY_SPAN_mV,
    MIN_TEST_STEP_mV,
)
from reversal.recordings.recording.recording import Evidence, Recording, Shape
from reversal.statistics.robust_weights import standard_deviation_of
from reversal.statistics.statistics_constants import DISAGREEMENT_SE
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.status import Severity


@dataclass(frozen=True, slots=True)
class Edge:
    """A boundary of two declared epochs; start : its first sample; step_mV : change of the command, (sweeps,)."""

    start: int
    step_mV: FloatArray


@dataclass(frozen=True, slots=True)
class SweepJumps:
    """Largest jumps of the current in a sweep.

    noise_pA : standard deviation of the change over the time of a jump
    at_edges_pA : at each declared edge, (edges,)
    elsewhere_pA, elsewhere : the largest abrupt one away from them, and its sample
    """

    noise_pA: float
    at_edges_pA: FloatArray
    elsewhere_pA: float
    elsewhere: int


def declared_protocol(recording: Recording) -> tuple[Finding, ...]:
    """Finding about a declared protocol that the current contradicts or does not show; empty for other commands."""
    if recording.command.evidence is not Evidence.DECLARED or not recording.sweeps:
        return ()
    edges, near_ms = edges_of(recording), _largest_time_shift_ms(recording)
    jumps = [_jumps(sweep.i_pA, edges, recording.sample_rate_Hz, near_ms) for sweep in recording.sweeps]
    found = _moved(edges, jumps, recording) or _unseen(edges, jumps, recording) or _shifted(edges, recording)
    return () if found is None else (found,)


def edges_of(recording: Recording) -> list[Edge]:
    """Boundaries of the epochs; a declared protocol has them at the same samples of all sweeps."""
    epochs = list(zip(*(command.epochs for command in recording.command.sweeps), strict=False))
    return [
        Edge(after[0].start, np.array([b.from_mV - a.level_mV for a, b in zip(before, after, strict=True)]))
        for before, after in pairwise(epochs)
    ]


def _largest_time_shift_ms(recording: Recording) -> float:
    """Time within which a jump is that of a declared step, and a ramp does not change noticeably."""
    epochs, per_ms = recording.command.sweeps[0].epochs, recording.sample_rate_Hz * 1e-3
    slopes = [abs(e.level_mV - e.from_mV) * per_ms / (e.stop - e.start) for e in epochs if e.shape is Shape.RAMP]
    allowed_ms = [MIN_FAMILY_SPAN_mV / slope for slope in slopes if slope > 0]
    return max(min([MAX_TIME_SHIFT_ms, *allowed_ms]), JUMP_ms / 2)


def _jumps(i_pA: SampleArray, edges: Sequence[Edge], rate_Hz: float, near_ms: float) -> SweepJumps:
    lag, near, settled = (max(round(ms * 1e-3 * rate_Hz), 1) for ms in (JUMP_ms, near_ms, 2 * MAX_TIME_SHIFT_ms))
    if i_pA.size <= 2 * lag:
        return SweepJumps(0.0, np.zeros(len(edges)), 0.0, 0)
    change = np.abs(i_pA[lag:] - i_pA[:-lag])
    noise_pA = standard_deviation_of(change)
    at_edges = [change[max(e.start - 1 - near, 0) : e.start - lag + near + 1].max(initial=0.0) for e in edges]
    before = np.concatenate([np.full(lag, np.inf), change[:-lag]])
    free = np.where(before <= SMALL_JUMP_FRACTION * change, change, 0.0)
    for start in (0, *(edge.start for edge in edges), i_pA.size):
        free[max(start - lag - near, 0) : start + settled] = 0.0
    place = int(free.argmax())
    return SweepJumps(noise_pA, np.array(at_edges), float(free[place]), place + lag)


def _moved(edges: Sequence[Edge], jumps: Sequence[SweepJumps], recording: Recording) -> Finding | None:
    """Finding: the current jumps where no step is declared, and not where one is."""
    missed = [_missed(edges, n, jump) for n, jump in enumerate(jumps)]
    moved = [n for n, edge in enumerate(missed) if edge is not None]
    near = MAX_TIME_SHIFT_ms * 1e-3 * recording.sample_rate_Hz
    together = max(
        ([m for m in moved if abs(jumps[m].elsewhere - jumps[n].elsewhere) <= near] for n in moved),
        key=len,
        default=[],
    )
    if len(together) < min(2, len(jumps)) or not _follows_steps(edges, jumps, together):
        return None
    largest = max(together, key=lambda n: jumps[n].elsewhere_pA)
    edge, per_ms = missed[largest], 1e3 / recording.sample_rate_Hz
    assert edge is not None
    return finding(
        Code.PROTOCOL_TIMES,
        jumps[largest].elsewhere * per_ms,
        sweeps=len(together),
        of_sweeps=len(jumps),
        jump_pA=jumps[largest].elsewhere_pA,
        declared_ms=edge.start * per_ms,
        step_mV=float(edge.step_mV[largest]),
    )


def _missed(edges: Sequence[Edge], n: int, jumps: SweepJumps) -> Edge | None:
    """The first large declared step of a sweep at which the current does not jump, although it does elsewhere."""
    if jumps.elsewhere_pA <= MIN_JUMP_SD * jumps.noise_pA:
        return None
    missed = jumps.at_edges_pA < SMALL_JUMP_FRACTION * jumps.elsewhere_pA
    return next((edges[k] for k in _large(edges, n) if missed[k]), None)


def _large(edges: Sequence[Edge], n: int) -> list[int]:
    """Declared steps of a sweep that are at least half of its largest one."""
    largest = max((abs(edge.step_mV[n]) for edge in edges), default=0.0)
    return [k for k, edge in enumerate(edges) if abs(edge.step_mV[n]) >= max(MIN_TEST_STEP_mV, 0.5 * largest)]


def _follows_steps(edges: Sequence[Edge], jumps: Sequence[SweepJumps], sweeps: Sequence[int]) -> bool:
    """Whether jumps are larger in sweeps with larger steps, if the steps differ; stimulus artefacts are not."""
    steps = np.array([max(abs(edge.step_mV[n]) for edge in edges) for n in sweeps])
    if len(sweeps) < NEAREST_LEVELS or np.ptp(steps) < MIN_TEST_STEP_mV:
        return True
    sizes = np.array([jumps[n].elsewhere_pA for n in sweeps])
    return _correlation(steps, sizes) >= MIN_STEP_CORRELATION


def _shifted(edges: Sequence[Edge], recording: Recording) -> Finding | None:
    """Finding: the jumps of a family vanish for a declared step that is not zero, or do not show where they vanish."""
    families = [edge for edge in edges if np.ptp(edge.step_mV) > MIN_FAMILY_SPAN_mV]
    known = [(edge, *zero) for edge in families if (zero := _vanishing_step(edge, recording)) is not None]
    if not known:
        return finding(Code.PROTOCOL_LEVELS_UNSEEN) if families else None
    best_mV = min(se_mV for _, _, se_mV in known)
    edge, zero_mV, se_mV = next(one for one in known if one[2] <= 2 * best_mV)
    if abs(zero_mV) <= max(MAX_LEVEL_SHIFT_mV, DISAGREEMENT_SE * se_mV):
        return None
    at_ms = edge.start * 1e3 / recording.sample_rate_Hz
    return finding(Code.PROTOCOL_LEVELS, zero_mV, MAX_LEVEL_SHIFT_mV, at_ms=at_ms, se_mV=se_mV)


def _vanishing_step(edge: Edge, recording: Recording) -> tuple[float, float] | None:
    """Declared step at which the current does not jump, and its standard error [mV]; None if it is not known."""
    lag = max(round(JUMP_ms * 1e-3 * recording.sample_rate_Hz), 1)
    start, stop = edge.start - 2 * lag, edge.start + lag
    if start < 0 or min(sweep.current.size for sweep in recording.sweeps) < stop:
        return None
    i_pA = np.array([sweep.current[start:stop] for sweep in recording.sweeps], dtype=float)
    before_pA = i_pA[:, : 2 * lag].mean(1, keepdims=True)
    change_pA = i_pA[:, 2 * lag :] - before_pA
    steps_mV, which = np.unique(np.round(edge.step_mV, LEVEL_DECIMALS), return_inverse=True)
    if steps_mV.size < NEAREST_LEVELS:
        return None
    power = np.square(change_pA).sum(0)
    jumps_pA = change_pA[:, int(np.argmax(power >= power.max() / 2))]  # on its rise, before channels open
    of_step_pA = np.bincount(which, jumps_pA) / np.bincount(which)
    return _zero_of_line(*_without_worst(steps_mV, of_step_pA), float((i_pA[:, : 2 * lag] - before_pA).std()))


def _without_worst(steps_mV: FloatArray, jumps_pA: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Steps and jumps without the one that follows the others least: one sweep may have an artefact, or be lost."""
    rest = [(np.delete(steps_mV, n), np.delete(jumps_pA, n)) for n in range(steps_mV.size)]
    return max(rest, key=lambda pair: abs(_correlation(*pair)))


def _correlation(x: FloatArray, y: FloatArray) -> float:
    return float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) > 0 and np.ptp(y) > 0 else 0.0


def _zero_of_line(steps_mV: FloatArray, jumps_pA: FloatArray, noise_pA: float) -> tuple[float, float] | None:
    """Zero of a line through the smallest jumps, and its standard error [mV]; None if they do not follow the steps.

    Jumps of one sign are extrapolated, by the width of their steps at most. The zero of a line through all of them then
    shows how straight they are.
    """
    near = np.sort(np.argsort(np.abs(jumps_pA), kind="stable")[:NEAREST_LEVELS])
    if np.ptp(near) >= near.size or abs(_correlation(steps_mV, jumps_pA)) < MIN_STEP_CORRELATION:
        return None
    x, y = steps_mV[near], jumps_pA[near]
    slope, offset = np.polyfit(x, y, 1)
    scatter_pA = np.sqrt(np.square(y - offset - slope * x).sum() / (x.size - 2))
    error_pA = float(np.hypot(scatter_pA, noise_pA))
    if abs(slope) * np.ptp(steps_mV) < MIN_JUMP_SD * error_pA:
        return None
    zero_mV = -offset / slope
    if not x.min() - np.ptp(x) <= zero_mV <= x.max() + np.ptp(x):
        return None
    se_mV = error_pA / abs(slope) * np.sqrt(1 / x.size + (zero_mV - x.mean()) ** 2 / np.square(x - x.mean()).sum())
    if y.min() > 0 or y.max() < 0:
        of_all, offset_of_all = np.polyfit(steps_mV, jumps_pA, 1)
        se_mV = np.hypot(se_mV, zero_mV + offset_of_all / of_all)
    return float(zero_mV), float(se_mV)


def _unseen(edges: Sequence[Edge], jumps: Sequence[SweepJumps], recording: Recording) -> Finding | None:
    """Finding: no declared step shows in the current; a warning if the sweep continues after the protocol."""
    seen = [
        any(jump.at_edges_pA[k] > MIN_JUMP_SD / 2 * jump.noise_pA for k in large)  # in half of the sweeps
        for n, jump in enumerate(jumps)
        if (large := _large(edges, n))
    ]
    if seen and sum(seen) >= len(seen) / 2:
        return None
    last, per_ms = recording.command.sweeps[0].epochs[-1], recording.sample_rate_Hz * 1e-3
    after_ms = (last.stop - last.start) / per_ms if last.shape is Shape.HOLD else 0.0
    severity = Severity.WARNING if after_ms > MAX_TIME_SHIFT_ms else Severity.NOTE
    return finding(Code.PROTOCOL_UNSEEN, after_ms, MAX_TIME_SHIFT_ms, severity=severity)
