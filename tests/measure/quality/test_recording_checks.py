"""Each check passes on a good recording and fails, with number and limit, on a bad one."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from reversal.experiment.measure_settings import Quality
from reversal.measure.quality.check import Check
from reversal.measure.quality.mains_hum import Hum
from reversal.measure.quality.recording_checks import recording_checks
from reversal.measure.quality.recording_quality import (
    CurrentQuality,
    MembraneQuality,
    RecordingQuality,
    ReversalQuality,
)
from reversal.measure.quality.repeats import RepeatRange
from reversal.measure.reversal.background import Background
from reversal.tables.findings.code import CHECKS, CHECKS_OF_RECORDING, Code

GOOD = RecordingQuality(
    MembraneQuality(
        series_resistance_MOhm=8.0,
        residual_MOhm=2.0,
        reported_residual_MOhm=2.0,
        tested_MOhm=2.2,
        tested_se_MOhm=0.3,
        reported_pF=20.0,
        tested_pF=21.0,
        tested_se_pF=0.5,
        taus_ms=(0.05, 0.3),
        slow_fraction=0.1,
        rs_drift=0.05,
        input_resistance_MOhm=300.0,
        holding_pA=-50.0,
        clamp_ms=0.1,
    ),
    CurrentQuality(window_delay_ms=160.0, extrapolated_fraction=0.1, saturated_samples=0, hum=Hum(50.0, 0.5, 0.1)),
    ReversalQuality(
        e_rev_mV=-71.0,
        voltage_error_mV=0.5,
        tail_background=Background(-70.0, 1.0, 0.4),
        peak_background=Background(-70.0, 1.0, 0.4),
        holding_drift_mV=0.2,
        jump_mV=-0.5,
        wash_in_mV=-0.3,
        repeats=RepeatRange(-71.3, -70.9, 3, 0.5),
        settling_mV=0.4,
        hysteresis_mV=0.2,
        tail_completeness=0.9,
        tail_shift_mV=-0.1,
        tail_shift_se_mV=0.1,
        one_sign_mV=0.0,
    ),
)

BAD: dict[Code, tuple[dict[str, object], float, float]] = {
    Code.SERIES_RESISTANCE: ({"series_resistance_MOhm": 31.0}, 31.0, 20.0),
    Code.SERIES_RESISTANCE_DRIFT: ({"rs_drift": 0.4}, 0.4, 0.2),
    Code.SERIES_RESISTANCE_MISMATCH: ({"tested_MOhm": 9.0}, 7.0, 2.0),
    Code.CAPACITANCE_MISMATCH: ({"tested_pF": 33.0}, 0.65, 0.3),
    Code.SECOND_COMPARTMENT: ({"slow_fraction": 0.7, "taus_ms": (0.3, 2.1)}, 0.3, 0.2),
    Code.SERIES_OVER_INPUT: ({"residual_MOhm": 60.0}, 0.2, 0.1),
    Code.INPUT_RESISTANCE: ({"input_resistance_MOhm": 6.0, "residual_MOhm": 0.1}, 6.0, 10.0),
    Code.HOLDING_CURRENT: ({"holding_pA": -4000.0}, -4000.0, 2000.0),
    Code.VOLTAGE_ERROR: ({"voltage_error_mV": 9.0}, 9.0, 5.0),
    Code.CLAMP_SPEED: ({"window_delay_ms": 0.2}, 0.2, 0.3),
    Code.TAIL_EXTRAPOLATION: ({"extrapolated_fraction": 0.6}, 0.6, 0.3),
    Code.TAIL_COMPLETENESS: ({"tail_completeness": 0.2}, 0.2, 0.75),
    Code.TAIL_NOT_SEEN: ({"tail_completeness": None, "clearest_decay": 2.5}, 2.5, 4.0),
    Code.TAIL_LEAK: ({"tail_background": Background(-85.0, -14.0, 0.4)}, -14.0, 3.0),
    Code.PEAK_BACKGROUND: ({"peak_background": Background(-65.0, 6.0, 0.4)}, 6.0, 3.0),
    Code.TAIL_SHIFT: ({"tail_shift_mV": -2.5, "tail_shift_se_mV": 0.3}, -2.5, 0.9),
    Code.TAIL_SIGN: ({"one_sign_mV": 40.0}, 40.0, 3.0),
    Code.HOLDING_DRIFT: ({"holding_drift_mV": -6.0}, -6.0, 2.0),
    Code.JUMP: ({"jump_mV": 27.0}, 27.0, 2.0),
    Code.WASH_IN: ({"wash_in_mV": 5.0}, 5.0, 2.0),
    Code.REPEATS_DISAGREE: ({"repeats": RepeatRange(-75.0, -67.0, 3, 0.5)}, 8.0, 2.0),
    Code.SETTLING: ({"settling_mV": -4.0}, -4.0, 2.0),
    Code.HYSTERESIS: ({"hysteresis_mV": 6.0}, 6.0, 2.0),
    Code.HUM: ({"hum": Hum(50.0, 12.0, 3.0)}, 3.0, 2.0),
    Code.SATURATION: ({"saturated_samples": 3}, 3.0, 0.0),
}


def changed(**changes: object) -> RecordingQuality:
    """The good recording with some numbers replaced."""
    parts = {
        part.name: replace(
            getattr(GOOD, part.name),
            **{name: value for name, value in changes.items() if hasattr(getattr(GOOD, part.name), name)},
        )
        for part in fields(GOOD)
    }
    return RecordingQuality(**parts)


def failed(quality: RecordingQuality) -> list[Check]:
    return [check for check in recording_checks(quality, Quality()) if not check.passed]


def test_a_good_recording_passes_every_check() -> None:
    assert {check.finding.code for check in recording_checks(GOOD, Quality())} == set(BAD) - {Code.TAIL_NOT_SEEN}
    assert failed(GOOD) == []


def test_tails_whose_size_is_known_need_no_clear_decay() -> None:
    assert failed(changed(clearest_decay=0.5)) == []
    assert failed(changed(tail_completeness=None, clearest_decay=4.0)) == []
    assert {check.finding.code for check in failed(changed(tail_completeness=None, clearest_decay=3.9))} == {
        Code.TAIL_NOT_SEEN
    }


def test_a_recording_without_numbers_has_no_checks() -> None:
    assert recording_checks(RecordingQuality(), Quality()) == ()


@pytest.mark.parametrize("code", BAD)
def test_a_bad_number_fails_only_its_own_check(code: Code) -> None:
    changes, number, limit = BAD[code]
    (check,) = failed(changed(**changes))
    assert check.finding.code is code
    assert (check.finding.number, check.finding.limit) == pytest.approx((number, limit))


def test_every_check_of_a_recording_has_a_bad_example() -> None:
    assert tuple(BAD) == CHECKS_OF_RECORDING


def test_quality_exclude_accepts_exactly_the_checks() -> None:
    assert Quality.model_validate({"exclude": list(CHECKS)}).exclude == list(CHECKS)
    with pytest.raises(ValueError, match="Input should be 'series_resistance'"):
        Quality.model_validate({"exclude": ["not_read"]})


def test_a_membrane_test_near_zero_contradicts_a_large_telegraphed_resistance() -> None:
    quality = changed(reported_residual_MOhm=8.0, residual_MOhm=8.0, tested_MOhm=0.8, tested_se_MOhm=0.4)
    assert [check.finding.code for check in failed(quality)] == [Code.SERIES_RESISTANCE_MISMATCH]
