"""Recordings of a cell in several baths in turn: return to the first bath, blockers, run-down, slow exchange."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import RigSolution
from reversal.simulate.model_cell import Cell
from reversal.simulate.rig import ChannelLoss, RecordingConditions, RigRecording, record
from reversal.simulate.stimulus_protocol import AbfProtocol


@dataclass(frozen=True, slots=True)
class BathVisit:
    """A bath in which the cell is recorded.

    blocked : fraction of the channel that a blocker in this bath closes
    """

    bath: RigSolution
    blocked: float = 0.0


def record_series(
    cell: Cell,
    amplifier: Amplifier,
    conditions: RecordingConditions,
    visits: Sequence[BathVisit],
    protocol: AbfProtocol,
    seed: int,
    *,
    run_down_per_recording: float = 0.0,
    wash_s: float = 0.0,
) -> list[RigRecording]:
    """Record a cell in each bath in turn, with independent noise; one recording a visit.

    conditions : pipette, zeroing bath and temperature; its bath is replaced by the bath of each visit
    run_down_per_recording : fraction of the channel lost from each recording to the next
    wash_s : time constant of the bath exchange, which starts with the recording [s]; 0 if it is complete before
    """
    recordings: list[RigRecording] = []
    previous_bath: RigSolution | None = None
    seeds = np.random.SeedSequence(seed).generate_state(len(visits)).tolist()
    for number, (visit, own_seed) in enumerate(zip(visits, seeds, strict=True)):
        now = replace(conditions, bath=visit.bath, wash_from=previous_bath, wash_s=wash_s)
        remaining = (1.0 - visit.blocked) * (1.0 - run_down_per_recording) ** number
        recordings.append(record(cell, amplifier, now, protocol, own_seed, ChannelLoss(blocked=1.0 - remaining)))
        previous_bath = visit.bath
    return recordings
