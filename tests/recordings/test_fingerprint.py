"""The same recording is found again under another name or format; another recording of the same protocol is not."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from reversal.calibration.case_rig import recording_of_case
from reversal.calibration.drawn_cases import Case
from reversal.recordings.recording.fingerprint import fingerprint, same_recording, same_recordings
from reversal.recordings.recording.recording import Recording
from reversal.recordings.recordings_constants import FINGERPRINT_TOLERANCE
from reversal.simulate.bath import SERIES

CASE = Case("steady", "background_potassium", 0.12, 3.0, 5.0, 0.8, 0.02, SERIES[1])


def mark(recording: Recording) -> str:
    found = fingerprint(recording)
    assert found is not None
    return found


def with_currents(recording: Recording, change: object) -> Recording:
    return replace(recording, sweeps=tuple(replace(s, current=change(s.i_pA)) for s in recording.sweeps))  # type: ignore[operator]


def test_an_export_with_fewer_digits_is_the_same_recording() -> None:
    made = recording_of_case(CASE, 1)
    exports = [
        replace(made, file="other.csv", format="text", sha256="1" * 64),
        with_currents(made, lambda i: i.astype(np.float32)),
        with_currents(made, lambda i: np.round(i, 2)),
        with_currents(made, lambda i: np.round(i * 1e-3, 6) * 1e3),
    ]
    assert same_recording(mark(made), [mark(one) for one in exports]) == [True] * len(exports)


def test_another_recording_of_the_same_cell_is_not_the_same() -> None:
    made, again = recording_of_case(CASE, 1), recording_of_case(CASE, 2)
    shorter = replace(made, sweeps=made.sweeps[:-1])
    inverted = with_currents(made, lambda i: -i)
    others = [mark(again), mark(shorter), mark(inverted)]
    assert same_recording(mark(made), others) == [False, False, False]
    assert same_recording(mark(made), []) == []


def test_all_pairs_are_those_that_are_found_one_by_one() -> None:
    """Also if every recording begins with the same current, and at the limit of the tolerance."""
    rng = np.random.default_rng(3)
    rows = np.round(rng.normal(0.0, 200.0, (60, 16)))
    rows[:, 0] = -20.0
    limit = FINGERPRINT_TOLERANCE * np.abs(rows).max(axis=1)
    shifts = rng.choice([0.5, 1.0, 1.5], (60, 1)) * rng.choice([-1.0, 1.0], (60, 16)) * limit[:, None]
    rows = np.vstack([rows, rows + shifts, rows[:5] + limit[:5, None]])
    marks = [f"{20 + n % 2} 1000 {' '.join(map(repr, map(float, row)))}" for n, row in enumerate(rows)]
    expected = [[place for place, same in enumerate(same_recording(mark, marks)) if same] for mark in marks]
    assert same_recordings(marks) == expected
    assert sum(len(places) > 1 for places in expected) > 10
    assert same_recordings([]) == []


def test_many_recordings_are_compared_within_seconds() -> None:
    """Twenty thousand recordings of one protocol: comparing each with each takes hours."""
    rng = np.random.default_rng(4)
    rows = rng.normal(0.0, 200.0, (5000, 16))
    marks = [f"20 1000 {' '.join(f'{value:.6g}' for value in row)}" for row in (*rows, rows[7])]
    began = time.process_time()
    found = same_recordings(marks)
    assert time.process_time() - began < 10.0
    assert found[7] == found[-1] == [7, 5000]
    assert sum(len(places) for places in found) == len(marks) + 2


def test_a_constant_current_has_no_fingerprint() -> None:
    assert fingerprint(with_currents(recording_of_case(CASE, 1), np.zeros_like)) is None
