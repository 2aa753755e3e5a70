"""Each check stays silent on a good recording and speaks, with number and limit, on a bad one."""

from __future__ import annotations

from typing import get_args

import pytest

from reversal.experiment.measure_settings import Check, Quality
from reversal.measure.quality.recording_checks import CHECKS, Checked, RecordingQuality, checked

GOOD = RecordingQuality(
    series_resistance_MOhm=8.0,
    residual_MOhm=2.0,
    telegraphed_MOhm=2.0,
    tested_MOhm=2.2,
    tested_se_MOhm=0.3,
    taus_ms=(0.05, 0.3),
    slower_part=0.1,
    rs_drift=0.05,
    input_resistance_MOhm=300.0,
    holding_pA=-50.0,
    voltage_error_mV=0.5,
    settled_ms=160.0,
    clamp_ms=0.1,
    leak_fraction=0.3,
    relaxing_mV=-70.0,
    relaxing_apart_mV=1.0,
    relaxing_se_mV=0.4,
    drift_mV=0.2,
    jump_mV=-0.5,
    wash_in_mV=-0.3,
    settling_mV=0.4,
    hysteresis_mV=0.1,
    led_back=0.1,
    saturated_samples=0,
    told_pF=20.0,
    tested_pF=21.0,
    tested_se_pF=0.5,
    hum_pA=0.5,
    hum_Hz=50.0,
    tail_left=0.9,
)

BAD = {
    "series_resistance": ({"series_resistance_MOhm": 31.0}, "R_s 31.0 MΩ is above 20.0 MΩ"),
    "series_resistance_drift": ({"rs_drift": 0.4}, r"R_s changes by \+40 %"),
    "series_resistance_agrees": ({"tested_MOhm": 9.0}, "shows 9.0 MΩ left of R_s where 2.0 MΩ"),
    "capacitance_agrees": ({"tested_pF": 33.0}, "shows 33.0 pF where 20.0 pF"),
    "one_compartment": (
        {"slower_part": 0.7, "taus_ms": (0.3, 2.1)},
        "30 % with 0.30 ms and 70 % with 2.10 ms",
    ),
    "series_over_input": ({"residual_MOhm": 60.0}, "20 % of the input resistance"),
    "input_resistance": ({"input_resistance_MOhm": 6.0, "residual_MOhm": 0.1}, "input resistance 6.0 MΩ"),
    "holding": ({"holding_pA": -4000.0}, "holding current -4000 pA"),
    "voltage_error": ({"voltage_error_mV": 9.0}, "R_s moves the membrane by 9.0 mV"),
    "clamp_speed": ({"settled_ms": 0.2}, "begins 0.20 ms after the step"),
    "led_back": ({"led_back": 0.6}, "60 % of the tail currents"),
    "tail_left": ({"tail_left": 0.2}, "a far tail is 20 %"),
    "leak_fraction": ({"leak_fraction": 0.95}, "up to 95 % of the slope"),
    "tail_leak": ({"relaxing_apart_mV": -14.0}, r"reverses at -70.0 mV, -14.0 mV from the whole"),
    "drift": ({"drift_mV": -6.0}, "as if E_rev moved by -6.0 mV"),
    "jump": ({"jump_mV": 27.0}, r"as if E_rev moved by \+27.0 mV"),
    "wash_in": ({"wash_in_mV": 5.0}, r"E_rev moves by \+5.0 mV from the first repeat"),
    "settling": ({"settling_mV": -4.0}, "E_rev has some -4.0 mV still to go"),
    "hysteresis": ({"hysteresis_mV": 3.0}, r"E_rev on the way forth is \+6.0 mV from"),
    "hum": ({"hum_pA": 12.0}, "50 Hz hum of 12.0 pA"),
    "saturation": ({"saturated_samples": 3}, "3 samples"),
}


def beyond(quality: RecordingQuality) -> list[Checked]:
    return [one for one in checked(quality, Quality()) if one.beyond]


def test_a_good_recording_is_within_every_limit() -> None:
    assert {one.name for one in checked(GOOD, Quality())} == set(BAD)
    assert beyond(GOOD) == []


def test_nothing_known_raises_no_flag() -> None:
    assert checked(RecordingQuality(), Quality()) == ()


@pytest.mark.parametrize("name", BAD)
def test_a_bad_number_is_flagged_by_its_own_check_alone(name: str) -> None:
    import re
    from dataclasses import replace

    changes, sentence = BAD[name]
    (found,) = beyond(replace(GOOD, **changes))
    assert found.name == name
    assert re.search(sentence, found.sentence)


def test_every_check_has_its_bad_recording() -> None:
    assert {check.__name__ for check in CHECKS} == set(BAD)


def test_a_rule_may_name_every_check_and_no_other() -> None:
    of_cells = {"series_resistance_over_cell", "return_to_bath", "run_down", "declared_bath"}
    assert set(get_args(Check)) == {check.__name__ for check in CHECKS} | of_cells


def test_a_membrane_test_near_zero_contradicts_a_large_telegraphed_resistance() -> None:
    from dataclasses import replace

    quality = replace(GOOD, telegraphed_MOhm=8.0, residual_MOhm=8.0, tested_MOhm=0.8, tested_se_MOhm=0.4)
    assert [found.name for found in beyond(quality)] == ["series_resistance_agrees"]
