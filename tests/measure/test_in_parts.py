"""A recording that is measured in small parts gives the numbers of one that is measured at once, in less memory."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import MeasuredCase, measured_case
from reversal.experiment.measure_settings import Window
from reversal.measure.iv.iv_curve import read_curve, recognised
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.measured_epoch import plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.clipping import clipped_samples
from reversal.recordings.recording.recording import Recording
from tests.measure.made_recordings import recording, steps

IN_PARTS = ("reversal.measure.protocol.sweeps", "reversal.measure.quality.clipping")


def in_parts_of(samples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in IN_PARTS:
        monkeypatch.setattr(f"{module}.MAX_PART_SAMPLES", samples)


@pytest.mark.parametrize("kind", ["steady", "ramp", "one-way ramp"])
def test_numbers_do_not_depend_on_the_size_of_the_parts(kind: str, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = replace(case, kind=kind)
    at_once: MeasuredCase = next(measured_case(changed, 1, repeats=1))
    in_parts_of(5_000, monkeypatch)
    found: MeasuredCase = next(measured_case(changed, 1, repeats=1))
    here, expected = (one.measured.reversal.estimate for one in (found, at_once))
    assert here is not None
    assert expected is not None
    # the autocorrelation of the holding current is pooled from other stretches of it
    assert here.e_mV == pytest.approx(expected.e_mV, abs=0.001)
    assert here.se_mV == pytest.approx(expected.se_mV, rel=0.03)


SWEEPS, STEP, COUNT_pA = 150, 8_000, np.float32(0.05)


def many_sweeps() -> Recording:
    """Steps of nine levels, again and again, of which a fifth is measured."""
    levels = np.linspace(-100.0, 60.0, 9)[np.arange(SWEEPS) % 9]
    commands = [steps((-80.0, 2000), (-85.0, 500), (-80.0, 500), (v, STEP), (-80.0, 1000)) for v in levels.tolist()]
    rows = np.random.default_rng(5).normal(size=(SWEEPS, STEP + 4000)).astype(np.float32)
    rows[:, 3000 : 3000 + STEP] += levels[:, None].astype(np.float32)
    return recording(np.round(rows / COUNT_pA) * COUNT_pA, commands)


def peak_bytes(found: Recording) -> int:
    """Memory that the I–V and the search for clipped samples need in addition to the recording."""
    window = Window()
    tracemalloc.start()
    sweeps = Sweeps.of(found)
    protocol = recognised(sweeps, plan(found, window), window, 1.0)
    curve = read_curve(sweeps, protocol, window, 1.0, Clamp())
    clipped_samples(sweeps, curve)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_measured_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    found = many_sweeps()
    at_once = peak_bytes(found)
    in_parts_of(20_000, monkeypatch)
    monkeypatch.setattr("reversal.measure.iv.iv_curve.MAX_PART_SAMPLES", 20_000)
    assert peak_bytes(found) < at_once / 5
