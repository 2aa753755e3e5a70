"""The same recording is found again under another name or format; another recording of the same protocol is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reversal.calibration.case_rig import recording_of_case
from reversal.calibration.drawn_cases import Case
from reversal.recordings.fingerprint import fingerprint, same_recording
from reversal.recordings.recording import Recording
from reversal.simulate.bath import SERIES

CASE = Case("steady", "background_potassium", 0.12, 3.0, 5.0, 0.8, 0.02, SERIES[1])


def mark(recording: Recording) -> str:
    found = fingerprint(recording)
    assert found is not None
    return found


def with_currents(recording: Recording, change: object) -> Recording:
    return replace(recording, sweeps=tuple(replace(s, i_pA=change(s.i_pA)) for s in recording.sweeps))  # type: ignore[operator]


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


def test_a_constant_current_has_no_fingerprint() -> None:
    assert fingerprint(with_currents(recording_of_case(CASE, 1), np.zeros_like)) is None
