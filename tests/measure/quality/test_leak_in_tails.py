"""Detection of leak by the relaxing part of tail currents, and of a failing seal by a jump in a family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from reversal.calibration.case_rig import declared, recording_of_case
from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import MeasuredCase
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.simulate.bath import SERIES
from reversal.tables.findings.code import Code
from tests.measure.findings_by_code import found_by_code, numbers_by_code

TAILS = {"kind": "tail", "channel": "hyperpolarisation_activated", "high_mV": 20.0, "bath": SERIES[3]}


def test_leak_in_tails_is_a_finding_with_the_reversal_of_the_gated_current(
    measured: Callable[..., MeasuredCase],
) -> None:
    """A leak of 4 nS reversing at 0 mV and an h current of about 10 nS, which reverses near −30 mV."""
    clean, leaky = measured(**TAILS, leak_nS=0.01).measured, measured(**TAILS, leak_nS=4.0).measured
    assert clean.reversal.estimate is not None
    assert leaky.reversal.estimate is not None
    moved = clean.reversal.estimate.e_mV - leaky.reversal.estimate.e_mV
    assert abs(moved) > 5.0
    found = found_by_code(leaky)[Code.TAIL_LEAK]
    assert found.number == pytest.approx(moved, abs=max(0.3 * abs(moved), 1.5))
    assert Code.TAIL_LEAK not in found_by_code(clean)


def jumping(case: Case, from_sweep: int, leak_nS: float) -> Measured:
    """A recording in which the seal fails at a sweep: the holding current and the family both change."""
    quiet = replace(case, noise_pA=2.0)
    before, after = (recording_of_case(replace(quiet, leak_nS=g), 3) for g in (0.05, leak_nS))
    recording = replace(before, sweeps=(*before.sweeps[:from_sweep], *after.sweeps[from_sweep:]))
    return measure_recording(*declared(case)[:1], recording, declared(case)[1])


def test_a_seal_that_fails_within_a_family_is_a_finding(case: Case) -> None:
    one = jumping(case, from_sweep=5, leak_nS=1.5)
    assert abs(found_by_code(one)[Code.JUMP].number or 0.0) > 2.0


@pytest.mark.parametrize("channel", ["background_potassium", "weakly_gated_potassium", "inward_rectifier"])
def test_a_steep_channel_is_not_detected_as_a_jump(measured: Callable[..., MeasuredCase], channel: str) -> None:
    assert Code.JUMP not in numbers_by_code(measured(channel=channel).measured)
