"""A cell visited by one bath after another: A–B–A returns, blockers, run-down and slow washing between recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import Solution
from reversal.simulate.model_cell import Cell
from reversal.simulate.rig import Fading, RigRecording, Surroundings, record
from reversal.simulate.stimulus_protocol import AbfProtocol


@dataclass(frozen=True, slots=True)
class Visit:
    """A bath that the cell is recorded in, with what of the channel a blocker in it closes."""

    bath: Solution
    blocked: float = 0.0


def record_series(
    cell: Cell,
    amplifier: Amplifier,
    surroundings: Surroundings,
    visits: Sequence[Visit],
    protocol: AbfProtocol,
    seed: int,
    *,
    run_down_per_recording: float = 0.0,
    wash_s: float = 0.0,
) -> list[RigRecording]:
    """Record a cell in each bath in turn, with independent noise.

    surroundings : pipette, zeroing bath and temperature; its bath gives way to those of the visits
    run_down_per_recording : fraction of the channel lost from each recording to the next
    wash_s : time constant of the bath change, which begins with the recording; 0 for a change that is over
    """
    recordings: list[RigRecording] = []
    before: Solution | None = None
    seeds = np.random.SeedSequence(seed).generate_state(len(visits)).tolist()
    for number, (visit, own_seed) in enumerate(zip(visits, seeds, strict=True)):
        around = replace(surroundings, bath=visit.bath, wash_from=before, wash_s=wash_s)
        left = (1.0 - visit.blocked) * (1.0 - run_down_per_recording) ** number
        recordings.append(record(cell, amplifier, around, protocol, own_seed, Fading(blocked=1.0 - left)))
        before = visit.bath
    return recordings
