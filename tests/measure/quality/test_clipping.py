"""Currents that an amplifier clips below the limit of the digitiser, and ordinary ones in coarse steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration.case_rig import declared, recording_of_case
from reversal.calibration.drawn_cases import Case
from reversal.measure.measure_recording import measure_recording
from reversal.recordings.recording.recording import Recording, Sweep
from reversal.tables.findings.code import Code
from tests.measure.findings_by_code import numbers_by_code

STEP_pA = 10000.0 / 0.5 / 32768.0 / 10.0


def clipped_count(case: Case, i_of: object, limit_pA: float | None = 20000.0) -> float | None:
    recording = recording_of_case(case, 5)
    sweeps = tuple(Sweep(one.start_s, i_of(one.i_pA)) for one in recording.sweeps)  # type: ignore[operator]
    return counted(case, replace(recording, sweeps=sweeps, digitiser_limit_pA=limit_pA))


def counted(case: Case, recording: Recording) -> float | None:
    entry, settings = declared(case)
    return numbers_by_code(measure_recording(entry, recording, settings)).get(Code.SATURATION)


@pytest.mark.parametrize(
    ("kind", "sign", "limit_pA"), [("steady", 1.0, 20000.0), ("steady", -1.0, None), ("one-way ramp", 1.0, None)]
)
def test_a_flat_top_below_the_limit_of_the_digitiser_is_counted(
    case: Case, kind: str, sign: float, limit_pA: float | None
) -> None:
    """Clipped at half of the largest steady current, as by an amplifier; the digitiser adds one step of noise."""
    here = replace(case, kind=kind, cancelled=1.0)
    top_pA = 0.5 * max(
        float((sign * one.i_pA[one.i_pA.size // 2 :]).max()) for one in recording_of_case(here, 5).sweeps
    )
    rng = np.random.default_rng(3)

    def clipped(i_pA: np.ndarray) -> np.ndarray:
        low = sign * np.minimum(sign * i_pA, top_pA)
        return np.round(low / STEP_pA + rng.uniform(-0.5, 0.5, i_pA.shape)) * STEP_pA

    number = clipped_count(here, clipped, limit_pA)
    assert number is not None
    assert number > 100.0


@pytest.mark.parametrize("kind", ["steady", "one-way ramp", "tail"])
@pytest.mark.parametrize(("lsb_pA", "noise_pA"), [(0.05, 3.0), (5.0, 3.0), (5.0, 0.5), (20.0, 0.5)])
def test_ordinary_currents_are_not_clipped_however_coarse_their_steps(
    case: Case, kind: str, lsb_pA: float, noise_pA: float
) -> None:
    channel = "slow_delayed_rectifier" if kind == "tail" else case.channel
    here = replace(case, kind=kind, noise_pA=noise_pA, channel=channel, high_mV=20.0)
    assert clipped_count(here, lambda i_pA: np.round(i_pA / lsb_pA) * lsb_pA) == 0.0
